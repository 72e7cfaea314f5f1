import { shellQuote } from '../../core/text/shell-quote.ts'

/** A form field, and how its value is given in the curl command. */
export interface CurlField {
  name: string
  value: 'stdin' | { text: string } | { environment: string } | { file: string }
}

function fieldOption({ name, value }: CurlField): string {
  if (value === 'stdin') return `--form ${shellQuote(`${name}=<-`)}`
  if ('environment' in value) return `--form-string "${name}=$${value.environment}"`
  if ('text' in value) return `--form-string ${shellQuote(`${name}=${value.text}`)}`
  // `<` sends a file's content without a file name. In double quotes curl takes the path literally.
  const path = value.file.replace(/["\\]/g, '\\$&')
  return `--form ${shellQuote(`${name}=<"${path}"`)}`
}

/** curl's options, with paths of files. */
export interface CurlOptions {
  timeoutMs: number
  /** The file whose token is piped to curl, hidden from other users. Undefined: it is in the environment. */
  tokenFile: string | undefined
  caPath: string | undefined
  certPath: string | undefined
  keyPath: string | undefined
  insecure: boolean
  /** `none` means no proxy, even if the environment sets one. Undefined: as the environment says. */
  proxy: 'none' | { url: string; user: string } | undefined
}

function proxyOptions(proxy: CurlOptions['proxy']): string[] {
  if (proxy === undefined) return []
  if (proxy === 'none') return ["--noproxy '*'"]
  // curl prompts for the password if only the user is given.
  const user = proxy.user === '' ? [] : [`--proxy-user ${shellQuote(proxy.user)}`]
  return [`--proxy ${shellQuote(proxy.url)}`, ...user]
}

/** A curl command that sends the same request, for reading, pasting and comparing. */
export function curlLine(url: string, fields: readonly CurlField[], options: CurlOptions): string {
  const pathOption = (name: string, value: string | undefined): string[] =>
    value === undefined ? [] : [`${name} ${shellQuote(value)}`]
  const flags = [
    `--max-time ${Math.ceil(options.timeoutMs / 1000)}`,
    ...pathOption('--cacert', options.caPath),
    ...pathOption('--cert', options.certPath),
    ...pathOption('--key', options.keyPath),
    ...(options.insecure ? ['--insecure'] : []),
    ...proxyOptions(options.proxy),
    ...fields.map(fieldOption),
  ]
  // The file's line end is removed.
  const token = options.tokenFile === undefined ? '' : `tr -d '\\r\\n' < ${shellQuote(options.tokenFile)} | `
  return (
    [`${token}curl --silent --show-error --fail-with-body`, ...flags, shellQuote(url)].join(' \\\n  ') + '\n'
  )
}
