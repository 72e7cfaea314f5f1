import { shellQuote } from './shell-quote.ts'
import { isShowable } from './shown-word.ts'

/** What to type in place of the address of a page that was given as a server. `path` has no slash at either end; of no project's page it is ''. */
export function pageOfProject(origin: string, path: string): string {
  const server = `--server ${shellQuote(origin)}`
  if (!path.includes('/')) return `Leave out the path: ${server}`
  const project = path.split('/').every(isShowable) ? shellQuote(path) : 'GROUP/NAME'
  return `If that is a page of a project: ${server} --project ${project}`
}

/**
 * The same behind a blank, for a server's base URL whose path may be that of a project; '' for any other. Of the base URLs in `known` the longest that it
 * begins with is the server: GitLab may be below a path of its host.
 */
export function maybePageOfProject(base: string, known: readonly string[] = []): string {
  const { href, origin, pathname } = new URL(base)
  const servers = known.map((each) => each.replace(/\/$/, '')).filter((each) => href.startsWith(`${each}/`))
  const server = servers.toSorted((a, b) => b.length - a.length)[0] ?? origin
  const path = (server === origin ? pathname : href.slice(server.length)).replace(/^\/|\/$/g, '')
  return path.includes('/') ? ` ${pageOfProject(server, path)}` : ''
}
