import { usageError } from '../../core/errors.ts'
import { pageOfProject } from '../../core/text/page-of-project.ts'
import { isShowable, quotedWord } from '../../core/text/shown-word.ts'

/** The base URL of a GitLab server, without trailing slash; a path prefix is kept (docs/gitlab.md#9.25). */
export interface ServerUrl {
  /** Scheme, host, port and path prefix: `https://gitlab.example.com/gitlab`. */
  base: string
  origin: string
  isHttps: boolean
  isLoopback: boolean
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** The text that was parsed last. The targets of a batch mostly name the same server. */
let last: { text: string; url: ServerUrl } | undefined

/** The URL that a host without scheme stands for, as `gitlab.example.com:8443/gitlab`. Undefined for what is no host, or may hold a secret. */
export function withScheme(text: string): string | undefined {
  const host = /^([\w-]+(?:\.[\w-]+)+|localhost)(:\d{1,5})?(\/[\w./-]*)?$/i.exec(text)?.[1]
  if (host === undefined || !isShowable(text.replace(/\/$/, ''))) return undefined
  return `${loopback.test(host) ? 'http' : 'https'}://${text}`
}

/**
 * Parses a server's URL. Rejects everything that URL parsers silently change (a user name, an encoded or
 * look-alike host, a tab), because a token goes to that address (docs/guarantees.md#4.6, #T20, #T21). Throws a usage
 * error that names `where`; it repeats the text only if it cannot contain a password.
 */
export function parseServerUrl(text: string, where: string): ServerUrl {
  if (last?.text !== text) last = { text, url: parse(text, where) }
  return last.url
}

function parse(text: string, where: string): ServerUrl {
  const refuse = (why: string, hint = 'Write it as https://gitlab.example.com.'): never => {
    throw usageError(`${where}: ${why}`, hint)
  }
  const match = /^(https?):\/\/([^/?#\\]*)(.*)$/is.exec(text)
  if (!match) {
    const meant = withScheme(text)
    return refuse(
      `${quotedWord(text).trim() || 'it'} is not an http(s) URL${meant === undefined ? '' : `; did you mean ${meant}?`}`,
      'Write the whole address, as https://gitlab.example.com.',
    )
  }
  const [, scheme = '', authority = '', rest = ''] = match
  // A password with a slash seems to end the host.
  if (`${authority}${rest.replace(/[?#].*$/s, '')}`.includes('@'))
    refuse('a user name or password does not belong in the server URL')
  const segments = rest
    .replace(/[?#].*$/s, '')
    .split('/')
    .slice(1)
  if (segments.includes('-')) {
    const project = segments.slice(0, segments.indexOf('-')).join('/')
    refuse(
      'the address is that of a page, not of a server',
      pageOfProject(`${scheme}://${authority}`, project),
    )
  }
  if (rest.includes('?')) refuse('a query does not belong in the server URL')
  if (rest.includes('#')) refuse('a fragment does not belong in the server URL')
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return refuse(`"${text}" is not a valid URL`)
  }
  if (authority.endsWith(':'))
    refuse(`the port is missing in "${authority}"`, 'Write it behind the colon, or leave out the colon.')
  const typed = authority.toLowerCase().replace(url.protocol === 'https:' ? /:0*443$/ : /:0*80$/, '')
  if (url.hostname.endsWith('.'))
    refuse(`the host "${url.hostname}" ends in a dot`, 'Write it without the dot at the end.')
  if (typed !== url.host) {
    refuse(
      `the host in that URL is unusual; did you mean "${url.host}"?`,
      'If that is the host you mean, write it so.',
    )
  }
  const path = url.pathname.replace(/\/+$/, '')
  if (/\/api(\/v\d+)?$/.test(path)) {
    refuse(
      `the path of the API does not belong in the server URL: "${path}"`,
      'Leave out /api and what follows.',
    )
  }
  if (path !== rest.replace(/\/+$/, '')) refuse(`the path in that URL is unusual: "${rest}"`)
  return {
    base: url.origin + path,
    origin: url.origin,
    isHttps: url.protocol === 'https:',
    isLoopback: loopback.test(url.hostname),
  }
}
