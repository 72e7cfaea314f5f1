import { shellQuote } from '../shell-quote.ts'

/** A field of a form, and how its value stands in the curl line. */
export interface CurlField {
  name: string
  value: { text: string } | { environment: string } | { file: string }
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
