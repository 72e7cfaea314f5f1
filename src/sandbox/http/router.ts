import type { IncomingHttpHeaders } from 'node:http'
import type { Answer } from './answer.ts'
import { answer, badRequest, error, Halt, noRoute, page, serverError } from './answer.ts'
import { can } from '../auth/abilities.ts'
import type { Reader } from '../auth/abilities.ts'
import { forbidden, readableProject, requireLogin } from '../auth/reading.ts'
import { readerOf } from '../auth/tokens.ts'
import type { Call } from './call.ts'
import { whileUnchanged } from '../life/lines.ts'
import { declaredIn, problemsOf } from '../params/declared.ts'
import { readParams } from '../params/params.ts'
import type { Route } from '../routes/route.ts'
import { has } from '../version/differences.ts'
import type { ApiVersion, GitlabVersion } from '../version/version.ts'
import type { World } from '../world/model.ts'
import { findRoutes } from './find-routes.ts'

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

/** Grape's answer to parameters that are not as they were declared. */
function validate(call: Call): void {
  if (!has(call.gitlab, 'declaredParameters')) return
  const problems = problemsOf(call.params, call.declared)
  if (problems.length > 0) throw new Halt(error(400, problems.join(', ')))
}

/**
 * Who asks; the login is demanded before the parameters are validated, or after, as GitLab's class of the
 * route does.
 */
function readerFor(route: Exclude<Route, { open: unknown }>, call: Call): Reader {
  const ask = (): Reader => {
    const who = readerOf(call, route.jobs === true, route.scopes)
    requireLogin(call, who, route.needs)
    return who
  }
  const early = route.needs === 'login first' ? ask() : undefined
  validate(call)
  return early ?? ask()
}

function handle(route: Route, call: Call): Answer {
  if ('open' in route) return route.open(call)
  const who = readerFor(route, call)
  if ('server' in route) return route.server(call, who)
  const project = readableProject(call, who)
  if (route.can !== undefined && !can(who, route.can, project)) throw forbidden()
  return route.read({ call, who, project })
}

/** What a known path says to a method it has no route for (docs/gitlab.md#10.2, "method …"). */
function wrongMethod(request: ApiRequest): Answer {
  if (request.method === 'OPTIONS') return answer(204, '', '')
  return has(request.world.gitlab, 'jsonForUnknownPaths') ? noRoute() : serverError()
}

/** What a version says about a path under the API that it does not know. */
function unknownPath(gitlab: GitlabVersion): Answer {
  return has(gitlab, 'jsonForUnknownPaths')
    ? noRoute()
    : page(404, 'The page you were looking for could not be found')
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
  const call: Call = {
    world,
    gitlab: world.gitlab,
    api,
    method: route.method,
    url: request.url,
    pathname: `${request.prefix}${request.path}`,
    headers: request.headers,
    path: match,
    params,
    declared: declaredIn(world.gitlab, route.path, route.params ?? []),
    now: request.now,
    paceMs: request.paceMs,
    jobsAfterPolls: request.jobsAfterPolls,
  }
  return hasBody ? handle(route, call) : whileUnchanged(() => handle(route, call))
}

/** The answer of GitLab to a request; nothing that is sent makes it throw. */
export function answerApi(request: ApiRequest): Answer {
  const { gitlab } = request.world
  try {
    const path = request.path.replace(/\/{2,}/g, '/')
    const [, api, rest] = /^\/api\/(v3|v4)(\/.*)?$/.exec(path) ?? []
    if (api !== 'v3' && api !== 'v4') return page(404, 'The page you were looking for could not be found')
    if (path !== request.path && !has(gitlab, 'slashesMerged')) return error(404, '404 API Version Not Found')
    if (api === 'v3' && has(gitlab, 'v3Gone')) {
      return error(410, 'API V3 is no longer supported. Use API V4 instead.')
    }
    if (api === 'v4' && !has(gitlab, 'v4')) return unknownPath(gitlab)
    return routed(request, api, rest ?? '/')
  } catch (problem) {
    if (problem instanceof Halt) return problem.answer
    // A path whose percent signs are no UTF-8.
    if (problem instanceof URIError)
      return has(gitlab, 'malformedStrings') ? badRequest() : unknownPath(gitlab)
    return serverError()
  }
}
