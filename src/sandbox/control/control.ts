import { json, page, text } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import type { Fault } from '../http/faults.ts'
import { faultFrom } from '../http/faults.ts'
import { maskedRequest } from '../http/mask.ts'
import type { SeenRequest } from '../http/seen.ts'
import type { World } from '../world/model.ts'
import { has } from '../version/differences.ts'
import { fullVersions } from '../version/version.ts'

/** What the pages for people show and change. */
export interface ControlRequest {
  world: World
  url: string
  method: string
  path: string
  body: Buffer
  requests: SeenRequest[]
  faults: Fault[]
}

function welcome({ world, url }: ControlRequest): string {
  const old = !has(world.gitlab, 'v4')
  const path = old ? '/api/v3/projects/9/trigger/builds' : '/api/v4/projects/9/trigger/pipeline'
  return [
    `A sandbox: it answers as GitLab ${fullVersions[world.gitlab]} does, and builds nothing.`,
    '',
    'Try:',
    `curl -X POST -F token=${world.tokens.trigger} -F ref=master -F "variables[UPLOAD_TO_S3]=true" ${url}${path}`,
    '',
    `${url}/sandbox/requests   the requests seen so far`,
    `${url}/sandbox/faults     POST {"status": 502, "body": "…"} here, and the next request fails with it`,
    '',
  ].join('\n')
}

function queueFault({ body, faults }: ControlRequest): Answer {
  let value: unknown
  try {
    value = JSON.parse(body.toString())
  } catch {
    return json(400, { message: 'this is not JSON' })
  }
  const fault = faultFrom(value)
  if (typeof fault === 'string') return json(400, { message: fault })
  faults.push(fault)
  return json(201, { queued: faults.length })
}

const pages: { method: string; path: string; show: (request: ControlRequest) => Answer }[] = [
  { method: 'GET', path: '/', show: (request) => text(200, welcome(request)) },
  {
    method: 'GET',
    path: '/sandbox/requests',
    show: ({ requests, world }) => {
      const tokens = Object.values(world.tokens) as string[]
      return json(
        200,
        requests.map((seen) => maskedRequest(seen, tokens)),
      )
    },
  },
  { method: 'POST', path: '/sandbox/faults', show: queueFault },
]

/** Whether a path is one of the sandbox's own pages. */
export function isControl(path: string): boolean {
  return path === '/' || path === '' || path.startsWith('/sandbox/')
}

/** The answer of the sandbox's own pages. */
export function answerControl(request: ControlRequest): Answer {
  const path = request.path === '' ? '/' : request.path
  const found = pages.find((row) => row.method === request.method && row.path === path)
  return found === undefined ? page(404, 'No such page of the sandbox') : found.show(request)
}
