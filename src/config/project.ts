import { usageError } from '../errors.ts'

/**
 * A project as GitLab takes it in a URL: its number, or its full path. Segments `.` and `..` would collapse the URL onto
 * another route (guarantees 4.6, T25). Throws a usage error that names `where`.
 */
export function parseProject(text: string, where: string): string {
  const refuse = (why: string): never => {
    throw usageError(`${where}: ${why}`, "Give the project's number (9) or its full path (group/name).")
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
