import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Sandbox } from '../../src/sandbox/server.ts'
import type { World } from './world.ts'

/** A sleeper, and the moment at which it wakes, in ms from the start of the clock. */
interface Sleeper {
  at: number
  wake: () => void
}

/** So many turns of the event loop without anything new, and nothing goes on but waiting. */
const quietTurns = 6

/**
 * Lets time pass in a world as it does in ours: to the next moment at which anything is due, and only while everything waits. Several may sleep at once, and a
 * request that the sandbox stalls is waited for until its own limit. Returns how many ms have passed, and the end of it.
 */
export function passTime(
  world: World,
  gitlab: Pick<Sandbox, 'requests'>,
): { passed: () => number; stop: () => void } {
  const sleepers = new Set<Sleeper>()
  const open = new Map<unknown, { path: string; since: number }>()
  const begin = world.context.now()
  const passed = (): number => world.context.now() - begin
  let news = 0
  let isOver = false

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
      world.naps.push(ms)
      news += 1
      sleepers.add(sleeper)
      signal.addEventListener('abort', stop)
    })

  const onCreate = (message: unknown): void => {
    const { request } = message as { request: { path: string } }
    open.set(request, { path: request.path, since: gitlab.requests.length })
    news += 1
  }
  const onEnd = (message: unknown): void => {
    open.delete((message as { request: unknown }).request)
    news += 1
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
  const isWaiting = (): boolean => sleepers.size + open.size > 0 && [...open.values()].every(isStalled)

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
    quiet = news === before && isWaiting() ? quiet + 1 : 0
    before = news
    if (quiet >= quietTurns) {
      quiet = 0
      step()
    }
    setImmediate(turn)
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
