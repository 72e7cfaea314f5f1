import { shellQuote } from '../../core/shell-quote.ts'

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

/** How curl gets to the server: paths, and a proxy that it does not find in the environment itself. */
export interface CurlWay {
  timeoutMs: number
  /** Where curl gets the token, on its standard input, where no other user sees it; without one it is in the environment. */
  tokenFile: string | undefined
  caPath: string | undefined
  certPath: string | undefined
  keyPath: string | undefined
  insecure: boolean
  /** `none`: whatever the environment says. */
  proxy: 'none' | { url: string; user: string } | undefined
}

function proxyOptions(proxy: CurlWay['proxy']): string[] {
  if (proxy === undefined) return []
  if (proxy === 'none') return ["--noproxy '*'"]
  // Without a password after it, curl asks for one.
  const user = proxy.user === '' ? [] : [`--proxy-user ${shellQuote(proxy.user)}`]
  return [`--proxy ${shellQuote(proxy.url)}`, ...user]
}

/** A curl line that sends the same fields to the same address the same way; for reading, pasting and comparing. */
export function curlLine(url: string, fields: readonly CurlField[], way: CurlWay): string {
  const path = (name: string, value: string | undefined): string[] =>
    value === undefined ? [] : [`${name} ${shellQuote(value)}`]
  const options = [
    `--max-time ${Math.ceil(way.timeoutMs / 1000)}`,
    ...path('--cacert', way.caPath),
    ...path('--cert', way.certPath),
    ...path('--key', way.keyPath),
    ...(way.insecure ? ['--insecure'] : []),
    ...proxyOptions(way.proxy),
    ...fields.map(option),
  ]
  // Without the line end of the file.
  const token = way.tokenFile === undefined ? '' : `tr -d '\\r\\n' < ${shellQuote(way.tokenFile)} | `
  return (
    [`${token}curl --silent --show-error --fail-with-body`, ...options, shellQuote(url)].join(' \\\n  ') +
    '\n'
  )
}
