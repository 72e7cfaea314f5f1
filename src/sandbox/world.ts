import type { Project } from './projects.ts'
import { findProject, seedProjects } from './projects.ts'
import type { Tokens } from './seeds.ts'
import { seedTokens } from './seeds.ts'
import type { GitlabVersion } from './version.ts'

/** One job of a pipeline; on v3 a build. */
export interface Job {
  id: number
  name: string
  stage: string
  script: string
  /** Whether it ends badly. */
  fails: boolean
}

/** A pipeline as it was made; how far it is follows from the clock (life.ts). */
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
  /** A status that never changes, in place of a life. */
  fixedStatus: string | undefined
  yamlErrors: string | null
  jobs: Job[]
}

/** What a token lets its bearer do. */
export type Credential =
  | { kind: 'trigger'; project: number }
  | { kind: 'api' }
  | { kind: 'job'; running: boolean; projects: number[] }

/** Everything a sandbox holds. */
export interface World {
  gitlab: GitlabVersion
  projects: Project[]
  tokens: Tokens
  credentials: Map<string, Credential>
  pipelines: Pipeline[]
  /** The last numbers given out. The three series differ, as GitLab's do (facts 9, trap 1). */
  last: { pipeline: number; job: number; request: number }
  /** How often the jobs of a pipeline have been read. */
  jobReads: Map<number, number>
}

/** A new world with the seed's projects and no pipeline. */
export function newWorld(gitlab: GitlabVersion): World {
  const tokens = seedTokens(gitlab)
  return {
    gitlab,
    projects: seedProjects(),
    tokens,
    credentials: new Map<string, Credential>([
      [tokens.trigger, { kind: 'trigger', project: 9 }],
      [tokens.otherTrigger, { kind: 'trigger', project: 11 }],
      [tokens.publicTrigger, { kind: 'trigger', project: 10 }],
      [tokens.api, { kind: 'api' }],
      [tokens.job, { kind: 'job', running: true, projects: [9, 10] }],
      [tokens.finishedJob, { kind: 'job', running: false, projects: [9, 10] }],
      [tokens.outsideJob, { kind: 'job', running: true, projects: [] }],
    ]),
    pipelines: [],
    last: { pipeline: 4710, job: 9000, request: 100 },
    jobReads: new Map(),
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
}

/** The three jobs of the seed page, one to a stage. */
const seedJobs = [
  { name: 'run_tests', stage: 'test', script: 'make test' },
  { name: 'build_package', stage: 'build', script: 'make build' },
  { name: 'upload_package', stage: 'package', script: 'if [ -n "${UPLOAD_TO_S3}" ]; then make upload; fi' },
]

/** Makes a pipeline with its jobs; one with a fixed status has none. */
export function makePipeline(world: World, plan: PipelinePlan): Pipeline {
  world.last.pipeline += 1
  const jobs = plan.fixedStatus === undefined ? seedJobs : []
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
    fixedStatus: plan.fixedStatus,
    yamlErrors: plan.yamlErrors ?? null,
    jobs: jobs.map((job) => {
      world.last.job += 1
      return { ...job, id: world.last.job, fails: job.name === plan.failingJob }
    }),
  }
  world.pipelines.push(pipeline)
  return pipeline
}

/** The project of an `:id` of a path. */
export function projectOf(world: World, id: string): Project | undefined {
  return findProject(world.projects, id)
}
