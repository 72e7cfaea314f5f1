import type { Context } from '../../core/context.ts'
import type { Outcome } from '../../http/message.ts'
import type { RequestRate } from '../../http/request-rate.ts'
import { headOf, insertLane, type Lane, type Waiting } from './lane.ts'
import {
  allowedAt,
  heedRemaining,
  holdUp,
  limitPauseMs,
  projectLimit,
  serverLimit,
  type TriggerPlace,
  type ProjectLimit,
  type Sent,
  type ServerLimit,
} from './rate-limits.ts'

/** One that may begin once there is room for it and its rate limit allows it. */
export interface Candidate {
  place: TriggerPlace
  /** Its number in the plan: of those that may begin the first one does. */
  index: number
}

/** What a trigger that has begun reports. */
export interface QueueTurn {
  /** Counts the requests of all that read from its server. */
  reads: RequestRate
  /** A trigger of it was answered. */
  answered(outcome: Outcome): void
  /**
   * Its pipeline was created, for this commit. Where that is all that it asks of its server, another one may begin while it is recorded and printed: the id
   * of each is on its way to the disk while the next trigger is on its way to GitLab.
   */
  created(sha: string | null, isAll: boolean): void
  /**
   * Its trigger was refused for its rate. Makes room for others, and resolves to true once it may be sent again; to false where the limit has let no trigger
   * through for `patienceMs`. Rejects with the reason of `signal`.
   */
  limited(outcome: Outcome, patienceMs: number, signal: AbortSignal): Promise<boolean>
  /** It has ended. */
  end(): void
}

/** What a queue keeps to. */
export interface QueueOptions {
  /** How many may run at once. */
  parallel: number
  /** How many pipelines of a project and commit may be created in a minute on a server of this base URL; Infinity: as many as it takes. */
  perMinute: (base: string) => number
  /** Begins the candidate of this number. */
  begin: (index: number, turn: QueueTurn) => void
  /** Is called when some must wait for a rate limit, and until when, in ms since 1970. */
  waiting: (place: TriggerPlace, until: number) => void
}

/** Lets candidates begin, in the order of the plan, as many at once as is allowed and as fast as the limits of their servers allow. */
export interface TriggerQueue {
  add(candidate: Candidate): void
  /** Lets no other trigger begin. Those that have begun continue. */
  stop(): void
}

function found<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key) ?? make()
  map.set(key, known)
  return known
}

/** Makes an empty queue. */
export function triggerQueue(
  { parallel, perMinute, begin, waiting: tellWaiting }: QueueOptions,
  context: Pick<Context, 'now' | 'wallTime' | 'sleep'>,
): TriggerQueue {
  const lanes = new Map<string, Lane>()
  const servers = new Map<string, ServerLimit>()
  const projects = new Map<string, ProjectLimit>()
  /** Lanes that may be let on, and those that wait for a limit, with the end of that. */
  const open: Lane[] = []
  const held = new Map<Lane, number>()
  let running = 0
  /** How many were answered and have made room for others, but have not ended: at most as many as may run, as printing may wait for its reader. */
  let ending = 0
  let isStopped = false
  let sleeping: AbortController | undefined

  const laneOf = (place: TriggerPlace): Lane => {
    const { base, project, ref } = place
    const server = found(servers, base, serverLimit)
    const limit = found(projects, `${base} ${project}`, () => projectLimit(server))
    const make = (): Lane => ({ place, limit, perMinute: perMinute(base), waiting: [], admitted: 0 })
    return found(lanes, `${base} ${project} ${ref}`, make)
  }
  const reopen = (isMeant: (lane: Lane, until: number) => boolean): void => {
    for (const [lane, until] of held) {
      if (!isMeant(lane, until)) continue
      held.delete(lane)
      insertLane(open, lane)
    }
  }
  /** Looks again once the first limit has passed, unless something happens before. */
  const wake = async (ms: number): Promise<void> => {
    sleeping = new AbortController()
    const { signal } = sleeping
    await context.sleep(ms, signal).catch(() => undefined)
    if (!signal.aborted) pump()
  }
  const pump = (): void => {
    sleeping?.abort()
    const now = context.now()
    reopen((_, until) => until <= now)
    while (running < parallel) {
      const lane = open.pop()
      const head = lane && headOf(lane)
      if (!lane) break
      if (!head) continue
      const until = allowedAt(lane.limit, lane.place.ref, lane.perMinute, now)
      if (until > now) {
        held.set(lane, until)
        if (until !== Infinity) tellWaiting(lane.place, until)
        continue
      }
      lane.admitted += 1
      insertLane(open, lane)
      running += 1
      const sent: Sent = { at: undefined, sha: lane.limit.commits.get(lane.place.ref) ?? null }
      if (lane.perMinute !== Infinity) lane.limit.sent.push(sent)
      if (head.goOn) head.goOn(sent)
      else begin(head.index, turnIn(lane, sent))
    }
    if (running >= parallel) return
    let next = Infinity
    for (const [lane, until] of held) {
      if (headOf(lane)) next = Math.min(next, until)
      else held.delete(lane)
    }
    if (next !== Infinity) void wake(next - now)
  }
  const enter = (lane: Lane, waiting: Waiting): void => {
    const wasEmpty = headOf(lane) === undefined
    if (waiting.goOn) lane.waiting.splice(lane.admitted, 0, waiting)
    else lane.waiting.push(waiting)
    if (wasEmpty && !held.has(lane)) insertLane(open, lane)
  }
  const turnIn = (lane: Lane, first: Sent): QueueTurn => {
    const { limit } = lane
    let sent = first
    let hasRoom = true
    let isEnding = false
    let refusedSince: number | undefined
    /** Makes room for others; what made no pipeline does not count against the limit. */
    const leave = (): void => {
      if (!hasRoom) return
      hasRoom = false
      running -= 1
      if (sent.at === undefined) limit.sent = limit.sent.filter((each) => each !== sent)
      reopen((each) => each.limit === limit)
    }
    return {
      reads: limit.server.reads,
      answered(outcome) {
        heedRemaining(limit, outcome, context.now())
      },
      created(sha, isAll) {
        sent.at = context.now()
        sent.sha = sha
        limit.createdAt = limit.server.createdAt = sent.at
        if (sha !== null && lane.perMinute !== Infinity) limit.commits.set(lane.place.ref, sha)
        reopen((each) => each.limit === limit)
        if (isAll && ending < parallel) {
          isEnding = true
          ending += 1
          leave()
        }
        pump()
      },
      limited(outcome, patienceMs, signal) {
        const now = context.now()
        refusedSince ??= now
        const isOfServer = outcome.kind === 'answer' && outcome.status === 429
        const { createdAt } = isOfServer ? limit.server : limit
        if (now - Math.max(refusedSince, createdAt) >= patienceMs) return Promise.resolve(false)
        holdUp(limit, lane.place, outcome, now, limitPauseMs(outcome, now, context.wallTime()))
        leave()
        return new Promise((resolve, reject) => {
          const stop = (): void => {
            waiting.isGone = true
            reject(signal.reason as Error)
          }
          const waiting: Waiting = {
            index: -1,
            isGone: false,
            goOn(again) {
              signal.removeEventListener('abort', stop)
              sent = again
              hasRoom = true
              resolve(true)
            },
          }
          signal.addEventListener('abort', stop, { once: true })
          enter(lane, waiting)
          pump()
        })
      },
      end() {
        if (isEnding) ending -= 1
        leave()
        pump()
      },
    }
  }
  return {
    add({ place, index }) {
      if (isStopped) return
      enter(laneOf(place), { index, isGone: false, goOn: undefined })
      pump()
    },
    stop() {
      isStopped = true
      for (const lane of lanes.values())
        for (const each of lane.waiting) each.isGone ||= each.goOn === undefined
      pump()
    },
  }
}
