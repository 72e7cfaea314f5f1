import type { Context } from '../core/context.ts'
import type { Outcome } from '../http/message.ts'
import type { RequestRate } from '../http/request-rate.ts'
import {
  allowedAt,
  holdUp,
  limitPauseMs,
  projectLimit,
  serverLimit,
  type Place,
  type ProjectLimit,
  type Sent,
  type ServerLimit,
} from './rate-limits.ts'

/** One that may begin once there is room for it and its rate limit allows it. */
export interface Candidate {
  place: Place
  /** Its number in the plan: of those that may begin the first one does. */
  index: number
  begin: (turn: Turn) => void
}

/** What one that has begun tells of itself. */
export interface Turn {
  /** Counts the requests of all that read from its server. */
  reads: RequestRate
  /** Its pipeline was created, for this commit. */
  created(sha: string | null): void
  /**
   * Its trigger was refused for its rate. Makes room for others, and resolves to true once it may be sent again; to false where the limit has let nobody
   * through for `patienceMs`. Rejects with the reason of `signal`.
   */
  limited(outcome: Outcome, patienceMs: number, signal: AbortSignal): Promise<boolean>
  /** It is over. */
  end(): void
}

/** What a queue keeps to. */
export interface QueueOptions {
  /** How many may go on at once. */
  parallel: number
  /** How many pipelines of a project and commit may be created in a minute on a server of this base URL; Infinity: as many as it takes. */
  perMinute: (base: string) => number
  /** Is told when some must wait for a rate limit, and until when, in ms since 1970. */
  waiting: (place: Place, until: number) => void
}

/** One that waits in its lane. */
interface Waiting {
  index: number
  /** It has begun before, and was refused. */
  isAgain: boolean
  /** Nobody waits for it any more. */
  isGone: boolean
  admit(sent: Sent): void
}

/** Who waits to begin, by place. */
interface Lane {
  place: Place
  limit: ProjectLimit
  perMinute: number
  waiting: Waiting[]
  /** How many of these have been admitted. */
  admitted: number
}

/** Lets candidates begin, in the order of the plan, as many at once as is allowed and as fast as the limits of their servers allow. */
export interface TriggerQueue {
  add(candidate: Candidate): void
  /** Lets nobody begin any more. Who has begun goes on. */
  stop(): void
}

/** The first of a lane, after those that are gone. */
function headOf(lane: Lane): Waiting | undefined {
  while (lane.waiting[lane.admitted]?.isGone) lane.admitted += 1
  const head = lane.waiting[lane.admitted]
  if (!head) [lane.waiting, lane.admitted] = [[], 0]
  return head
}

/** Adds a lane to those that are open, the one whose turn it is last. */
function insert(open: Lane[], lane: Lane): void {
  const index = headOf(lane)?.index
  if (index === undefined) return
  let [low, high] = [0, open.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const other = open[middle]
    if (other && (headOf(other)?.index ?? Infinity) > index) low = middle + 1
    else high = middle
  }
  open.splice(low, 0, lane)
}

function found<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key) ?? make()
  map.set(key, known)
  return known
}

/** Makes a queue in which nobody waits yet. */
export function triggerQueue(
  { parallel, perMinute, waiting: tellWaiting }: QueueOptions,
  context: Pick<Context, 'now' | 'wallTime' | 'alarm'>,
): TriggerQueue {
  const lanes = new Map<string, Lane>()
  const servers = new Map<string, ServerLimit>()
  const projects = new Map<string, ProjectLimit>()
  /** Lanes that may be let on, and those that wait for a limit, with the end of that. */
  const open: Lane[] = []
  const held = new Map<Lane, number>()
  let running = 0
  let isStopped = false
  let stopAlarm: () => void = () => undefined

  const laneOf = (place: Place): Lane => {
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
      insert(open, lane)
    }
  }
  const pump = (): void => {
    stopAlarm()
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
      insert(open, lane)
      running += 1
      const sent: Sent = { at: undefined, sha: null }
      if (lane.perMinute !== Infinity) lane.limit.sent.push(sent)
      head.admit(sent)
    }
    if (running >= parallel) return
    let next = Infinity
    for (const until of held.values()) next = Math.min(next, until)
    if (next !== Infinity) stopAlarm = context.alarm(next - now, pump)
  }
  const enter = (lane: Lane, waiting: Waiting): void => {
    const wasEmpty = headOf(lane) === undefined
    if (waiting.isAgain) lane.waiting.splice(lane.admitted, 0, waiting)
    else lane.waiting.push(waiting)
    if (wasEmpty && !held.has(lane)) insert(open, lane)
  }
  const turnIn = (lane: Lane, first: Sent): Turn => {
    const { limit } = lane
    let sent = first
    let hasRoom = true
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
      created(sha) {
        sent.at = context.now()
        sent.sha = sha
        limit.createdAt = limit.server.createdAt = sent.at
        if (sha !== null && lane.perMinute !== Infinity) limit.commits.set(lane.place.ref, sha)
        reopen((each) => each.limit === limit)
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
            isAgain: true,
            isGone: false,
            admit(again) {
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
        leave()
        pump()
      },
    }
  }
  return {
    add({ place, index, begin }) {
      if (isStopped) return
      const lane = laneOf(place)
      const admit = (sent: Sent): void => {
        begin(turnIn(lane, sent))
      }
      enter(lane, { index, isAgain: false, isGone: false, admit })
      pump()
    },
    stop() {
      isStopped = true
      for (const lane of lanes.values()) for (const each of lane.waiting) each.isGone ||= !each.isAgain
    },
  }
}
