import { flagName, kebabCase } from '../core/flag-name.ts'

/** Flags by commander's attribute names. */
export type Flags = Readonly<Record<string, unknown>>

function wordsOf(name: string, value: unknown): string[] {
  const flag = flagName(name)
  if (value === true) return [flag]
  if (value === false) return [`--no-${kebabCase(name)}`]
  if (Array.isArray(value)) return value.flatMap((each) => wordsOf(name, each))
  if (typeof value !== 'string') return []
  // As a separate word, a value that looks like a flag would be rejected.
  return value.startsWith('-') ? [`${flag}=${value}`] : [flag, value]
}

/** Flags as words of a command line, in their order. Undefined ones are left out. */
export function flagWords(flags: Flags): string[] {
  return Object.entries(flags).flatMap(([name, value]) => wordsOf(name, value))
}

/** A copy of the flags without the named ones. */
export function without<F extends object, K extends keyof F>(flags: F, names: readonly K[]): Omit<F, K> {
  const rest = { ...flags }
  for (const name of names) Reflect.deleteProperty(rest, name)
  return rest
}
