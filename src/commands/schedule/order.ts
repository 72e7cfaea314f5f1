import type { RunFlags } from '../../options/run.ts'
import type { Plan } from '../../config/plan.ts'
import type { Context } from '../../core/context.ts'
import type { ScheduledJob } from '../../schedule/job.ts'
import type { SourceKind } from '../../schedule/published.ts'
import type { When } from '../../schedule/when.ts'
import type { TokenPlace } from './local-command.ts'

/** What a form is made from. */
export interface ScheduleOrder {
  flags: RunFlags
  recipe: string | undefined
  plan: Plan
  context: Context
  when: When | undefined
  zone: string
  /** The zone was not chosen. */
  isOwnZone: boolean
  /** The image or package that the form gets the program from. */
  source: string
  tokens: { token: TokenPlace; apiToken: TokenPlace }
  job: ScheduledJob
}

/** One form: a row of the table. */
export interface FormatRow {
  /** A time where none is given. */
  at?: string
  /** It runs on another machine, without our config and files. */
  isElsewhere?: true
  /** A checkout, and variables of its own, are there. */
  isCi?: true
  /** What of the same name it replaces, as `the CronJob`; undefined: it has no name. */
  replaces?: string
  /** What it gets the program from; undefined: it is installed there. */
  gets?: SourceKind
  /** It knows no time zone but this. */
  zone?: 'local' | 'UTC'
  print(order: ScheduleOrder): string | Promise<string>
}

/** What a trigger can be printed as. */
export type ScheduleFormat = 'cron' | 'systemd' | 'kubernetes' | 'gitlab-ci' | 'github-actions' | 'curl'
