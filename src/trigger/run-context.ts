import type { ExitCodePolicy } from '../config/exit-code-policy.ts'
import type { Setting } from '../config/setting.ts'
import type { Budget } from '../core/budget.ts'
import type { Context } from '../core/context.ts'
import type { Reporter } from '../events.ts'
import type { KnownPipelines } from '../gitlab/trigger/known-pipelines.ts'
import type { Outcome } from '../http/message.ts'
import type { RequestRate } from '../http/request-rate.ts'
import type { PostOptions } from '../http/retry/post.ts'
import type { Reports } from '../reports/reports.ts'
import type { FollowSettings } from '../session/follow-settings.ts'

/** How a run wants its targets triggered: the same for all of them. */
export interface RunOptions {
  /** The limit for everything up to the trigger, in ms. */
  timeout: Setting<number>
  /** How often to repeat a request that provably started nothing. */
  retry: Setting<number>
  /** Repeats ambiguous failures too, which may start two pipelines. */
  retryAmbiguous: boolean
  /** Whether the pipeline of a lost response is looked for; undefined: where an API token allows it. */
  verify: boolean | undefined
  /** Adopts the pipeline that an earlier run of the same CI job has started. */
  resume: boolean
  /** Adopts the pipeline that a run with the same idempotency key has started on another machine. */
  everywhere: boolean
  /** Starts nothing while an earlier pipeline of that ref and source runs. */
  skipIfRunning: boolean
  /** Starts nothing while the ref is at the commit for which it was last triggered. */
  onlyIfChanged: boolean
  /** The commit that the pipeline must be for; any other one's is canceled. */
  expectSha: string | undefined
  /** Waits for the ids of the pipeline's jobs. */
  jobs: boolean
  following: FollowSettings
  exitCodes: ExitCodePolicy
  /** Where this user's runs keep what they remember; undefined: there is no such folder. */
  stateFolder: string | undefined
  /** What is to be warned of before each trigger. */
  warnings: readonly string[]
}

/** How the triggers of a batch keep to the rate limits of their server together. */
export interface SharedPace {
  /** Counts the requests of all that read from the server. */
  rate: RequestRate
  /** Is called with each answer to a trigger, which may say that a limit is reached. */
  answered: (outcome: Outcome) => void
  /** As `limited` of `PostOptions`. */
  limited: NonNullable<PostOptions['limited']>
}

/** What a run hands to each of its triggers. */
export interface RunContext {
  options: RunOptions
  context: Context
  budget: Budget
  reports: Reports
  report: Reporter
  /** Undefined for a trigger that has the server to itself. */
  pace?: SharedPace
  /** What the triggers of a batch know of the pipelines of its server. Undefined as above. */
  known?: KnownPipelines
}

/** The flag that needs read access to pipelines (`--follow`, `--wait`, `--jobs`), if any. */
export function readingFlag({ following, jobs }: RunOptions): string | undefined {
  const { value: mode } = following.plan.mode
  if (mode !== 'no') return `--${mode}`
  return jobs ? '--jobs' : undefined
}
