import { usageError } from '../../core/errors.ts'

const hint = "Give the project's number (9), its full path (group/name) or the URL of its page."

/**
 * Validates a project id or full path, as GitLab expects it in a URL. Segments `.` and `..` would change the
 * URL's route (guarantees 4.6, T25). Throws a usage error that names `where`.
 */
export function parseProject(text: string, where: string): string {
  const refuse = (why: string): never => {
    throw usageError(`${where}: ${why}`, hint)
  }
  if (text.trim() === '') return refuse('the project is empty')
  if (/^\d+$/.test(text)) return text
  if (/[?#%\\\s\p{C}]/u.test(text)) return refuse('a project path cannot hold ?, #, %, \\ or blanks')
  const segments = text.split('/')
  if (segments.some((segment) => segment === '')) return refuse('an empty segment in the project path')
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    return refuse('. and .. are not allowed in a project path')
  }
  if (segments.length === 1) return refuse('neither a number nor a path with its group')
  return text
}

/** Parses the URL of a project; undefined for an id or path. Throws a usage error if it is invalid. */
export function projectUrl(text: string, where: string): URL | undefined {
  if (!/^https?:\/\//i.test(text)) return undefined
  if (!URL.canParse(text)) throw usageError(`${where}: not a valid URL`, hint)
  const url = new URL(text)
  if (url.username === '' && url.password === '') return url
  throw usageError(`${where}: a user name or password does not belong in the URL of a project`, hint)
}

/**
 * The project of a GitLab page or git clone URL on the server with that base URL. Undefined for another
 * server. Throws a usage error that names `where` if the URL contains no project.
 */
export function projectOn(url: URL, base: string, where: string): string | undefined {
  const own = new URL(base)
  const prefix = own.pathname.replace(/\/$/, '')
  if (url.origin !== own.origin || !url.pathname.startsWith(`${prefix}/`)) return undefined
  const [path = ''] = url.pathname.slice(prefix.length + 1).split('/-/')
  const plain = path.replace(/\/+$/, '').replace(/\.git$/, '')
  // GitLab redirects /projects/9 to the project's page.
  const byNumber = /^projects\/(\d+)$/.exec(plain)?.[1]
  return byNumber ?? parseProject(decoded(plain, where), where)
}

function decoded(path: string, where: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw usageError(`${where}: not a valid URL`, hint)
  }
}

/** The project from an id, path or URL. Throws a usage error that names `where`. */
export function projectFrom(text: string, where: string, base: string | undefined): string {
  const url = projectUrl(text, where)
  if (!url) return parseProject(text, where)
  const project = base === undefined ? undefined : projectOn(url, base, where)
  if (project !== undefined) return project
  throw usageError(`${where}: the URL is not of ${base ?? 'a server that was chosen'}`)
}
