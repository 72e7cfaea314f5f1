import { invisible } from './invisible.ts'

/**
 * What copy and paste, a terminal or a shell may change or hide; not LF. A function, since reading the
 * properties of Unicode takes a fiftieth of the time of a trigger, and few texts hold such characters.
 */
const fragile = (): RegExp => new RegExp(`(?:(?!\\n)(?:${invisible.source}))+`, 'gu')

function octal(text: string): string {
  return [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
}

/**
 * Quotes a text byte for byte for any POSIX shell. Fragile characters go through printf. A line feed never
 * ends a command substitution, because the shell would strip it.
 */
export function shellQuote(text: string): string {
  if (/^[\w@%+:,./-]+$/.test(text)) return text
  const parts: string[] = []
  let end = 0
  const isVisible = /^[\x20-\x7e\n]*$/.test(text)
  const plain = (part: string): void => {
    if (part !== '') parts.push(`'${part.replaceAll("'", `'\\''`)}'`)
  }
  for (const match of isVisible ? [] : text.matchAll(fragile())) {
    plain(text.slice(end, match.index))
    parts.push(`"$(printf '${octal(match[0])}')"`)
    end = match.index + match[0].length
  }
  plain(text.slice(end))
  return parts.length === 0 ? "''" : parts.join('')
}
