/** Characters that shells, terminals or copy and paste may change or hide (guarantees 7.1); not LF. */
const fragile = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u00a0\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g

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
  const plain = (part: string): void => {
    if (part !== '') parts.push(`'${part.replaceAll("'", `'\\''`)}'`)
  }
  for (const match of text.matchAll(fragile)) {
    plain(text.slice(end, match.index))
    parts.push(`"$(printf '${octal(match[0])}')"`)
    end = match.index + match[0].length
  }
  plain(text.slice(end))
  return parts.length === 0 ? "''" : parts.join('')
}
