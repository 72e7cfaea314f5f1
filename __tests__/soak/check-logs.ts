import type { Pipeline } from '../../src/sandbox/server.ts'
import type { BuiltLog } from './log-form.ts'
import type { Lived } from './live.ts'
import { printedLogs, type PrintedLog } from './printed-logs.ts'
import { jobsIn } from './snapshot.ts'
import { visibleIn } from './unread.ts'

const lastLines = 50
/** Of the lines around the first error, this many come before it. */
const linesBefore = Math.floor(lastLines / 4)
const tellsFailure = (text: string): boolean => /error|fail|fatal|traceback/i.test(text)

/** The lines that are shown of a failed job, and what its heading says of them. */
function tailOf({ shown }: BuiltLog): { lines: string[]; heading: string } {
  if (shown.length === 0) return { lines: [], heading: ', its log is empty' }
  if (shown.length <= lastLines) return { lines: shown, heading: '' }
  const last = shown.slice(-lastLines)
  const error = shown.findIndex(tellsFailure)
  if (error < 0 || last.some(tellsFailure))
    return { lines: last, heading: `, the last ${lastLines} lines of its log` }
  const from = Math.max(0, error - linesBefore)
  const lines = shown.slice(from, from + lastLines)
  return { lines, heading: `, the ${lines.length} lines around the first error, from line ${from + 1}` }
}

/** The name of a job with those of the bridges that lead to it. */
function pathOf(pipelines: readonly Pipeline[], id: number): string {
  const pipeline = pipelines.find(({ jobs }) => jobs.some((job) => job.id === id))
  const job = pipeline?.jobs.find((each) => each.id === id)
  if (!pipeline || !job) return '?'
  return pipeline.parent ? `${pathOf(pipelines, pipeline.parent.job.id)} > ${job.name}` : job.name
}

/** The jobs whose logs must be there: those that a look must have found. */
function wantedJobs(lived: Lived): Set<number> {
  const { line, looks, faults } = lived
  const wanted = new Set<number>()
  looks.forEach((look, index) => {
    const { at } = look
    const next = looks[index + 1]
    // A pipeline that is there before is opened first, without its jobs.
    if (line.verb !== 'run' && index === 0 && next) return
    const isHit = faults.some((fault) => {
      return fault.at >= at && fault.at < (next?.at ?? Infinity) && !fault.path.endsWith('/trace')
    })
    // A look that a fault has held up until a limit had passed has shown nothing.
    if (isHit && !next) return
    // What a fault has held up may come when a retry has replaced a job.
    const later = next?.tree
    const stays = new Set(later && jobsIn(later).map(({ job }) => job.id))
    for (const { job } of jobsIn(visibleIn(lived, look))) {
      if (job.isBridge || !job.hasStarted || (isHit && !stays.has(job.id))) continue
      const isFailed = job.status === 'failed' && (!job.mayFail || line.failOnWarnings)
      if (line.logs === 'all' || (!next && isFailed)) wanted.add(job.id)
    }
  })
  return wanted
}

const short = (text: string | undefined): string =>
  text === undefined ? 'nothing' : JSON.stringify(text.length > 90 ? `${text.slice(0, 90)}...` : text)

/** How much of a log is to be printed: all lines, some of its first ones, or all bytes up to some place. */
type Extent = 'whole' | 'first lines' | 'first bytes'

/**
 * Joins the two parts of a line that a runner has cut: the first is shown without the rest where nothing has come for a while
 * (docs/gitlab.md#4.4).
 */
function mended(lines: readonly string[], expected: readonly string[]): string[] {
  const whole: string[] = []
  for (const line of lines) {
    const before = whole.at(-1)
    const wanted = expected[whole.length - 1]
    if (before !== undefined && before !== wanted && wanted?.startsWith(before + line))
      whole.splice(-1, 1, before + line)
    else whole.push(line)
  }
  return whole
}

/** How the lines of a log differ from those that it has; '' where they do not. */
function difference(
  lines: readonly string[],
  expected: readonly string[],
  extent: Extent,
  mayBeCut: boolean,
): string {
  const [all = [], wants = []] = [lines, expected].map((each) => each.filter((text) => text !== ''))
  const has = mayBeCut ? mended(all, wants) : all
  const at = has.findIndex((text, index) => text !== wants[index])
  const isCut =
    extent === 'first bytes' && at === has.length - 1 && (wants[at] ?? '').startsWith(has[at] ?? '')
  if (at >= 0 && !isCut) return `line ${at + 1} is ${short(has[at])} in place of ${short(wants[at])}`
  if (extent !== 'whole' || has.length === wants.length) return ''
  return `ends after ${has.length} lines, before ${short(wants[has.length])}`
}

/** A log may be older than it is said to be for this time after its job's end, in ms; then one read is believed. */
const lateMs = 60_000

/**
 * How much of the log of a job is to be printed. Less than all where that is said: it could not be read, or the job was not over. And where the only answer that came,
 * long after the end of the job, was an old one: nothing tells it from the log itself.
 */
function extentOf({ code, line, stderr, pipelines, logReads }: Lived, id: number): Extent {
  const isOver = [0, 3, 11].includes(code) || (line.verb === 'logs' && [4, 5, 6].includes(code))
  if (!isOver || stderr.includes('the logs were not printed to their end')) return 'first bytes'
  const name = pathOf(pipelines, id)
  const reads = logReads.filter(({ job }) => job === id)
  if (isSaid(stderr, name, 'may be incomplete') && !((reads.at(-1)?.endedMsAgo ?? 0) > 0))
    return 'first bytes'
  if (isUnread(stderr, name, id) || isHidden(stderr, pipelines, id)) return 'first bytes'
  const isOld = reads.length > 0 && reads.every(({ isGood }) => !isGood)
  return isOld && reads.some(({ endedMsAgo = 0 }) => endedMsAgo >= lateMs) ? 'first bytes' : 'whole'
}

/** Whether the jobs of the pipeline of a job, or of one above it, are said not to be readable. */
function isHidden(stderr: string, pipelines: readonly Pipeline[], id: number): boolean {
  let pipeline = pipelines.find(({ jobs }) => jobs.some((job) => job.id === id))
  for (; pipeline; pipeline = pipeline.parent?.pipeline)
    if (new RegExp(`(logs|jobs) of pipeline ${pipeline.id} `).test(stderr)) return true
  return false
}

const isSaid = (stderr: string, name: string, what: string): boolean =>
  stderr.includes(`the log of ${name} ${what}`)

const isUnread = (stderr: string, name: string, id: number): boolean =>
  ['could not be read', 'does not exist'].some((what) => isSaid(stderr, name, what)) ||
  ['cannot be read', 'was not read', 'does not exist'].some((what) =>
    isSaid(stderr, `job ${id} (${name})`, what),
  )

/** Whether every line of every log that was asked for was printed once, and no other. Resolves to what is wrong. */
export function checkLogs(lived: Lived): string[] {
  const { line, code, stderr, logs, pipelines, faults } = lived
  if (line.logs === 'none') return []
  const printed = printedLogs(lived)
  const wrong: string[] = []
  const seen = new Set<number>()
  for (const log of printed) {
    if (Number.isNaN(log.job)) continue
    if (seen.has(log.job)) wrong.push(`the log of ${log.job} comes twice`)
    seen.add(log.job)
    wrong.push(...checkLog(log, lived))
  }
  for (const id of wantedJobs(lived)) {
    const name = pathOf(pipelines, id)
    const built = logs.get(id)
    // A retry has the name of what it replaces.
    const isHit = faults.some(
      ({ path }) => pathOf(pipelines, Number(/(\d+)\/trace$/.exec(path)?.[1])) === name,
    )
    if (isUnread(stderr, name, id) && !isHit)
      wrong.push(`the log of ${id} is said to be unreadable, and nothing was wrong with it`)
    if (seen.has(id) || extentOf(lived, id) !== 'whole') continue
    const isEmpty = built?.followed.every((text) => text === '')
    const hasHeading = printed.some((log) => Number.isNaN(log.job) && log.name === name)
    if (!built) wrong.push(`the log of ${id} (${name}) was never asked for`)
    else if (!isEmpty || (line.logs === 'failed' && !hasHeading && line.output !== 'events'))
      wrong.push(`the log of ${id} (${name}) is missing`)
  }
  if (/the logs? of .* (could not be read|does not exist|are not shown)/.test(stderr) && code === 0)
    wrong.push('a log could not be read, and the exit code is 0')
  return wrong
}

function checkLog(log: PrintedLog, lived: Lived): string[] {
  const { line, logs, pipelines } = lived
  const built = logs.get(log.job)
  if (!built) return [`the log of ${log.job} was invented`]
  const name = pathOf(pipelines, log.job)
  const extent = extentOf(lived, log.job)
  const tail = line.logs === 'failed' ? tailOf(built) : undefined
  const differs = difference(log.lines, tail?.lines ?? built.followed, extent, built.isStamped)
  const hasHeading = line.output !== 'events' || log.heading !== ''
  return [
    ...(log.name === name || log.name === ''
      ? []
      : [`the log of ${log.job} is called ${log.name}, not ${name}`]),
    ...(differs === '' ? [] : [`the log of ${log.job} (${name}): ${differs}`]),
    ...(tail && extent === 'whole' && hasHeading && tail.heading !== log.heading
      ? [`the heading of ${log.job} says "${log.heading}", not "${tail.heading}"`]
      : []),
  ]
}
