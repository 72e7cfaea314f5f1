import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer } from './answer.ts'
import { page } from './answer.ts'
import { collectBody, tooLarge } from './collect-body.ts'
import { answerControl, isControl } from '../control/control.ts'
import type { Fault } from './faults.ts'
import { doesWork, takeFault } from './faults.ts'
import { refusal } from './guard.ts'
import { settle } from '../act/settle.ts'
import type { RateCount, RateLimit } from './rate.ts'
import { countRequest } from './rate.ts'
import { answerApi } from './router.ts'
import { countPolls } from '../script/polls.ts'
import { respond } from './respond.ts'
import type { SeenRequest } from './seen.ts'
import { fieldsOf, seenRequest } from './seen.ts'
import { withUsualHeaders, send } from './send.ts'
import { answerPage, isPage } from '../pages/pages.ts'
import type { View } from '../pages/parts/view.ts'
import type { World } from '../world/model.ts'

/** The state that the requests to a running sandbox share. */
export interface Running {
  world: World
  /** With the prefix; known once the port is. */
  url: string
  prefix: string
  /** Names under which it is called, besides those of the loopback interface. */
  hosts: readonly string[]
  requests: SeenRequest[]
  faults: Fault[]
  now: () => number
  paceMs: number
  jobsAfterPolls: number
  rateLimit: RateLimit | undefined
  rateCount: RateCount
}

interface Target {
  /** Without the prefix; undefined outside of it. */
  path: string | undefined
  query: string
}

function targetOf(url: string, prefix: string): Target {
  const [whole = '', ...query] = url.split('?')
  const inside = whole === prefix || whole.startsWith(`${prefix}/`)
  return { path: inside ? whole.slice(prefix.length) : undefined, query: query.join('?') }
}

function answerWithin(running: Running, request: IncomingMessage, target: Target, body: Buffer): Answer {
  if (running.rateLimit === undefined) return gitlabAnswer(running, request, target, body)
  const { headers, refusal } = countRequest(running.rateCount, running.rateLimit, running.now())
  const answered = refusal ?? gitlabAnswer(running, request, target, body)
  return { ...answered, headers: { ...answered.headers, ...headers } }
}

function gitlabAnswer(running: Running, request: IncomingMessage, target: Target, body: Buffer): Answer {
  if (target.path === undefined) return page(404, 'The page you were looking for could not be found')
  const now = running.now()
  settle(running.world, { now, paceMs: running.paceMs })
  return answerApi({
    world: running.world,
    url: running.url,
    method: request.method ?? '',
    path: target.path,
    prefix: running.prefix,
    query: target.query,
    headers: request.headers,
    body,
    now,
    paceMs: running.paceMs,
    jobsAfterPolls: running.jobsAfterPolls,
  })
}

/** Serves what is not GitLab's: the control API and the pages for people. Neither is recorded. */
function serveOwn(
  request: IncomingMessage,
  response: ServerResponse,
  answerTo: (body: Buffer) => Answer,
): void {
  const sendAnswer = (answered: Answer): void => {
    send(request, response, answered)
  }
  collectBody(
    request,
    undefined,
    (body) => {
      sendAnswer(answerTo(body))
    },
    () => {
      sendAnswer(tooLarge())
    },
  )
}

function viewOf({ world, url, prefix, now, paceMs }: Running): View {
  return { world, url, prefix, now: now(), paceMs }
}

/** Serves one request to GitLab: records it, finds the fault that was set for it, and answers as GitLab. */
function serveGitlab(
  running: Running,
  request: IncomingMessage,
  response: ServerResponse,
  target: Target,
): void {
  const seen = seenRequest(request)
  running.requests.push(seen)
  const read = { method: seen.method, path: target.path ?? '', query: target.query }
  const scripted = countPolls(running.world, read, running.now)
  const fault = takeFault(running.faults, seen.method, seen.path) ?? scripted
  if (fault?.kind === 'reset') {
    respond(request, response, seen, fault, undefined)
    return
  }
  collectBody(
    request,
    seen,
    (body) => {
      seen.body = body
      seen.fields = fieldsOf(body, request.headers['content-type'] ?? '', running.world.gitlab)
      const real = doesWork(fault) ? answerWithin(running, request, target, body) : undefined
      respond(request, response, seen, fault, real)
    },
    () => {
      respond(request, response, seen, undefined, tooLarge())
    },
  )
}

/** Serves one request: refuses what should not come here, and answers with a page, with the control API or as GitLab. */
export function serve(running: Running, request: IncomingMessage, response: ServerResponse): void {
  const target = targetOf(request.url ?? '', running.prefix)
  response.on('error', () => undefined)
  response.setHeader('date', new Date(running.now()).toUTCString())
  const refused = refusal(running, request)
  if (refused !== undefined) {
    send(request, response, { ...refused, headers: { ...refused.headers, connection: 'close' } })
    request.resume()
    return
  }
  const { path } = target
  const method = request.method ?? ''
  const { accept } = request.headers
  if (path !== undefined && isPage(viewOf(running), { method, path, accept })) {
    serveOwn(request, response, (body) => {
      settle(running.world, { now: running.now(), paceMs: running.paceMs })
      return withUsualHeaders(request, answerPage(viewOf(running), { method, path, accept, body }))
    })
    return
  }
  if (path !== undefined && isControl(path)) {
    const { world, url, requests, faults } = running
    serveOwn(request, response, (body) => answerControl({ world, url, method, path, body, requests, faults }))
    return
  }
  serveGitlab(running, request, response, target)
}
