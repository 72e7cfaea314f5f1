import type { Fault } from '../http/faults.ts'
import type { Statuses, Timeline } from '../life/timeline.ts'
import type { Project } from './projects.ts'
import type { Deed, JobPlan, Script } from '../script/script.ts'
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
  /** When its log and its artifacts were erased, in milliseconds. */
  erasedAt: number | null
  /** What became of its artifacts: they expire unless somebody keeps them. */
  artifacts: 'expiring' | 'kept' | 'deleted'
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
  /** The names of the variables of the type `file`. */
  files: Set<string>
  /** What `PUT /pipelines/:pipeline_id/metadata` has named it. */
  name: string | null
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

/** Everything a sandbox holds. */
export interface World {
  gitlab: GitlabVersion
  projects: Project[]
  users: User[]
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

/** A pipeline schedule of a project (facts 7). */
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
