import type { TargetProgress } from '../../batch-events.ts'
import { isFinished } from '../../core/status.ts'
import { clockText, durationText } from '../format/elapsed-time.ts'
import { linkOf } from '../reporters/text-reporter.ts'
import type { Glyphs } from '../terminal/glyphs.ts'
import type { TextSpan } from '../terminal/styled-line.ts'
import { markOf, toneOf, type StatusClass } from '../tree/status-marks.ts'
import { kindOfTarget, type Tally, type TargetKind } from './tally.ts'

/** What the line of a target is made of. */
export interface LineFacts {
  tally: Tally
  /** Until when triggers in a project wait for its rate limit, in ms since 1970; undefined: they do not. */
  limitOf: (target: TargetProgress) => number | undefined
  /** By the system's clock, in ms since 1970. */
  now: number
  glyphs: Glyphs
}

/** The cells of a line of the table. The last three are empty while there is no pipeline. */
export interface TargetCells {
  mark: TextSpan
  name: TextSpan
  state: TextSpan
  id: TextSpan
  queued: TextSpan
  ran: TextSpan
}

/** At most this many of those that a target waits for are named. */
const mostNamed = 2

const waitsForLimit = (until: number | undefined): string =>
  `waiting for the rate limit${until === undefined ? '' : ` until ${clockText(until)}`}`

function waitingText(target: TargetProgress, { tally, limitOf, now }: LineFacts): string {
  const awaited = [...tally.awaitedBy(target)].map(({ name }) => name)
  const until = limitOf(target)
  if (awaited.length === 0) return until !== undefined && until > now ? waitsForLimit(until) : 'waiting'
  const more = awaited.length - mostNamed
  const named = more > 0 ? [...awaited.slice(0, mostNamed), `${more} more`] : awaited
  return `waiting for ${named.join(', ').replace(/, ([^,]*)$/, ' and $1')}`
}

function overText(target: TargetProgress, kind: TargetKind): string {
  const { status, why, id, wasRecorded } = target
  const end = isFinished(status) ? status : undefined
  const earlier = wasRecorded ? ' (earlier run)' : ''
  if (kind === 'succeeded' || kind === 'triggered') return `${end ?? 'triggered'}${earlier}`
  if (kind === 'skipped') return `not triggered: ${why}`
  if (kind === 'notStarted') return `not started: ${why}`
  return id !== null && end !== undefined && end !== 'success' ? `${end}${earlier}` : `failed: ${why}`
}

/** The state of a target in words. */
function stateText(target: TargetProgress, facts: LineFacts): string {
  const { state, status } = target
  if (state === 'over') return overText(target, kindOfTarget(target))
  if (state === 'waiting') return waitingText(target, facts)
  if (state === 'limited') return waitsForLimit(facts.limitOf(target))
  return state === 'starting' ? state : (status ?? state)
}

const classOfKind: Readonly<Record<Exclude<TargetKind, 'moving'>, StatusClass>> = {
  waiting: 'created',
  succeeded: 'success',
  triggered: 'success',
  failed: 'failed',
  unseen: 'failed',
  unknown: 'failed',
  notStarted: 'skipped',
  skipped: 'skipped',
}

/** The class of a target, by which it is marked and coloured as a pipeline is. */
function classOf(target: TargetProgress): StatusClass {
  const kind = kindOfTarget(target)
  if (kind !== 'moving') return classOfKind[kind]
  // A pipeline that has failed is followed for a while, in case it is retried.
  if (target.status === 'failed') return 'failed'
  return target.state === 'running' ? 'running' : 'waiting'
}

/** How long its pipeline was queued and has run, in ms; undefined where it was not. */
function timesOf({ state, createdAt, runningAt, endedAt, status }: TargetProgress, now: number) {
  const until = endedAt ?? now
  const isFollowed = state === 'pending' || state === 'running' || isFinished(status)
  if (createdAt === undefined || !isFollowed) return { queued: undefined, ran: undefined }
  const ran = runningAt === undefined ? undefined : until - runningAt
  // If it has ended between two polls, it is not known when it began.
  const isUnknown = runningAt === undefined && endedAt !== undefined
  return { queued: isUnknown ? undefined : (runningAt ?? until) - createdAt, ran }
}

/** The cells of the line of a target. */
export function targetCells(target: TargetProgress, facts: LineFacts): TargetCells {
  const { glyphs, now } = facts
  const { name, id, webUrl, server } = target
  const kind = classOf(target)
  const { queued, ran } = timesOf(target, now)
  const time = (ms: number | undefined): TextSpan => ({ text: ms === undefined ? '' : durationText(ms) })
  const url = linkOf({ webUrl }, server)
  return {
    mark: markOf(kind, glyphs),
    name: { text: glyphs.printable(name) },
    state: { text: glyphs.printable(stateText(target, facts)), ...toneOf(kind) },
    id: { text: id === null ? '' : String(id), ...(url !== '' && { url }) },
    queued: time(queued),
    ran: time(ran),
  }
}
