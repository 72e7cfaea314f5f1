import { serverRetryDelay, serverTime } from '../../http/retry/delays.ts'
import type { Outcome } from '../../http/message.ts'
import { requestRate, type RequestRate } from '../../http/request-rate.ts'

/** Where a trigger goes. */
export interface TriggerPlace {
  /** The server's base URL. */
  base: string
  project: string
  ref: string
}

/** A trigger that was sent: for a minute it counts against the limit of its project and commit (docs/gitlab.md#2.6). */
export interface Sent {
  /** When it was answered, in ms since 1970; undefined while it is on its way. */
  at: number | undefined
  /** Its commit; while it is on its way, that of the last one for its ref. */
  sha: string | null
}

/** What is known of the limits of one project. All times are in ms since 1970. */
export interface ProjectLimit {
  server: ServerLimit
  sent: Sent[]
  /** No trigger before this time. */
  heldUntil: number
  /** When it last made a pipeline. */
  createdAt: number
  commits: Map<string, string>
}

/** What is known of the limits of one server. */
export interface ServerLimit {
  heldUntil: number
  createdAt: number
  /** The project of which GitLab last refused a pipeline for its rate, and when. */
  limited: { project: string; at: number } | undefined
  /** Counts the reads of all targets. */
  reads: RequestRate
}

/** The minute over which GitLab counts pipelines, in ms. */
export const windowMs = 60_000

/** The state of a server's limits before anything is known of them. */
export const serverLimit = (): ServerLimit => ({
  heldUntil: 0,
  createdAt: 0,
  limited: undefined,
  reads: requestRate(),
})

/** The state of a project's limits before anything is known of them. */
export const projectLimit = (server: ServerLimit): ProjectLimit => ({
  server,
  sent: [],
  heldUntil: 0,
  createdAt: 0,
  commits: new Map(),
})

/**
 * Which of the triggers of the last minute may be for the commit of a ref. The commit is known once a trigger for that ref was answered; until then
 * it may be any of them, and the most frequent one counts.
 */
function sameCommit({ sent, commits }: ProjectLimit, ref: string): Sent[] {
  const known = commits.get(ref)
  const byCommit = new Map<string, Sent[]>()
  const unknown: Sent[] = []
  for (const each of sent) {
    if (each.sha === null) unknown.push(each)
    else byCommit.set(each.sha, [...(byCommit.get(each.sha) ?? []), each])
  }
  const most = [...byCommit.values()].sort((a, b) => b.length - a.length)[0] ?? []
  return [...unknown, ...(known === undefined ? most : (byCommit.get(known) ?? []))]
}

/**
 * When the next trigger for a ref may be sent, at `perMinute` at most; `now` if at once, Infinity if not before one that is on its way was answered.
 * A trigger counts from its answer on: it cannot have reached the server later.
 */
export function allowedAt(limit: ProjectLimit, ref: string, perMinute: number, now: number): number {
  const { server } = limit
  const held = Math.max(limit.heldUntil, server.heldUntil, now + server.reads.held(now))
  if (held > now) return held
  if (perMinute === Infinity) return now
  limit.sent = limit.sent.filter(({ at = Infinity }) => at + windowMs > now)
  const counted = sameCommit(limit, ref)
  if (counted.length < perMinute) return now
  const answered = counted.flatMap(({ at }) => (at === undefined ? [] : [at])).sort((a, b) => a - b)
  return (answered[counted.length - perMinute] ?? Infinity) + windowMs
}

/** No answer delays a trigger for longer, in ms: a longer time is not meant for a user who waits. */
const longestPauseMs = 3_600_000

/**
 * How long the refusal of a trigger holds up others, in ms: as long as the server says, else until its minute has ended, over which GitLab counts.
 */
export function limitPauseMs(outcome: Outcome, now: number, wallTime: number): number {
  if (outcome.kind !== 'answer') return 0
  const serverNow = serverTime(outcome) ?? wallTime
  return Math.min(serverRetryDelay(outcome, now) ?? windowMs - (serverNow % windowMs), longestPauseMs)
}

/** Holds up all triggers of a server whose answer says that no request is left in its window (docs/gitlab.md#2.6). */
export function heedRemaining({ server }: ProjectLimit, outcome: Outcome, now: number): void {
  if (outcome.kind !== 'answer' || outcome.headers['ratelimit-remaining'] !== '0') return
  const pauseMs = Math.min(serverRetryDelay(outcome, now) ?? 0, longestPauseMs)
  server.heldUntil = Math.max(server.heldUntil, now + pauseMs)
}

/**
 * Holds up all that share the limit that was met. A 429 is the server's limit on requests; GitLab's 400 is that of a project and its commit, or, where
 * another project has met it in the same minute, that of a user on all of the server (docs/gitlab.md#2.6).
 */
export function holdUp(
  limit: ProjectLimit,
  { project }: TriggerPlace,
  outcome: Outcome,
  now: number,
  pauseMs: number,
): void {
  const { server } = limit
  const until = now + pauseMs
  const isOfServer = outcome.kind === 'answer' && outcome.status === 429
  const { limited } = server
  const isOfUser = limited !== undefined && limited.project !== project && now - limited.at < windowMs
  if (isOfServer || isOfUser) server.heldUntil = Math.max(server.heldUntil, until)
  else limit.heldUntil = Math.max(limit.heldUntil, until)
  if (!isOfServer) server.limited = { project, at: now }
}
