import { usageError } from '../../core/errors.ts'

const hint = "Give the project's number (9), its full path (group/name) or the URL of its page."

/**
 * A project as GitLab takes it in a URL: its number, or its full path. Segments `.` and `..` would collapse the URL onto
 * another route (guarantees 4.6, T25). Throws a usage error that names `where`.
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

/** The URL of a project's page, where a text is one; undefined where it is a number or path. Throws a usage error for one with a password. */
export function projectUrl(text: string, where: string): URL | undefined {
  if (!/^https?:\/\//i.test(text)) return undefined
  if (!URL.canParse(text)) throw usageError(`${where}: not a valid URL`, hint)
  const url = new URL(text)
  if (url.username === '' && url.password === '') return url
  throw usageError(`${where}: a user name or password does not belong in the URL of a project`, hint)
}

/**
 * The project whose page, or one below it, a URL shows, on the server with that base URL; undefined where it is not on that server. What git
 * clones from is understood too. Throws a usage error that names `where` for another page.
 */
export function projectOn(url: URL, base: string, where: string): string | undefined {
  const own = new URL(base)
  const prefix = own.pathname.replace(/\/$/, '')
  if (url.origin !== own.origin || !url.pathname.startsWith(`${prefix}/`)) return undefined
  const [path = ''] = url.pathname.slice(prefix.length + 1).split('/-/')
  const plain = path.replace(/\/+$/, '').replace(/\.git$/, '')
  // A page of its own by number: GitLab leads from /projects/9 to the project.
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

/** A project as it was given: number, path or URL. Throws a usage error that names `where`, also for the URL of another server than `base`. */
export function projectFrom(text: string, where: string, base: string | undefined): string {
  const url = projectUrl(text, where)
  if (!url) return parseProject(text, where)
  const project = base === undefined ? undefined : projectOn(url, base, where)
  if (project !== undefined) return project
  throw usageError(`${where}: the URL is not of ${base ?? 'a server that was chosen'}`)
}
