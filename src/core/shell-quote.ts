/** What a shell, a terminal or a pasting hand could change: control characters but LF, and what does not show (guarantees 7.1). */
const delicate = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u00a0\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g

function octal(text: string): string {
  return [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
}

/**
 * `text` for any POSIX shell, exact to the byte: in single quotes, and delicate characters through printf, never at the end of a
 * substitution as a line feed, which a shell would cut off.
 */
export function shellQuote(text: string): string {
  if (/^[\w@%+:,./-]+$/.test(text)) return text
  const parts: string[] = []
  let end = 0
  const plain = (part: string): void => {
    if (part !== '') parts.push(`'${part.replaceAll("'", `'\\''`)}'`)
  }
  for (const match of text.matchAll(delicate)) {
    plain(text.slice(end, match.index))
    parts.push(`"$(printf '${octal(match[0])}')"`)
    end = match.index + match[0].length
  }
  plain(text.slice(end))
  return parts.length === 0 ? "''" : parts.join('')
}
