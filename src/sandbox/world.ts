import type { Fault } from './faults.ts'
import type { Statuses, Timeline } from './life/timeline.ts'
import type { Project } from './projects.ts'
import { findProject, seedProjects } from './projects.ts'
import type { Schedule } from './schedule/schedules.ts'
import type { Tokens } from './seeds.ts'
import { adopt } from './script/adopt.ts'
import { plansOf, seedJobs } from './script/plans.ts'
import type { Deed, JobPlan, Script } from './script/script.ts'
import { seedScripts } from './script/seed-scripts.ts'
import { seedTokens } from './seeds.ts'
import type { TriggerToken } from './tokens/trigger-token.ts'
import { seedTriggerTokens } from './tokens/trigger-token.ts'
import type { GitlabVersion } from './version.ts'
import { atLeast } from './version.ts'

/** One job of a pipeline; on v3 a build. */
export interface Job {
  id: number
  name: string
  stage: string
  script: string
  plan: JobPlan
  /** The tick at which it was made: 0, or that of the retry. */
  bornAt: number
  /** A life that is settled, whatever becomes of the stages before; a retry or a cancel settles it. */
  pinned: Timeline | undefined
  /** Whether a retry has replaced it. */
  retried: boolean
  /** Whether it starts by itself although its plan says manual, because somebody retried it. */
  enqueued: boolean
  /** What a bridge has started. */
  downstream: Pipeline | undefined
}

/** A pipeline as it was made, and what was done to it; how far it is follows from the clock or the looks (life/). */
export interface Pipeline {
  id: number
  iid: number
  project: Project
  ref: string
  sha: string
  tag: boolean
  source: string
  username: string
  /** Milliseconds, from the clock of the options. */
  createdAt: number
  variables: Map<string, string>
  inputs: Map<string, unknown>
  /** What GitLab stores as TRIGGER_PAYLOAD (facts 7); undefined when nobody triggered it. */
  payload: string | undefined
  /** The trigger token that started it. */
  trigger: TriggerToken | undefined
  /** A status that never changes, in place of a life. */
  fixedStatus: string | undefined
  yamlErrors: string | null
  jobs: Job[]
  /** The bridge that started it, and the tick of that pipeline at which it did. */
  parent: { pipeline: Pipeline; job: Job; at: number } | undefined
  by: 'clock' | 'looks'
  /** The moment of every look, and what the present one has read. */
  looks: { times: number[]; seen: Set<string> }
  startsAfter: number
  /** The statuses that a script gives outright. */
  statuses: Statuses | undefined
  pollFaults: Map<number, Fault>
  /** What others will do yet, by time. */
  others: readonly Deed[]
  /** The moment of the last thing that was done to it. */
  touchedAt: number
}

/** What a token lets its bearer do. */
export type Credential =
  | { kind: 'trigger'; trigger: TriggerToken }
  /** `all` is the scope `api` of a maintainer; `read` the scope `read_api`; `report` the scope `api` of a reporter. */
  | { kind: 'api'; may: 'all' | 'read' | 'report'; username: string }
  | { kind: 'job'; running: boolean; projects: number[] }

/** Everything a sandbox holds. */
export interface World {
  gitlab: GitlabVersion
  projects: Project[]
  tokens: Tokens
  credentials: Map<string, Credential>
  triggers: TriggerToken[]
  pipelines: Pipeline[]
  schedules: Schedule[]
  /** The last numbers given out. The three series differ, as GitLab's do (facts 9, trap 1). */
  last: { pipeline: number; job: number; request: number; trigger: number; schedule: number }
  /** How often the jobs of a pipeline have been read. */
  jobReads: Map<number, number>
  /** The lives of pipelines to come, by project and ref. */
  scripts: Map<string, Script>
}

/** The key of `World.scripts`. */
export function scriptKey(project: number, ref: string): string {
  return `${project} ${ref}`
}

/** A new world with the seed's projects and no pipeline. */
export function newWorld(gitlab: GitlabVersion): World {
  const tokens = seedTokens(gitlab)
  const projects = seedProjects()
  const triggers = seedTriggerTokens(projects, tokens)
  return {
    gitlab,
    projects,
    tokens,
    triggers,
    credentials: new Map<string, Credential>([
      ...triggers.map((trigger): [string, Credential] => [trigger.token, { kind: 'trigger', trigger }]),
      [tokens.api, { kind: 'api', may: 'all', username: 'seed' }],
      [tokens.colleague, { kind: 'api', may: 'all', username: 'colleague' }],
      [tokens.readApi, { kind: 'api', may: 'read', username: 'seed' }],
      [tokens.reporter, { kind: 'api', may: 'report', username: 'reporter' }],
      [tokens.job, { kind: 'job', running: true, projects: [9, 10] }],
      [tokens.finishedJob, { kind: 'job', running: false, projects: [9, 10] }],
      [tokens.outsideJob, { kind: 'job', running: true, projects: [] }],
    ]),
    pipelines: [],
    schedules: [],
    last: { pipeline: 4710, job: 9000, request: 100, trigger: 40, schedule: 12 },
    jobReads: new Map(),
    scripts: seedScripts(),
  }
}

/** What a new pipeline is made of. */
export interface PipelinePlan {
  project: Project
  ref: string
  sha: string
  tag?: boolean
  source: string
  username?: string
  createdAt: number
  variables?: Map<string, string>
  inputs?: Map<string, unknown>
  payload?: string
  fixedStatus?: string
  yamlErrors?: string
  failingJob?: string
  jobs?: readonly JobPlan[]
  parent?: Pipeline['parent']
  trigger?: TriggerToken
}

/** A job from its plan, with the next number unless it has one. */
export function jobFrom(world: World, plan: JobPlan, id?: number): Job {
  if (id === undefined) world.last.job += 1
  return {
    id: id ?? world.last.job,
    name: plan.name,
    stage: plan.stage,
    script: plan.script ?? `make ${plan.name}`,
    plan,
    bornAt: 0,
    pinned: undefined,
    retried: false,
    enqueued: false,
    downstream: undefined,
  }
}

function jobPlans(plan: PipelinePlan, script: Script | undefined): readonly JobPlan[] {
  if (plan.fixedStatus !== undefined) return []
  const plans = plan.jobs ?? (script === undefined ? seedJobs : plansOf(script))
  return plans.map((job) => (job.name === plan.failingJob ? { ...job, ends: 'failed' } : job))
}

/** Makes a pipeline with its jobs; one with a fixed status has none. */
export function makePipeline(world: World, plan: PipelinePlan): Pipeline {
  world.last.pipeline += 1
  const isAlone = plan.parent === undefined && plan.fixedStatus === undefined
  const script = isAlone ? world.scripts.get(scriptKey(plan.project.id, plan.ref)) : undefined
  const pipeline: Pipeline = {
    id: world.last.pipeline,
    iid: world.pipelines.filter(({ project }) => project === plan.project).length + 1,
    project: plan.project,
    ref: plan.ref,
    sha: plan.sha,
    tag: plan.tag ?? false,
    source: plan.source,
    username: plan.username ?? 'seed',
    createdAt: plan.createdAt,
    variables: plan.variables ?? new Map<string, string>(),
    inputs: plan.inputs ?? new Map<string, unknown>(),
    payload: plan.payload,
    trigger: plan.trigger,
    fixedStatus: plan.fixedStatus,
    yamlErrors: plan.yamlErrors ?? null,
    jobs: jobPlans(plan, script).map((job) => jobFrom(world, job)),
    parent: plan.parent,
    by: 'clock',
    looks: { times: [], seen: new Set() },
    startsAfter: 0,
    statuses: undefined,
    pollFaults: new Map(),
    others: [],
    touchedAt: plan.createdAt,
  }
  if (script !== undefined) adopt(pipeline, script)
  world.pipelines.push(pipeline)
  return pipeline
}

/** The project of an `:id` of a path. */
export function projectOf(world: World, id: string): Project | undefined {
  return findProject(world.projects, id)
}

/** The project that was at a path before it moved; 18.9 still leads there (facts 2.7). */
export function formerlyAt(world: World, path: string): Project | undefined {
  if (!atLeast(world.gitlab, '18.9')) return undefined
  return world.projects.find(({ formerPath }) => formerPath === path.toLowerCase())
}
