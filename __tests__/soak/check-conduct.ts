import { burst, minute, mostInAMinute } from '../helpers/request-rate.ts'
import { startOf, type Lived } from './live.ts'
import { pipelineId } from './typed-line.ts'

/** What the README promises. */
const perMinute = 120

/** What a request costs at most that fails, in ms: the limit of one request, the longest pause, and that of a Retry-After. */
const faultMs = 70_000 + 31_000
/** What ends a line after its pipeline: the longest pause between two polls, the last of a log, and canceling. */
const endMs = 35_000 + 30_000 + 31_000
/** A job that waits for manual action is seen so for this time. */
const blockedMs = 10_000

/** Whether a line has changed only what it was to change. */
function checkChanges({ line, changes, pipelines, code }: Lived): string[] {
  const made = pipelines.filter(({ source }) => source === 'trigger').length
  const wrong = made > 1 ? [`${made} pipelines were triggered`] : []
  if (line.verb === 'run' && [0, 3, 8, 11].includes(code) && made !== 1)
    wrong.push(`code ${code}, and ${made} pipelines were triggered`)
  for (const { path } of changes) {
    const [, job] = /\/jobs\/(\d+)\/play$/.exec(path) ?? []
    const name = pipelines.flatMap(({ jobs }) => jobs).find(({ id }) => id === Number(job))?.name
    const isAllowed =
      (line.verb === 'run' && path.endsWith('/trigger/pipeline')) ||
      (line.cancelOnTimeout && /\/pipelines\/\d+\/cancel$/.test(path)) ||
      (line.play !== undefined && name === line.play)
    if (!isAllowed) wrong.push(`it sent POST ${path}`)
  }
  return wrong
}

/** Whether a line was canceled before a limit had passed. How long a pipeline runs is counted by the server's clock. */
function checkCancelTime(lived: Lived): string[] {
  const { line, changes, looks } = lived
  const first = changes.find(({ path }) => path.endsWith('/cancel'))
  if (!first) return []
  const ranMs = first.wall - startOf(looks)
  const limits = [line.totalTimeout, line.queueTimeout].map((each) => (each ?? Infinity) * 1000)
  // The `Date` of an answer has whole seconds.
  const isOver = first.at >= Math.min(...limits) || ranMs >= (line.runTimeout ?? Infinity) * 1000 - 1000
  return isOver ? [] : [`canceled after ${first.at} ms`]
}

/** Whether a line ends, and asks no more often than it may. */
function checkPace({
  line,
  times,
  tookMs,
  wallMs,
  steps,
  paceMs,
  faults,
  looks,
  pipelines,
}: Lived): string[] {
  const limits = [line.totalTimeout, line.queueTimeout, line.runTimeout].map((each) => each ?? 0)
  const isLimited = limits.some((each) => each > 0)
  const lifeMs = Math.max(steps * paceMs, isLimited ? 2 * Math.max(...limits) * 1000 : 0)
  const mostMs = lifeMs + line.retryGrace * 1000 + endMs + blockedMs + faults.length * faultMs
  const wrong = tookMs <= mostMs ? [] : [`took ${tookMs} ms, more than ${mostMs}`]
  // One look is never cut in two: three requests for each pipeline, and one for each of six logs.
  const look = 3 * pipelines.length + (line.logs === 'none' ? 0 : 7)
  // A user who types a pace has chosen how often all of that is asked.
  const pace = Math.max(perMinute, line.pollInterval === undefined ? 0 : (60 * look) / line.pollInterval)
  const most = pace + burst + look
  if (mostInAMinute(times) > most)
    wrong.push(`${mostInAMinute(times)} requests in a minute, more than ${most}`)
  const all = burst + look + pace * (1 + tookMs / minute)
  if (times.length > all) wrong.push(`${times.length} requests in ${tookMs} ms`)
  if (wallMs < tookMs || looks.length > times.length) wrong.push('the clocks of the test are wrong')
  return wrong
}

/** Whether a secret was printed. */
function checkSecrets({ secrets, stdout, mail }: Lived): string[] {
  return secrets.some((secret) => stdout.includes(secret) || mail.includes(secret))
    ? ['a secret was printed']
    : []
}

/** What a line has done besides what it says. Resolves to what is wrong. */
export function checkConduct(lived: Lived): string[] {
  const id = new RegExp(`^${pipelineId}\n`)
  const isRun = lived.line.verb === 'run' && [0, 3, 8, 11].includes(lived.code)
  const hasId = !isRun || lived.line.output !== 'text' || id.test(lived.stdout)
  return [
    ...checkChanges(lived),
    ...checkCancelTime(lived),
    ...checkPace(lived),
    ...checkSecrets(lived),
    ...(hasId ? [] : ['the id is not on stdout']),
  ]
}
