import { isIPv6 } from 'node:net'
import type { AddedPipeline, PipelineRequest } from './world/add-pipeline.ts'
import { addPipeline } from './world/add-pipeline.ts'
import type { Fault } from './http/faults.ts'
import { listenAt } from './http/listen.ts'
import type { SeenRequest } from './http/seen.ts'
import type { Tokens } from './world/seeds.ts'
import { serve } from './http/serve.ts'
import type { Running } from './http/serve.ts'
import { projectNumbered, putPersonalToken, putProject, putRef, putToken } from './world/put.ts'
import type { PersonalTokenRequest, TokenRequest } from './world/put.ts'
import { greeting } from './control/greeting.ts'
import { changeSetting, settings } from './control/settings.ts'
import type { RateLimit } from './http/rate.ts'
import type { ProjectSummary, Sandbox, SandboxOptions } from './sandbox.ts'
import { applyScenario, faultsOf } from './scenario/apply.ts'
import { direct } from './script/direct.ts'
import type { Scripted } from './script/direct.ts'
import type { Action, DownstreamPlan, JobPlan, LogPlan, Script } from './script/script.ts'
import type { GitlabVersion } from './version/version.ts'
import { gitlabVersions, usualVersion } from './version/version.ts'
import { newWorld } from './world/world.ts'
import type { Pipeline, World } from './world/model.ts'

export type { AddedPipeline, Fault, GitlabVersion, Pipeline, PipelineRequest, SeenRequest, Tokens }
export type { PersonalTokenRequest, ProjectSummary, Sandbox, SandboxOptions, TokenRequest }

/** The names of the settings that can be changed. */
export const settingNames: readonly string[] = Object.keys(settings)
export { gitlabVersions, usualVersion }
export type { Action, DownstreamPlan, JobPlan, LogPlan, RateLimit, Script, Scripted }

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
  const { now, paceMs = 1000, jobsAfterPolls = 0, gitlab = usualVersion } = options
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
  const listening = await listenAt({ ...options, listen, hosts }, (request, response) => {
    serve(running, request, response)
  })
  running.url = `${listening.base}${prefix}`
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
    connections: listening.connections,
    close: listening.close,
  }
}
