/** A field of a form, and how its value stands in the curl line. */
export interface CurlField {
  name: string
  value: { text: string } | { environment: string } | { file: string }
}

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

function option({ name, value }: CurlField): string {
  if ('environment' in value) return `--form-string "${name}=$${value.environment}"`
  if ('text' in value) return `--form-string ${shellQuote(`${name}=${value.text}`)}`
  // `<` sends a file's content without a file name; curl reads what stands in double quotes as it is.
  const path = value.file.replace(/["\\]/g, '\\$&')
  return `--form ${shellQuote(`${name}=<"${path}"`)}`
}

/** A curl line that sends the same fields to the same address; for reading, pasting and comparing. */
export function curlLine(
  url: string,
  fields: readonly CurlField[],
  { caFile, timeoutMs }: { caFile?: string | undefined; timeoutMs: number },
): string {
  const options = [
    `--max-time ${Math.ceil(timeoutMs / 1000)}`,
    ...(caFile === undefined ? [] : [`--cacert ${shellQuote(caFile)}`]),
    ...fields.map(option),
  ]
  return ['curl --silent --show-error --fail-with-body', ...options, shellQuote(url)].join(' \\\n  ') + '\n'
}
