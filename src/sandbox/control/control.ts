import { json, message, page, text } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import type { Fault } from '../http/faults.ts'
import { faultFrom } from '../http/faults.ts'
import { maskedRequest } from '../http/mask.ts'
import type { SeenRequest } from '../http/seen.ts'
import type { World } from '../world/model.ts'
import { projectOf } from '../world/world.ts'
import { changeProject, makeToken, objectFrom } from './change.ts'
import { settingsOf } from './settings.ts'
import { has, newIn, unknownOf } from '../version/differences.ts'
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
  const path = has(world.gitlab, 'v4')
    ? '/api/v4/projects/9/trigger/pipeline'
    : '/api/v3/projects/9/trigger/builds'
  const unknown = unknownOf[world.gitlab] ?? []
  return [
    `A sandbox: it answers as GitLab ${fullVersions[world.gitlab]} does, and runs nothing.`,
    '',
    'Try:',
    `curl -X POST -F token=${world.tokens.trigger} -F ref=master -F "variables[UPLOAD_TO_S3]=true" ${url}${path}`,
    '',
    `${url}/sandbox/requests     the requests seen so far`,
    `${url}/sandbox/version      what this version does and the previous one does not`,
    `${url}/sandbox/faults       POST {"status": 502, "body": "…"} here, and the next request fails with it`,
    `${url}/sandbox/projects/9   PUT {"role": "reporter"} here to change a setting; GET shows all`,
    `${url}/sandbox/tokens       POST {"username": "developer", "scopes": ["read_api"]} here for a new API token`,
    ...(unknown.length > 0 ? ['', 'Not known of this version:', ...unknown.map((line) => `- ${line}`)] : []),
    '',
  ].join('\n')
}

function queueFault({ body, faults }: ControlRequest): Answer {
  const sent = objectFrom(body)
  if (sent === undefined) return message(400, 'send a JSON object')
  const fault = faultFrom(sent)
  if (typeof fault === 'string') return message(400, fault)
  faults.push(fault)
  return json(201, { queued: faults.length })
}

function showProject({ world }: ControlRequest, id: string): Answer {
  const project = projectOf(world, decodeURIComponent(id))
  return project === undefined
    ? message(404, `the sandbox has no project ${id}`)
    : json(200, settingsOf(world, project))
}

interface Page {
  method: string
  /** With a `:id` at its end, or without. */
  path: string
  show: (request: ControlRequest, id: string) => Answer
}

const pages: readonly Page[] = [
  { method: 'GET', path: '/', show: (request) => text(200, welcome(request)) },
  {
    method: 'GET',
    path: '/sandbox/requests',
    show: ({ requests, world }) => {
      const tokens = [...world.credentials.keys()]
      return json(
        200,
        requests.map((seen) => maskedRequest(seen, tokens)),
      )
    },
  },
  {
    method: 'GET',
    path: '/sandbox/version',
    show: ({ world: { gitlab } }) =>
      json(200, { gitlab: fullVersions[gitlab], new: newIn(gitlab), unknown: unknownOf[gitlab] ?? [] }),
  },
  { method: 'POST', path: '/sandbox/faults', show: queueFault },
  { method: 'GET', path: '/sandbox/projects/:id', show: showProject },
  {
    method: 'PUT',
    path: '/sandbox/projects/:id',
    show: ({ world, body }, id) => changeProject(world, id, body),
  },
  { method: 'POST', path: '/sandbox/tokens', show: ({ world, body }) => makeToken(world, body) },
]

/** Whether a path is one of the sandbox's own pages. */
export function isControl(path: string): boolean {
  return path === '/' || path === '' || path.startsWith('/sandbox/')
}

/** The answer of the sandbox's own pages. */
export function answerControl(request: ControlRequest): Answer {
  const path = request.path === '' ? '/' : request.path
  const id = /^(\/sandbox\/projects)\/([^/]+)$/.exec(path)
  const wanted = id === null ? path : `${id[1] ?? ''}/:id`
  const found = pages.find((row) => row.method === request.method && row.path === wanted)
  return found === undefined ? page(404, 'No such page of the sandbox') : found.show(request, id?.[2] ?? '')
}
