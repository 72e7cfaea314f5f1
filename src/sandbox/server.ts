import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { isIPv6 } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import type { AddedPipeline, PipelineRequest } from './world/add-pipeline.ts'
import { addPipeline } from './world/add-pipeline.ts'
import type { Fault } from './http/faults.ts'
import type { SeenRequest } from './http/seen.ts'
import type { Tokens } from './world/seeds.ts'
import { serve } from './http/serve.ts'
import type { Running } from './http/serve.ts'
import type { NewProject } from './world/projects.ts'
import { projectNumbered, putPersonalToken, putProject, putRef, putToken } from './world/put.ts'
import type { PersonalTokenRequest, TokenRequest } from './world/put.ts'
import { greeting } from './control/greeting.ts'
import { changeSetting, settings } from './control/settings.ts'
import type { RateLimit } from './http/rate.ts'
import { applyScenario, faultsOf } from './scenario/apply.ts'
import type { Scenario } from './scenario/scenario.ts'
import { direct } from './script/direct.ts'
import type { Scripted } from './script/direct.ts'
import type { Action, DownstreamPlan, JobPlan, LogPlan, Script } from './script/script.ts'
import type { GitlabVersion } from './version/version.ts'
import { gitlabVersions, usualVersion } from './version/version.ts'
import { newWorld } from './world/world.ts'
import type { Pipeline, World } from './world/model.ts'

export type { AddedPipeline, Fault, GitlabVersion, Pipeline, PipelineRequest, SeenRequest, Tokens }
export type { PersonalTokenRequest, TokenRequest }

/** The names of the settings that can be changed. */
export const settingNames: readonly string[] = Object.keys(settings)
export { gitlabVersions, usualVersion }
export type { Action, DownstreamPlan, JobPlan, LogPlan, RateLimit, Script, Scripted }

/** A project, for whoever wants to trigger it. */
export interface ProjectSummary {
  id: number
  path: string
  defaultBranch: string
  /** The texts of its trigger tokens, oldest first. */
  triggerTokens: string[]
}

/** How a sandbox is set up. */
export interface SandboxOptions {
  /** 0, the default, takes a free port. */
  port?: number
  /** The address to listen on, 127.0.0.1 by default; another one lets other machines in, who can read and change everything. */
  listen?: string
  /** Names under which it may be called, beside those of the loopback interface; `url` has the first. */
  hosts?: readonly string[]
  /** The path of a relative-URL install, for example `/gitlab`. */
  prefix?: string
  /** What it holds, in place of the usual projects; `scenario/read.ts` checks it. */
  scenario?: Scenario
  /** The length of a step of a pipeline in milliseconds, 1000 by default; with 0 pipelines end at once. */
  paceMs?: number
  /** The release that is played, `18.9` by default. */
  gitlab?: GitlabVersion
  /** The clock, in milliseconds. */
  now: () => number
  /** PEM texts; with them the sandbox speaks HTTPS. */
  tls?: { key: string; cert: string }
  /** The jobs of a pipeline are empty for this many reads, as they can be on a busy server. */
  jobsAfterPolls?: number
  /** Adds `RateLimit-*` headers to every answer, and refuses requests above the limit if it says so. */
  rateLimit?: RateLimit
}

/** A running stand-in for GitLab. */
export interface Sandbox {
  /** `http://127.0.0.1:PORT/prefix`, without a slash at the end; opened in a browser it shows the pages. */
  url: string
  tokens: Tokens
  /** Every request to GitLab in the order of arrival; the pages under `/sandbox` do not count. */
  requests: SeenRequest[]
  /** Every pipeline in the order of creation, with the variables and inputs that GitLab stored. */
  pipelines: readonly Pipeline[]
  /** The projects with their trigger tokens, in the order of the scenario. */
  projects(): ProjectSummary[]
  /** Forgets every request, pipeline, token, schedule and fault: it is as it was when it started. */
  reset(): void
  /** Queues a fault for the next request it matches. */
  failNext(fault: Fault): void
  /** Adds a pipeline that another user started. */
  addPipeline(request?: PipelineRequest): AddedPipeline
  /** Adds a trigger token. */
  addToken(request?: TokenRequest): { id: number; token: string }
  /** Adds a project, and returns its id. */
  addProject(project: NewProject): number
  /** Adds a branch or tag to a project, by default 9. */
  addRef(name: string, kind?: 'branch' | 'tag', project?: number): void
  /**
   * Sets the course of a pipeline by its id, or of all that will be created on a ref (of project 9, or `{
   * project, ref }`). Throws a RangeError for what does not exist.
   */
  script(which: Scripted, script: Script): void
  /**
   * Changes a setting of a project, by default 9, or of the instance, as `--set` does. Throws a RangeError
   * for an unknown setting or value.
   */
  set(name: string, value: string, project?: number): void
  /** Adds a personal access token, by default with the scope `api`, and returns its text. */
  addPersonalToken(token: PersonalTokenRequest): string
  /** What it says of itself when it starts: its projects, their trigger tokens, and what each ref does. */
  greeting(): string
  /** How many connections are open. */
  connections(): number
  /** Closes the server and every connection. */
  close(): Promise<void>
}

function addressOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** The name in its address: the first that it is called by, else the address that it listens on, else the loopback interface's. */
function nameFor(listen: string, hosts: readonly string[]): string {
  const isAny = listen === '0.0.0.0' || listen === '::'
  const name = hosts[0] ?? (isAny ? '127.0.0.1' : listen)
  return isIPv6(name) ? `[${name}]` : name
}

function worldOf(gitlab: GitlabVersion, { scenario, now }: SandboxOptions): World {
  const world = newWorld(gitlab)
  if (scenario !== undefined) applyScenario(world, scenario, now())
  return world
}

function summaries({ projects, triggers }: World): ProjectSummary[] {
  return projects.map((project) => ({
    id: project.id,
    path: project.path,
    defaultBranch: project.defaultBranch,
    triggerTokens: triggers.filter((trigger) => trigger.project === project).map(({ token }) => token),
  }))
}

/** Starts a sandbox; resolves when it listens, rejects when the port is taken. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { tls, now, paceMs = 1000, jobsAfterPolls = 0, gitlab = usualVersion } = options
  const prefix = (options.prefix ?? '').replace(/\/+$/, '').replace(/^(?=[^/])/, '/')
  const { listen = '127.0.0.1', hosts = [] } = options
  const running: Running = {
    world: worldOf(gitlab, options),
    url: '',
    prefix,
    hosts: [listen, ...hosts].map((host) => (isIPv6(host) ? `[${host}]` : host).toLowerCase()),
    requests: [],
    faults: options.scenario === undefined ? [] : faultsOf(options.scenario),
    now,
    paceMs,
    jobsAfterPolls,
    rateLimit: options.rateLimit,
    rateCount: { minute: 0, requests: 0 },
  }
  const server = tls === undefined ? createServer() : createTlsServer({ key: tls.key, cert: tls.cert })
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('request', (request, response) => {
    serve(running, request, response)
  })
  server.on('clientError', (_, socket) => {
    if (socket.writable)
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, listen, resolve)
  })
  const scheme = tls === undefined ? 'http' : 'https'
  running.url = `${scheme}://${nameFor(listen, hosts)}:${addressOf(server.address())}${prefix}`
  return {
    url: running.url,
    tokens: running.world.tokens,
    requests: running.requests,
    get pipelines() {
      return running.world.pipelines
    },
    projects: () => summaries(running.world),
    reset: () => {
      running.world = worldOf(gitlab, options)
      running.requests.splice(0)
      running.faults.splice(
        0,
        Infinity,
        ...(options.scenario === undefined ? [] : faultsOf(options.scenario)),
      )
      running.rateCount = { minute: 0, requests: 0 }
    },
    failNext: (fault) => {
      running.faults.push(fault)
    },
    addPipeline: (request = {}) => addPipeline(running.world, request, now()),
    addToken: (request = {}) => putToken(running.world, request, now()),
    addProject: (project) => putProject(running.world, project),
    addRef: (name, kind = 'branch', project = 9) => {
      putRef(running.world, name, kind, project)
    },
    script: (which, script) => {
      direct(running.world, which, script)
    },
    set: (name, value, project = 9) => {
      const problem = changeSetting(running.world, projectNumbered(running.world, project), name, value)
      if (problem !== undefined) throw new RangeError(problem)
    },
    addPersonalToken: (token) => putPersonalToken(running.world, token),
    greeting: () => greeting(running.world, running.url),
    connections: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        for (const socket of sockets) socket.destroy()
      }),
  }
}
