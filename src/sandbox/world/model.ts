import type { Fault } from '../http/faults.ts'
import type { Statuses, Timeline } from '../life/timeline.ts'
import type { Project } from './projects.ts'
import type { Action, JobPlan, Script } from '../script/script.ts'
import type { Credential } from './credentials.ts'
import type { Tokens } from './seeds.ts'
import type { User } from './users.ts'
import type { TriggerToken } from '../tokens/trigger-token.ts'
import type { GitlabVersion } from '../version/version.ts'

/** One job of a pipeline; on v3 a build. */
export interface Job {
  id: number
  name: string
  stage: string
  script: string
  plan: JobPlan
  /** The tick at which it was created: 0, or that of the retry. */
  bornAt: number
  /** Its fixed timeline, set by a cancel or a retry: stages before it have no effect any more. */
  pinned: Timeline | undefined
  /** Whether a retry has replaced it. */
  retried: boolean
  /** Whether it starts by itself although its plan says manual, since it was retried. */
  enqueued: boolean
  /** The downstream pipeline of a bridge, once it has started. */
  downstream: Pipeline | undefined
  /** When its log and its artifacts were erased, in milliseconds. */
  erasedAt: number | null
  /** What became of its artifacts: they expire unless a user keeps them. */
  artifacts: 'expiring' | 'kept' | 'deleted'
}

/**
 * A pipeline as it was created, and what was done to it since; its state is computed from the clock or the
 * polls (life/).
 */
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
  /** The names of the variables of the type `file`. */
  files: Set<string>
  /** What `PUT /pipelines/:pipeline_id/metadata` has named it. */
  name: string | null
  inputs: Map<string, unknown>
  /** What GitLab stores as TRIGGER_PAYLOAD (docs/gitlab.md#7); undefined when it was not triggered. */
  payload: string | undefined
  /** The trigger token that started it. */
  trigger: TriggerToken | undefined
  /** A status that never changes, in place of a timeline. */
  fixedStatus: string | undefined
  yamlErrors: string | null
  jobs: Job[]
  /** The bridge that started it, its pipeline, and the tick of that pipeline at which it did. */
  parent: { pipeline: Pipeline; job: Job; at: number } | undefined
  by: 'clock' | 'polls'
  /** When each poll began, and what the present one has read so far. */
  polls: { times: number[]; seen: Set<string> }
  startsAfter: number
  /** The statuses that a script prescribes. */
  statuses: Statuses | undefined
  pollFaults: Map<number, Fault>
  /** What other users are still to do, by tick. */
  others: readonly Action[]
  /** When it was last changed, in milliseconds. */
  touchedAt: number
}

/** The whole state of a sandbox. */
export interface World {
  gitlab: GitlabVersion
  projects: Project[]
  users: User[]
  tokens: Tokens
  credentials: Map<string, Credential>
  triggers: TriggerToken[]
  pipelines: Pipeline[]
  schedules: Schedule[]
  /** The last numbers given out. The three series differ, as GitLab's do (docs/gitlab.md#9.1). */
  last: { pipeline: number; job: number; request: number; trigger: number; schedule: number }
  /** How often the jobs of a pipeline have been read. */
  jobReads: Map<number, number>
  /** The scripts of future pipelines, by project and ref. */
  scripts: Map<string, Script>
  limits: Limits
  /** How often each thing that is limited has happened in a minute. */
  counts: Map<string, { minute: number; times: number }>
}

/** The limits of the instance; 0 is no limit. */
export interface Limits {
  /** Pipelines that one user may create in a minute. */
  pipelinesPerUser: number
  /** Reads of one list of jobs, or of projects, that one user may do in a minute. */
  readsPerMinute: number
}

/** A pipeline schedule of a project (docs/gitlab.md#7). */
export interface Schedule {
  id: number
  project: Project
  description: string
  /** A full ref, such as `refs/heads/master`. */
  ref: string
  cron: string
  zone: string
  /** Its owner's name; its pipelines run as that user. */
  owner: string
  active: boolean
  /** By name. */
  variables: Map<string, { value: string; type: string }>
  inputs: { name: string; value: unknown }[]
  /** Milliseconds. */
  createdAt: number
  updatedAt: number
  /** Its pipelines, oldest first. */
  pipelines: Pipeline[]
}
