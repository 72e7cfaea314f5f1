// What options are where neither a flag nor a config says anything: the code uses these, and help shows them.

/** Of --timeout, in ms: longer than GitLab's limit of 60 s per request, so that an unknown outcome is rare (docs/guarantees.md#14.1). */
export const defaultTimeoutMs = 90_000
/** Of --retry. */
export const defaultRetries = 3
/** Of --retry-grace, in ms. */
export const defaultRetryGraceMs = 5000
/** Of --poll-grace, in ms. */
export const defaultPollGraceMs = 600_000
/** Of --report-timeout, in ms. */
export const defaultReportMs = 300_000
/** How many last lines are printed of the log of a failed job: --log-lines, and --lines of `logs --failed`. */
export const defaultLogLines = 50
/** Of `batch --parallel`. */
export const defaultParallel = 4
/** Of `pipelines --limit`. */
export const defaultPipelines = 20
/** Of `projects --limit`. */
export const defaultProjects = 100
/** Of --at of a printed schedule: every night at 00:30, as the first user's. */
export const defaultCron = '30 0 * * *'
/** Of `schedule gitlab-ci --dotenv`. */
export const defaultReportFile = 'trigger.env'
/** Of `schedule systemd --jitter`, in ms: most schedules start at minute 0. */
export const defaultSpreadMs = 60_000
/** Of `sandbox --pace`, in ms. */
export const defaultPaceMs = 1000

/** A duration as a user types it: `90s`, `5m`. */
export const typedDuration = (ms: number): string => (ms % 60_000 === 0 ? `${ms / 60_000}m` : `${ms / 1000}s`)
