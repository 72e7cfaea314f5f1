import type { Route } from '../routes/route.ts'
import { routes } from '../routes/index.ts'
import type { ApiVersion, GitlabVersion } from '../version/version.ts'
import { atLeast } from '../version/version.ts'
import type { Match } from './match.ts'
import { matchPath } from './match.ts'

/** A route that fits a path, and what the path names. */
export interface Found {
  route: Route
  match: Match
}

/** The routes of a version by its number and that of the API; each is looked for once. */
const routesByVersion = new Map<string, Route[]>()

/** The routes that fit a path of a version, of paths that have been asked for: polls ask for the same few. */
const foundByPath = new Map<string, Found[]>()
const mostPaths = 1000

function routesOf(api: ApiVersion, gitlab: GitlabVersion): Route[] {
  const key = `${api} ${gitlab}`
  const known = routesByVersion.get(key)
  if (known) return known
  const found = routes
    .filter((row) => row.api === api && atLeast(gitlab, row.since ?? '8.5'))
    .filter((row) => row.until === undefined || atLeast(row.until, gitlab))
  routesByVersion.set(key, found)
  return found
}

function find(api: ApiVersion, path: string, gitlab: GitlabVersion): Found[] {
  const key = `${api} ${gitlab} ${path}`
  const known = foundByPath.get(key)
  if (known) return known
  const found = routesOf(api, gitlab).flatMap((route) => {
    const match = matchPath(route.path, path, gitlab)
    return match === undefined ? [] : [{ route, match }]
  })
  if (foundByPath.size >= mostPaths) foundByPath.clear()
  foundByPath.set(key, found)
  return found
}

/**
 * The routes of any method that fit a path. A format at its end is no part of it (docs/gitlab.md#10.2, ".json suffix"),
 * unless it is a name. Throws a URIError for a broken escape.
 */
export function findRoutes(api: ApiVersion, rest: string, gitlab: GitlabVersion): Found[] {
  const path = rest.replace(/\/+$/, '')
  const exact = find(api, path, gitlab)
  return exact.length > 0 ? exact : find(api, path.replace(/\.(json|xml)$/, ''), gitlab)
}
