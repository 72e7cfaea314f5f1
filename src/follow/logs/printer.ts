import type { LogPlan } from './log-plan.ts'
import type { LogSink } from './job-log.ts'

/** Which logs of a pipeline to print. */
export interface LogSelection extends Pick<
  LogPlan,
  'which' | 'lastLines' | 'mostJobs' | 'prefersError' | 'path'
> {
  /** Only one log is printed, so that its lines need no name. */
  isAlone: boolean
}

/** Who hears what is wrong with a log. */
export type LogTroubles = Pick<LogSink, 'unreadable' | 'noted'>

/** A place where logs are printed, and the form in which it takes them. */
export interface LogPrinter {
  sink: Omit<LogSink, keyof LogTroubles>
  form: Omit<LogPlan, keyof LogSelection>
}

/** Opens the place where a selection of logs is printed. */
export type OpenLogPrinter = (selection: LogSelection) => Promise<LogPrinter>
