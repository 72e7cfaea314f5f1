/** Which logs to show, and how. */
export interface LogPlan {
  /** All jobs, failed jobs, failed jobs including those with allow_failure, or jobs by name or id. */
  which: 'all' | 'failed' | 'failed or allowed to' | readonly string[]
  /**
   * Show only the last lines of each log, once the pipeline has ended; undefined: show everything at once.
   */
  lastLines: number | undefined
  /** The last lines of at most this many jobs are shown. */
  mostJobs: number
  /** In place of the last lines, those around the first error where the last ones show none. */
  prefersError: boolean
  /** Show one job after the other instead of all at once. */
  isInTurn: boolean
  /** Write complete lines only, so that lines of several jobs do not mix. */
  isByLine: boolean
  keepsColors: boolean
  /** Show the time of each line, where the runner has written it. */
  keepsTimes: boolean
  /** Write the bytes unchanged, neither sanitized nor masked. */
  isRaw: boolean
  /** Prefix of each job's name. */
  path: string
  /** The texts to mask by now. */
  secrets: () => readonly string[]
}
