import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Sandbox } from '../../src/sandbox/server.ts'
import { runIn, type Line, type Result } from './run.ts'
import { newWorld, type World, type WorldOptions } from './world.ts'

/** A sleeper, and the moment at which it wakes, in ms from the start of the clock. */
interface Sleeper {
  at: number
  wake: () => void
}

/** After this many turns of the event loop without anything new, the program only waits. */
const quietTurns = 6

/** Whether a file is being read or written: that takes no time of the world's clock. */
const isBusyWithFiles = (): boolean =>
  process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'))

/**
 * Moves the clock of a world to the next moment at which a sleep or an alarm ends, whenever the program does nothing but wait: for its own sleeps and
 * alarms, and for requests that the sandbox stalls. Several sleeps may overlap. Returns how many ms have passed, and a function that stops it.
 */
export function passTime(
  world: World,
  gitlab: { requests: readonly Pick<Sandbox['requests'][number], 'path' | 'outcome'>[] },
): { passed: () => number; stop: () => void } {
  const sleepers = new Set<Sleeper>()
  const open = new Map<unknown, { path: string; since: number }>()
  const begin = world.context.now()
  const passed = (): number => world.context.now() - begin
  let news = 0
  let isOver = false
  let resume = (): void => undefined
  const noteNews = (): void => {
    news += 1
    resume()
  }

  world.context.sleep = (ms, signal) =>
    new Promise((resolve, reject) => {
      const end = (): void => {
        sleepers.delete(sleeper)
        signal.removeEventListener('abort', stop)
      }
      const stop = (): void => {
        end()
        reject(signal.reason as Error)
      }
      const sleeper: Sleeper = {
        at: passed() + ms,
        wake() {
          end()
          resolve()
        },
      }
      if (signal.aborted) {
        reject(signal.reason as Error)
        return
      }
      world.sleeps.push(ms)
      sleepers.add(sleeper)
      noteNews()
      signal.addEventListener('abort', stop)
    })

  const onCreate = (message: unknown): void => {
    const { request } = message as { request: { path: string } }
    open.set(request, { path: request.path, since: gitlab.requests.length })
    noteNews()
  }
  const onEnd = (message: unknown): void => {
    open.delete((message as { request: unknown }).request)
    noteNews()
  }
  const channels = [
    ['undici:request:create', onCreate],
    ['undici:request:trailers', onEnd],
    ['undici:request:error', onEnd],
  ] as const
  for (const [name, listener] of channels) subscribe(name, listener)

  /** Whether all requests that are under way are ones that the sandbox does not answer. */
  const isStalled = ({ path, since }: { path: string; since: number }): boolean =>
    gitlab.requests.slice(since).some((seen) => seen.outcome === 'stalled' && path.endsWith(seen.path))
  const isWaiting = (): boolean =>
    (sleepers.size + open.size > 0 || world.isStalled()) && [...open.values()].every(isStalled)

  const step = (): void => {
    const next = Math.min(world.nextAlarm(), ...[...sleepers].map(({ at }) => at - passed()))
    if (next === Infinity) return
    world.advance(Math.max(0, next))
    for (const { at, wake } of [...sleepers]) if (at <= passed()) wake()
  }
  let before = -1
  let quiet = 0
  const turn = (): void => {
    if (isOver) return
    const [isNew, isIdle] = [news !== before, isWaiting()]
    quiet = !isNew && isIdle ? quiet + 1 : 0
    before = news
    if (quiet >= quietTurns && !isBusyWithFiles()) {
      quiet = 0
      step()
    }
    if (isNew || isIdle) setImmediate(turn)
    else park()
  }
  /** The program works, or the disk does for it: that is not waited for turn by turn, which would take all of a processor. */
  const park = (): void => {
    const timer = setTimeout(() => {
      resume()
    }, 1)
    resume = () => {
      clearTimeout(timer)
      resume = () => undefined
      setImmediate(turn)
    }
  }
  turn()
  return {
    passed,
    stop() {
      isOver = true
      for (const [name, listener] of channels) unsubscribe(name, listener)
    },
  }
}

/** Runs a line in a world whose time passes. `tookMs` is how long it took by the clock of that world. */
export async function runInTime(
  gitlab: Pick<Sandbox, 'requests'>,
  line: Line,
  options: WorldOptions,
  prepare?: (world: World) => void,
): Promise<Result & { tookMs: number }> {
  const world = newWorld(options)
  const time = passTime(world, gitlab)
  try {
    prepare?.(world)
    const result = await runIn(world, line)
    return { ...result, tookMs: time.passed() }
  } finally {
    time.stop()
  }
}

/** Calls `act` in the first turn of the event loop in which `isTrue`. Returns a function that stops looking. */
export function when(isTrue: () => boolean, act: () => void): () => void {
  let isOver = false
  const look = (): void => {
    if (isOver) return
    if (isTrue()) act()
    else setImmediate(look)
  }
  look()
  return () => {
    isOver = true
  }
}

/** Calls `act` once the sandbox holds back the answer to its last request. */
export const whenStalled = (gitlab: Pick<Sandbox, 'requests'>, act: () => void): (() => void) =>
  when(() => gitlab.requests.at(-1)?.outcome === 'stalled', act)
