import { usageError } from '../../core/errors.ts'
import { shellQuote } from '../../core/text/shell-quote.ts'
import { isShowable, quotedWord } from '../../core/text/shown-word.ts'
import { expandedPath, isDecodable, percentDecoded, type PathOfProject } from './project-in-path.ts'

const hint = "Give the project's number (9), its full path (group/name) or the URL of its page."

/** The URL of a clone by SSH as git writes it without a scheme: `git@host:group/app.git`. */
const scp = /^(?:[\w.-]+@([\w.-]+)|([\w-]+(?:\.[\w-]+)+)):(?!\/\/)\/?(\D.*)$/

const sshProtocols = ['ssh:', 'git+ssh:', 'git:']

/** First segments of GitLab's own pages, which no group can have as its path (docs/gitlab.md#5). */
const routes = [
  '-',
  'api',
  'admin',
  'dashboard',
  'explore',
  'groups',
  'help',
  'oauth',
  'projects',
  'search',
  'users',
]

/** A path in quotation marks behind a blank; '' where a part of it may be a token. */
function quotedPath(path: string): string {
  const isName = (part: string): boolean => ['', '.', '..'].includes(part) || isShowable(part)
  return path.split('/').every(isName) ? ` "${path}"` : ''
}

/** The project of a path, validated. Throws a usage error that names `where`. */
function validated({ project: text, ref }: PathOfProject, where: string): string {
  const refuse = (why: string, instead = hint): never => {
    throw usageError(`${where}: ${why}`, instead)
  }
  if (text.trim() === '') return refuse('the project is empty')
  if (ref !== undefined) {
    const flags = `--project ${shellQuote(text)} --ref ${shellQuote(ref)}`
    return refuse(`the address names a ref too (${ref})`, `Give them apart: ${flags}`)
  }
  if (/^\d+$/.test(text))
    return /^0+$|^\d{19}/.test(text) ? refuse(`no project has the number ${text}`) : text
  if (/[\s\p{C}]/u.test(text))
    return refuse(`the project path${quotedPath(text)} cannot hold blanks or control characters`)
  const segments = text.split('/')
  if (segments.some((segment) => segment === ''))
    return refuse(`the project path${quotedPath(text)} has an empty segment`)
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    return refuse(`. and .. are not allowed in a project path${quotedPath(text)}`)
  }
  const odd = /[^\w./-]/u.exec(text)?.[0]
  if (odd !== undefined) return refuse(`the project path${quotedPath(text)} cannot hold ${odd}`)
  const [first = ''] = segments
  if (segments.length === 1)
    return refuse(`${quotedWord(text).trim() || 'it'} is not a project id or a full path such as group/name`)
  if (routes.includes(first)) return refuse(`${first}/ is a page of GitLab itself, not a group`)
  return text
}

/**
 * Validates a project id or full path, as GitLab expects it in a URL; understands a path with `.git` or with the rest of a
 * page's or the API's address. Segments `.` and `..` would change the URL's route (docs/guarantees.md#4.6, #T25). Throws a
 * usage error that names `where`.
 */
export function parseProject(text: string, where: string): string {
  return validated(expandedPath(text), where)
}

/**
 * Parses the address of a project: of a page, of the API or of a clone by HTTPS or SSH; undefined for an id or path. Throws
 * a usage error if it is invalid, or holds a password or token; it is not shown then.
 */
export function projectUrl(text: string, where: string): URL | undefined {
  const clone = scp.exec(text)
  const plain = clone ? `ssh://${clone[1] ?? clone[2] ?? ''}/${clone[3] ?? ''}` : text
  if (!/^(https?|ssh|git\+ssh|git):\/\//i.test(plain)) return undefined
  const url = URL.canParse(plain) ? new URL(plain) : undefined
  if (!url || !isDecodable(url.pathname)) throw usageError(`${where}: not a valid URL`, hint)
  const isSsh = sshProtocols.includes(url.protocol)
  if (url.password !== '' || (url.username !== '' && !isSsh))
    throw usageError(`${where}: a user name or password does not belong in the URL of a project`, hint)
  if (/(^|[?&_])token=/i.test(url.search))
    throw usageError(
      `${where}: a token does not belong in the URL of a project`,
      `${hint} A token is given with --token-file.`,
    )
  return url
}

/** The scheme, host and port of an address, for messages. */
const hostOf = ({ protocol, host }: URL): string => `${protocol}//${host}`

/**
 * The project of a GitLab page, API address or git clone URL on the server with that base URL. Undefined for another
 * server. Throws a usage error that names `where` if the URL contains no project.
 */
export function projectOn(url: URL, base: string, where: string): string | undefined {
  const own = new URL(base)
  // Clone URLs of SSH have a port of their own and no path prefix.
  const isSsh = sshProtocols.includes(url.protocol)
  const prefix = isSsh ? '/' : `${own.pathname.replace(/\/$/, '')}/`
  const isThere = isSsh ? url.hostname.toLowerCase() === own.hostname : url.origin === own.origin
  if (!isThere || !url.pathname.startsWith(prefix)) return undefined
  const path = expandedPath(url.pathname.slice(prefix.length).replace(/\/+$/, ''))
  const ref = /\/trigger\/\w+$/.test(url.pathname) ? url.searchParams.get('ref') : null
  return validated(
    { ...(ref !== null && { ref }), ...path, project: percentDecoded(path.project).replace(/\.git$/, '') },
    where,
  )
}

/** The project from an id, path or URL. Throws a usage error that names `where`. */
export function projectFrom(text: string, where: string, base: string | undefined): string {
  const url = projectUrl(text, where)
  if (!url) return parseProject(withoutHost(text, base), where)
  const project = base === undefined ? undefined : projectOn(url, base, where)
  if (project !== undefined) return project
  const found = base?.startsWith(hostOf(url)) ? 'and holds no project' : `but of ${hostOf(url)}`
  throw usageError(
    `${where}: the URL is not of ${base ?? 'a server that was chosen'}, ${found}`,
    'Name that server with --server, or a project of this one.',
  )
}

/** A path without the host of the server before it, as a browser shows it. */
function withoutHost(text: string, base: string | undefined): string {
  if (base === undefined) return text
  const prefix = `${base.slice(base.indexOf('//') + 2)}/`
  return text.toLowerCase().startsWith(prefix) ? text.slice(prefix.length) : text
}
