import type { Project } from './projects.ts'
import { findProject, seedProjects } from './projects.ts'
import { seedCredentials } from './credentials.ts'
import { seedUsers } from './users.ts'
import { adopt } from '../script/adopt.ts'
import { plansOf, seedJobs } from '../script/plans.ts'
import type { JobPlan, Script } from '../script/script.ts'
import { seedScripts } from '../script/seed-scripts.ts'
import { seedTokens } from './seeds.ts'
import type { TriggerToken } from '../tokens/trigger-token.ts'
import { seedTriggerTokens } from '../tokens/trigger-token.ts'
import type { GitlabVersion } from '../version/version.ts'
import { has } from '../version/differences.ts'
import type { Job, Pipeline, World } from './model.ts'

/** The key of `World.scripts`. */
export function scriptKey(project: number, ref: string): string {
  return `${project} ${ref}`
}

/** A new sandbox's state: its usual projects, and no pipeline. */
export function newWorld(gitlab: GitlabVersion): World {
  const tokens = seedTokens(gitlab)
  const projects = seedProjects()
  const triggers = seedTriggerTokens(projects, tokens)
  return {
    gitlab,
    projects,
    users: seedUsers(),
    tokens,
    triggers,
    credentials: seedCredentials(tokens, triggers),
    pipelines: [],
    schedules: [],
    last: { pipeline: 4710, job: 9000, request: 100, trigger: 40, schedule: 12 },
    jobReads: new Map(),
    scripts: seedScripts(),
    limits: { pipelinesPerUser: 0, readsPerMinute: 0 },
    counts: new Map(),
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
  files?: Set<string>
  inputs?: Map<string, unknown>
  payload?: string
  fixedStatus?: string
  yamlErrors?: string
  failingJob?: string
  jobs?: readonly JobPlan[]
  parent?: Pipeline['parent']
  trigger?: TriggerToken
}

/** A job from its plan, with the next id unless one is given. */
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
    erasedAt: null,
    artifacts: 'expiring',
  }
}

function jobPlans(plan: PipelinePlan, script: Script | undefined): readonly JobPlan[] {
  if (plan.fixedStatus !== undefined) return []
  const plans = plan.jobs ?? (script === undefined ? seedJobs : plansOf(script))
  return plans.map((job) => (job.name === plan.failingJob ? { ...job, ends: 'failed' } : job))
}

/** Creates a pipeline with its jobs; one with a fixed status has none. */
export function makePipeline(world: World, plan: PipelinePlan): Pipeline {
  world.last.pipeline += 1
  const isAlone = plan.parent === undefined && plan.fixedStatus === undefined
  const script = isAlone ? world.scripts.get(scriptKey(plan.project.id, plan.ref)) : undefined
  const pipeline: Pipeline = {
    id: world.last.pipeline,
    iid:
      1 +
      Math.max(0, ...world.pipelines.filter(({ project }) => project === plan.project).map(({ iid }) => iid)),
    project: plan.project,
    ref: plan.ref,
    sha: plan.sha,
    tag: plan.tag ?? false,
    source: plan.source,
    username: plan.username ?? 'seed',
    createdAt: plan.createdAt,
    variables: plan.variables ?? new Map<string, string>(),
    files: plan.files ?? new Set<string>(),
    name: null,
    inputs: plan.inputs ?? new Map<string, unknown>(),
    payload: plan.payload,
    trigger: plan.trigger,
    fixedStatus: plan.fixedStatus,
    yamlErrors: plan.yamlErrors ?? null,
    jobs: jobPlans(plan, script).map((job) => jobFrom(world, job)),
    parent: plan.parent,
    by: 'clock',
    polls: { times: [], seen: new Set() },
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

/** The project that was at a path before it moved; only 18.9 and later know (facts 2.7). */
export function formerlyAt(world: World, path: string): Project | undefined {
  if (!has(world.gitlab, 'redirects')) return undefined
  return world.projects.find(({ formerPath }) => formerPath === path.toLowerCase())
}
