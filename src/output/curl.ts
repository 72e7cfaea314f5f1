import { shellQuote } from '../shell-quote.ts'

/** A field of a form, and how its value stands in the curl line. */
export interface CurlField {
  name: string
  value: 'stdin' | { text: string } | { environment: string } | { file: string }
}

function option({ name, value }: CurlField): string {
  if (value === 'stdin') return `--form ${shellQuote(`${name}=<-`)}`
  if ('environment' in value) return `--form-string "${name}=$${value.environment}"`
  if ('text' in value) return `--form-string ${shellQuote(`${name}=${value.text}`)}`
  // `<` sends a file's content without a file name; curl reads what stands in double quotes as it is.
  const path = value.file.replace(/["\\]/g, '\\$&')
  return `--form ${shellQuote(`${name}=<"${path}"`)}`
}

/**
 * A curl line that sends the same fields to the same address; for reading, pasting and comparing. With `tokenFile` curl gets the token on its
 * standard input, where no other user sees it, without the line end of the file.
 */
export function curlLine(
  url: string,
  fields: readonly CurlField[],
  {
    caFile,
    timeoutMs,
    tokenFile,
  }: { caFile?: string | undefined; timeoutMs: number; tokenFile?: string | undefined },
): string {
  const options = [
    `--max-time ${Math.ceil(timeoutMs / 1000)}`,
    ...(caFile === undefined ? [] : [`--cacert ${shellQuote(caFile)}`]),
    ...fields.map(option),
  ]
  const token = tokenFile === undefined ? '' : `tr -d '\\r\\n' < ${shellQuote(tokenFile)} | `
  return (
    [`${token}curl --silent --show-error --fail-with-body`, ...options, shellQuote(url)].join(' \\\n  ') +
    '\n'
  )
}
