import { start } from '../helpers/world.ts'
import { startOf, type Lived, type Look } from './live.ts'
import { isStarted, jobsIn } from './snapshot.ts'
import { unreadIn, visibleIn } from './unread.ts'
import { truthOf, type Truth } from './verdict-model.ts'

/** A link is the job's page; which one that is, is no part of the verdict. */
const withoutLink = (text: string): string => text.replace(/ at http\S+?\/jobs\/\d+/g, '')
const withoutStop = (sentence: string): string => sentence.replace(/\.$/, '')

/** The time for which a pipeline must wait for manual action that GitLab calls running (docs/decisions/0082). */
const betweenMs = 10_000
/** A `finished_at` is compared with a clock that may be so wrong. */
const skewMs = 60_000
/** The default of --poll-grace, and the longest pause between two tries. */
const pollGraceMs = 600_000
const longestPauseMs = 31_000

/** Requests under way are checked again this time before a limit. */
const lastLookMs = 2000

/** The members of the last object of a kind that was printed. */
function printed(lived: Lived, type?: string): Record<string, unknown> {
  const rows = lived.stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  return rows.findLast((row) => type === undefined || row['type'] === type) ?? {}
}

/** Whether the exit code, and what is said, are right by what is on record. Resolves to what is wrong. */
export function checkVerdict(lived: Lived): string[] {
  const { code, line, looks, changes, stderr, faults, end, tookMs } = lived
  const last = looks.at(-1)
  const isBefore = [4, 5, 6, 7, 12].includes(code) && (line.verb !== 'logs' || !last)
  if (isBefore) return checkRefused(lived)
  if (line.verb === 'logs' && [4, 5, 6].includes(code)) {
    const isTimedOut = tookMs >= (line.totalTimeout ?? Infinity) * 1000
    return isTimedOut || /the log of job|the jobs of pipeline/.test(stderr)
      ? []
      : [`code ${code} is not explained`]
  }
  if (![0, 3, 8, 11].includes(code)) return [`code ${code} cannot be`]
  if (code === 8) return checkUnseen(lived)
  if (!last) return [`code ${code}, and the pipeline was never read`]
  const isUnstartable = stderr.includes('could not be started')
  if (isUnstartable && !changes.some(({ path, isFaulty }) => isFaulty && path.endsWith('/play')))
    return ['a job is said not to have been started, and nothing was wrong with that']
  const truths = looks.map((look) => truthOf(visibleIn(lived, look), line, isUnstartable))
  const unread = unreadIn(lived, last)
  const isClean =
    unread.length === 0 && faults.every(({ at, path }) => at < last.at || path.endsWith('/trace'))
  const isAtLimit = isLimitOver(lived)
  // What a limit cut off was not read, whatever was there before; and a failure stands there though a job was to be started.
  if (code === 11 && isAtLimit && stderr.includes('the time limit was reached')) return []
  const withoutPlay = truthOf(last.tree, { ...line, play: undefined }, isUnstartable)
  if (code === 3 && isAtLimit && !truths.at(-1) && withoutPlay?.isGood === false) return []
  // A look that a fault has held up may have seen what came in that time, and what could not be read in it was seen before.
  const others = isClean
    ? []
    : [truths.at(-2), ...[last.tree, end].map((tree) => tree && truthOf(tree, line, isUnstartable))]
  const truth = [truths.at(-1), ...others].find((each) => each !== undefined)
  if (!truth) return [`code ${code} while it is ${last.tree.status} and goes on`]
  const wanted = [truth, ...others].flatMap((each) => (each ? codesOf(each, lived, last, unread) : []))
  const wrong = wanted.includes(code) ? [] : [`code ${code} where it is: ${truth.sentence}`]
  if (stderr.includes('not all of it could be read') && unread.length === 0)
    wrong.push('all was read, and it is said not to be')
  return [
    ...wrong,
    ...(code === 3 || (truth.isGood && truth.mayBeBetween) ? checkPatience(lived, truths) : []),
    ...(isClean && line.verb !== 'logs' ? checkWords(lived, last, truth) : []),
  ]
}

/** The codes that are right for what is true of a pipeline. A success that depends on what could not be read is none. */
function codesOf({ isGood }: Truth, lived: Lived, last: Look, unread: readonly string[]): number[] {
  const { line, stderr } = lived
  const ofLogs = /\blogs?\b/.test(stderr) ? [11] : []
  if (line.verb === 'logs') return [0, ...ofLogs]
  if (!isGood) return [3]
  const jobs = jobsIn(visibleIn(lived, last))
  const isPlayMissing = line.play !== undefined && jobs.every(({ job }) => job.name !== line.play)
  const isUnsure =
    last.tree.status === 'success' && unread.length > 0 && (line.failOnWarnings || isPlayMissing)
  return isUnsure ? [11] : [0, ...ofLogs]
}

/** Whether a limit of the line had passed when it ended. */
function isLimitOver({ line, tookMs, wallMs, looks }: Lived): boolean {
  const { totalTimeout = Infinity, queueTimeout = Infinity, runTimeout = Infinity } = line
  // The `Date` of an answer has whole seconds.
  const ranMs = start + wallMs - startOf(looks) + 1000
  return tookMs >= Math.min(totalTimeout, queueTimeout) * 1000 || ranMs >= runTimeout * 1000
}

/** A failure stands only after the time in which a user may retry it, as far as it is watched. */
function checkPatience(lived: Lived, truths: readonly (Truth | undefined)[]): string[] {
  const { line, looks, changes, tookMs, faults } = lived
  const isAtLimit = changes.some(({ path }) => path.endsWith('/cancel')) || isLimitOver(lived)
  const final = truths.at(-1)
  // Where a look that was held up is the last, the time has passed during it.
  if (!final || isAtLimit) return []
  const patienceMs = final.mayBeBetween ? betweenMs : final.mayBeRetried ? line.retryGrace * 1000 : 0
  const first = truths.findLastIndex((truth) => truth === undefined || truth.isGood) + 1
  const since = looks[first]
  // A fault may have held up the look before, so that it has seen what came only after it had begun.
  const [from = 0, until = 0] = [looks[first - 1]?.at, since?.at]
  const isHeldUp = faults.some(({ at, path }) => at >= from && at < until && !path.endsWith('/trace'))
  const isLongOver =
    since !== undefined &&
    since.tree === looks[0]?.tree &&
    (since.tree.finishedAt ?? Infinity) < since.wall - line.retryGrace * 1000 - skewMs
  const watchedMs = tookMs - (isHeldUp ? from : until)
  return watchedMs >= patienceMs || isLongOver
    ? []
    : [`ended ${watchedMs} ms after it was first seen so, not ${patienceMs}: ${final.sentence}`]
}

/** What is said of a verdict. */
function checkWords(lived: Lived, { tree }: Look, { sentence, isGood }: Truth): string[] {
  const { code, line, stdout } = lived
  const said = withoutLink(lived.stderr)
  const has = (text: string, where: string): string[] =>
    where.includes(text) ? [] : [`not said: ${text}\nbut: ${where}`]
  const claims: string[] = []
  if (line.output === 'events') {
    const { message, is_success: isSuccess } = printed(lived, 'over')
    claims.push(...has(sentence, withoutLink(String(message))))
    if (isSuccess !== isGood) claims.push(`is_success is ${String(isSuccess)}`)
  }
  if (code === 3) claims.push(...has(withoutStop(sentence), said))
  if (code === 3 && line.output === 'json') {
    const { error } = printed(lived) as { error?: { message: string } }
    claims.push(...has(withoutStop(sentence), withoutLink(error?.message ?? '')))
  }
  if (isGood && line.output === 'text' && line.env['CI'] !== undefined) claims.push(...has(sentence, said))
  if (isGood && /; downstream: (.*)\.$/.test(sentence))
    claims.push(
      ...has(`not all that is downstream of it: ${/; downstream: (.*)\.$/.exec(sentence)?.[1] ?? ''}`, said),
    )
  if (line.verb === 'wait' && line.output === 'text') claims.push(...has(`4711 ${tree.status}\n`, stdout))
  if (line.output === 'json') {
    const { status, exit_code: exitCode } = printed(lived)
    if (status !== tree.status || (exitCode ?? code) !== code)
      claims.push(`--json says ${String(status)} and ${String(exitCode)}`)
  }
  return claims
}

/** An end before anything was followed: nothing was triggered that is not said, and a fault is the reason. */
function checkRefused({ code, line, changes, faults, pipelines, looks }: Lived): string[] {
  const made = pipelines.filter(({ source }) => source === 'trigger').length
  const hit = line.verb === 'run' ? changes.some(({ isFaulty }) => isFaulty) : false
  if (code === 7) return hit ? [] : ['code 7 without a fault of the trigger']
  return [
    ...(made > 0 ? [`code ${code}, and a pipeline was triggered`] : []),
    ...(faults.length === 0 ? [`code ${code} without a fault`] : []),
    ...(looks.length > 1 ? [`code ${code} after it had been read`] : []),
  ]
}

/** An end that was not seen: a limit had passed by then, or no read has worked for as long as is allowed. */
function checkUnseen(lived: Lived): string[] {
  const { line, looks, stderr, tookMs, wallMs, changes, end, stops } = lived
  const last = looks.at(-1)
  const untilMs = changes.find(({ path }) => path.endsWith('/cancel'))?.at ?? tookMs
  if (stops.findLast(({ at }) => at < untilMs)?.isLookedAfter === false)
    return ['code 8, and it was not looked at after a stop']
  if (/status of pipeline \d+ could not be read|not looked at/.test(stderr)) {
    const silentMs = tookMs - (last?.at ?? 0)
    return silentMs >= pollGraceMs - longestPauseMs ? [] : [`contact lost after ${silentMs} ms`]
  }
  const cancel = changes.find(({ path }) => path.endsWith('/cancel'))
  const before = looks.findLast(({ at }) => at < (cancel?.at ?? Infinity))
  const reached = [
    tookMs >= (line.totalTimeout ?? Infinity) * 1000,
    tookMs >= (line.queueTimeout ?? Infinity) * 1000 && !(before && isStarted(before.tree)),
    // The `Date` of an answer has whole seconds.
    start + wallMs >= startOf(looks) + (line.runTimeout ?? Infinity) * 1000 - 1000,
  ]
  if (!reached.includes(true)) return ['code 8, and no limit was over']
  const until = cancel?.at ?? tookMs
  const isDisturbed = [...lived.faults, ...lived.stops].map(({ at }) => at).some((at) => at > until - 100_000)
  const isOverMs = start + wallMs - (tookMs - until) - (end?.finishedAt ?? Infinity)
  const slackMs = lastLookMs + 2000 + 1500 * (last ? jobsIn(last.tree).length + 1 : 1)
  if (!isDisturbed && !cancel && end && truthOf(end, line, false) && isOverMs > slackMs)
    return [`code 8, and it finished (${end.status}) since ${isOverMs} ms`]
  return cancel ? checkCanceled(lived) : []
}

/** What is said of canceling. */
function checkCanceled({ stderr, end }: Lived): string[] {
  const rows: [says: RegExp, status: RegExp][] = [
    [/Pipeline 4711 was canceled/, /^canceled$/],
    [/is being canceled/, /^cancel/],
    [/is waiting for manual action, which GitLab does not cancel/, /^manual$/],
    [/had already finished/, /^(success|failed|skipped|canceled)$/],
    [/may not have been canceled|was asked to cancel, and is still/, /./],
  ]
  const row = rows.find(([says]) => says.test(stderr))
  if (!row) return ['canceling is not said']
  return row[1].test(end?.status ?? '') ? [] : [`canceled, but it is ${end?.status ?? 'nowhere'}`]
}
