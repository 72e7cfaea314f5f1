import { shellQuote } from './shell-quote.ts'
import { isShowable } from './shown-word.ts'

/** What to type in place of the address of a page that was given as a server. `path` has no slash at either end; of no project's page it is ''. */
export function pageOfProject(origin: string, path: string): string {
  const server = `--server ${shellQuote(origin)}`
  if (!path.includes('/')) return `Leave out the path: ${server}`
  const project = path.split('/').every(isShowable) ? shellQuote(path) : 'GROUP/NAME'
  return `If that is a page of a project: ${server} --project ${project}`
}

/** The same behind a blank, for a server's base URL whose path may be that of a project; '' for any other. */
export function maybePageOfProject(base: string): string {
  const { origin, pathname } = new URL(base)
  const path = pathname.replace(/^\/|\/$/g, '')
  return path.includes('/') ? ` ${pageOfProject(origin, path)}` : ''
}
