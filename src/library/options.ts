import type { PipelineResult } from './pipeline-result.ts'

/** A value of a pipeline input (GitLab 17.11). */
export type InputValue = string | number | boolean | readonly unknown[]

/** How a server is reached, and what ends the call. Nothing is taken from the environment or from files. */
export interface ServerOptions {
  /** The server's URL, as https://gitlab.example.com; a path prefix is kept. */
  server: string
  /** Default: `auto`, v4 and v3 where there is no v4. */
  api?: 'v4' | 'v3' | 'auto' | undefined
  /** The limit for all of it, in ms; default 90,000, and none for `wait` and `logs`. */
  timeoutMs?: number | undefined
  /** How often to repeat what was provably not sent or was rate limited; default 3, for `wait` as long as `pollGraceMs`. */
  retry?: number | undefined
  /** Allows plain http to a host that is not this machine. */
  allowHttp?: boolean | undefined
  /** PEM text of a further authority to trust. */
  ca?: string | undefined
  /** PEM text of a client certificate; needs `key`. */
  cert?: string | undefined
  /** PEM text of the key of the client certificate, not encrypted. */
  key?: string | undefined
  /** The URL of a proxy to go through: http, https, socks5 or socks5h. Default none. */
  proxy?: string | undefined
  /** Stops everything at once: the error has the exit `interrupt`, and says whether a pipeline was created. */
  signal?: AbortSignal | undefined
}

/** What to trigger. */
export interface TriggerOptions extends ServerOptions {
  /** The project's number, its full path or the URL of its page. */
  project: number | string
  /** A branch or tag. */
  ref: string
  /** A trigger token of that project. */
  token: string
  variables?: Readonly<Record<string, string>> | undefined
  inputs?: Readonly<Record<string, InputValue>> | undefined
}

/** Which pipeline. */
export interface PipelineOptions extends ServerOptions {
  /** The pipeline's id, or the URL of its page or of one of its jobs. */
  pipeline: number | string
  /** The project's number, its full path or the URL of its page. Needed unless `pipeline` is a URL. */
  project?: number | string | undefined
  /** An access token with the scope read_api, to change pipelines api. Public pipelines are read without one. */
  apiToken?: string | undefined
  /** The token of a CI job, which may read pipelines where its project is allowed to. */
  jobToken?: string | undefined
}

/** What `wait` reports while it waits. */
export type WaitEvent =
  /** Something of the pipeline has changed, or it was read for the first time. */
  | { type: 'changed'; pipeline: PipelineResult }
  /** What is worth knowing, in a sentence; `isWarning` of what may go wrong. */
  | { type: 'noted'; text: string; isWarning: boolean }

/** How long to wait for a pipeline, and what counts as success. Durations are in ms. */
export interface WaitOptions extends PipelineOptions {
  /** The limit until the first job has started; default none. */
  queueTimeoutMs?: number | undefined
  /** The limit from the start of the pipeline to its end; default none. */
  runTimeoutMs?: number | undefined
  /** How often to read the pipeline; default 1,000 to 30,000, longer where nothing changes. */
  pollIntervalMs?: number | undefined
  /** How long reading may fail; default 600,000. */
  pollGraceMs?: number | undefined
  /** How long a failed pipeline is watched in case it is retried; default 5,000. */
  retryGraceMs?: number | undefined
  /** What a manual job that blocks the pipeline means; default `fail`, with `play` that one starts these. */
  onManual?: 'fail' | 'pass' | 'wait' | 'play' | undefined
  /** The names of manual jobs to start. */
  play?: string | readonly string[] | undefined
  /** A skipped pipeline counts as a success. */
  allowSkipped?: boolean | undefined
  /** A job that failed and was allowed to counts as a failure. */
  failOnWarnings?: boolean | undefined
  /** Cancels the pipeline when a limit is reached. Needs `apiToken`, with the scope api. */
  cancelOnTimeout?: boolean | undefined
  /** Is called for each event while it waits, and awaited. What it throws ends `wait`. */
  onChange?: ((event: WaitEvent) => void | Promise<void>) | undefined
}

/** Which pipeline to cancel. */
export interface CancelOptions extends PipelineOptions {
  /** Cancels what it has started in other pipelines too; default true. */
  downstream?: boolean | undefined
}

/** Which logs of a pipeline. */
export interface LogsOptions extends PipelineOptions {
  /** The name or id of a job; default all jobs. */
  job?: number | string | undefined
  /** Of failed jobs only. */
  failed?: boolean | undefined
  /** Waits for what is written until the pipeline, or that job, has ended. */
  follow?: boolean | undefined
}

/** A line of the log of a job, without its end. Control characters are removed, and the tokens of the call masked. */
export interface LogLine {
  /** The job's name; of a job downstream after the names of the jobs that lead to it, as `deploy > smoke_test`. */
  job: string
  jobId: number
  line: string
}
