/** A pipeline as it was read, with its jobs and what they started. What the server did not tell is null; times are in ms since 1970. */
export interface PipelineResult {
  /** API v3 before GitLab 8.13 links no jobs to a pipeline: then it is the trigger request that they came of. */
  kind: 'pipeline' | 'trigger_request'
  id: number
  iid: number | null
  /** The project's number, or as it was asked for where the server does not say. */
  project: string
  ref: string | null
  sha: string | null
  /** GitLab's word, as `running` or `success`. */
  status: string
  source: string | null
  /** Only where it leads to the server itself. */
  webUrl: string | null
  /** The name of the user for whom it runs. */
  user: string | null
  yamlErrors: string | null
  /** A job failed that was allowed to. */
  hasWarnings: boolean
  createdAt: number | null
  startedAt: number | null
  finishedAt: number | null
  /** In the order of their stages, without those that a retry has replaced. */
  jobs: JobResult[]
  /** Why its jobs could not be read; null where they were. */
  hidden: string | null
}

/** A job of a pipeline (API v3: a build), or a bridge, which starts another pipeline. */
export interface JobResult {
  id: number
  name: string | null
  stage: string | null
  status: string | null
  allowFailure: boolean
  /** GitLab's reason for a failure, as `script_failure`. */
  failureReason: string | null
  /** Why it has not started, in words; null where it has or nothing can be said. */
  waits: string | null
  webUrl: string | null
  /** The tags that a runner must have to take it. */
  tags: string[]
  createdAt: number | null
  startedAt: number | null
  finishedAt: number | null
  hasArtifacts: boolean
  isBridge: boolean
  /** What a bridge has started. */
  downstream: DownstreamResult | null
}

/** A pipeline that a bridge has started. */
export interface DownstreamResult {
  id: number
  project: string
  status: string
  webUrl: string | null
  /** Null where it may not be read; `hidden` says why. */
  pipeline: PipelineResult | null
  hidden: string | null
}
