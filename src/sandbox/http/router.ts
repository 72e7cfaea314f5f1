import type { IncomingHttpHeaders } from 'node:http'
import type { Answer } from './answer.ts'
import { answer, badRequest, error, Halt, noRoute, page, serverError } from './answer.ts'
import { reader, readableProject, requireLogin } from '../auth/reading.ts'
import type { Call } from './call.ts'
import { readParams } from '../params/params.ts'
import type { Route } from './routes.ts'
import { routes } from './routes.ts'
import type { ApiVersion, GitlabVersion } from '../version/version.ts'
import { atLeast } from '../version/version.ts'
import type { World } from '../world/model.ts'

/** A request to the API, whole, its path without the prefix of the installation. */
export interface ApiRequest {
  world: World
  url: string
  method: string
  /** Undecoded, without the query. */
  path: string
  prefix: string
  query: string
  headers: IncomingHttpHeaders
  body: Buffer
  now: number
  paceMs: number
  jobsAfterPolls: number
}

type Match = Record<string, string>

/** In 8.x a dot ends these segments, so a path or a ref with one has no route (observed). */
const undotted = ['id', 'ref']

function matchPath(pattern: string, segments: string[], gitlab: GitlabVersion): Match | undefined {
  const names = pattern.split('/').slice(1)
  if (names.length !== segments.length) return undefined
  const match: Match = {}
  for (const [index, name] of names.entries()) {
    const segment = segments[index] ?? ''
    if (!name.startsWith(':')) {
      if (name !== segment) return undefined
      continue
    }
    const key = name.slice(1)
    const value = decodeURIComponent(segment)
    const dotted = undotted.includes(key) && value.includes('.') && !atLeast(gitlab, '10.3')
    if (value === '' || dotted) return undefined
    match[key] = value
  }
  return match
}

interface Found {
  route: Route
  match: Match
}

function find(api: ApiVersion, segments: string[], gitlab: GitlabVersion): Found[] {
  return routes
    .filter((row) => row.api === api && atLeast(gitlab, row.since ?? '8.5'))
    .filter((row) => row.until === undefined || atLeast(row.until, gitlab))
    .flatMap((route) => {
      const match = matchPath(route.path, segments, gitlab)
      return match === undefined ? [] : [{ route, match }]
    })
}

/** A format at the end of a path is no part of it (observed: ".json suffix"), unless it is a name. */
function findRoutes(api: ApiVersion, rest: string, gitlab: GitlabVersion): Found[] {
  const path = rest.replace(/\/+$/, '')
  const exact = find(api, path.split('/').slice(1), gitlab)
  if (exact.length > 0) return exact
  return find(
    api,
    path
      .replace(/\.(json|xml)$/, '')
      .split('/')
      .slice(1),
    gitlab,
  )
}

function handle(route: Route, call: Call): Answer {
  if ('open' in route) return route.open(call)
  const who = reader(call, 'jobs' in route && route.jobs)
  requireLogin(call, who, route.needs)
  if ('server' in route) return route.server(call)
  return route.read({ call, who, project: readableProject(call, who) })
}

/** What a known path says to a method it has no route for (observed: "method …"). */
function wrongMethod(request: ApiRequest): Answer {
  if (request.method === 'OPTIONS') return answer(204, '', '')
  return request.world.gitlab === '8.5' ? serverError() : noRoute()
}

/** What a version says about a path under the API that it does not know. */
function unknownPath(gitlab: GitlabVersion): Answer {
  return gitlab === '8.5' ? page(404, 'The page you were looking for could not be found') : noRoute()
}

function routed(request: ApiRequest, api: ApiVersion, rest: string): Answer {
  const { world, method } = request
  const found = findRoutes(api, rest, world.gitlab)
  if (found.length === 0) return unknownPath(world.gitlab)
  const wanted = found.find(({ route }) => route.method === (method === 'HEAD' ? 'GET' : method))
  if (wanted === undefined) return wrongMethod(request)
  const { route, match } = wanted
  const hasBody = route.method !== 'GET'
  const params = readParams(
    {
      query: request.query,
      body: hasBody ? request.body : Buffer.alloc(0),
      contentType: hasBody ? (request.headers['content-type'] ?? '') : '',
      path: match,
    },
    world.gitlab,
  )
  return handle(route, {
    world,
    gitlab: world.gitlab,
    api,
    method: route.method,
    url: request.url,
    pathname: `${request.prefix}${request.path}`,
    headers: request.headers,
    path: match,
    params,
    now: request.now,
    paceMs: request.paceMs,
    jobsAfterPolls: request.jobsAfterPolls,
  })
}

/** The answer of GitLab to a request; nothing that is sent makes it throw. */
export function answerApi(request: ApiRequest): Answer {
  const { gitlab } = request.world
  try {
    const path = request.path.replace(/\/{2,}/g, '/')
    const [, api, rest] = /^\/api\/(v3|v4)(\/.*)?$/.exec(path) ?? []
    if (api !== 'v3' && api !== 'v4') return page(404, 'The page you were looking for could not be found')
    if (path !== request.path && !atLeast(gitlab, '10.3')) return error(404, '404 API Version Not Found')
    if (api === 'v3' && atLeast(gitlab, '18.9')) {
      return error(410, 'API V3 is no longer supported. Use API V4 instead.')
    }
    if (api === 'v4' && !atLeast(gitlab, '10.3')) return unknownPath(gitlab)
    return routed(request, api, rest ?? '/')
  } catch (problem) {
    if (problem instanceof Halt) return problem.answer
    // A path whose percent signs are no UTF-8.
    if (problem instanceof URIError) return atLeast(gitlab, '18.9') ? badRequest() : unknownPath(gitlab)
    return serverError()
  }
}
