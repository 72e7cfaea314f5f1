import { flagName, kebabCase } from '../core/flag-name.ts'

/** Flags of a command by attribute name, as commander gives them. */
export type Flags = Readonly<Record<string, unknown>>

function wordsOf(name: string, value: unknown): string[] {
  const flag = flagName(name)
  if (value === true) return [flag]
  if (value === false) return [`--no-${kebabCase(name)}`]
  if (Array.isArray(value)) return value.flatMap((each) => wordsOf(name, each))
  if (typeof value !== 'string') return []
  // A value that looks like a flag is refused when it stands alone.
  return value.startsWith('-') ? [`${flag}=${value}`] : [flag, value]
}

/** Flags as the words that somebody would type for them, in their order; what is undefined is left out. */
export function flagWords(flags: Flags): string[] {
  return Object.entries(flags).flatMap(([name, value]) => wordsOf(name, value))
}

/** The flags but these. */
export function without<F extends object, K extends keyof F>(flags: F, names: readonly K[]): Omit<F, K> {
  const left = { ...flags }
  for (const name of names) Reflect.deleteProperty(left, name)
  return left
}

/** A name that systemd, Kubernetes and GitLab take: lower-case letters, digits and dashes, at most 52 characters. */
export function nameFrom(...words: readonly string[]): string {
  const slug = words
    .join('-')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
  return slug.slice(0, 52).replace(/^-+|-+$/g, '')
}
