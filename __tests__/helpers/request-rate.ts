import { requestCostMs } from '../../src/http/request-rate.ts'
import type { JobPlan, Script, SeenRequest } from '../../src/sandbox/server.ts'
import type { Follower } from './follower.ts'
import { start } from './world.ts'

/** In ms. */
export const minute = 60_000
/** What a server is asked at most in a minute. */
export const perMinute = minute / requestCostMs
/** This many at once. */
export const burst = 20

/** The largest number of times within a minute. */
export function mostInAMinute(times: readonly number[]): number {
  return Math.max(
    0,
    ...times.map((from) => times.filter((time) => time >= from && time < from + minute).length),
  )
}

/** When each request came, in ms since the start. */
export function timed({ gitlab, follow }: Follower): { follow: Follower['follow']; times: () => number[] } {
  const times: number[] = []
  return {
    times: () => times,
    follow: (line, script, more = {}) =>
      follow(line, script, {
        ...more,
        prepare(world) {
          more.prepare?.(world)
          const { requests } = gitlab()
          const { push } = Array.prototype
          requests.push = (...seen: SeenRequest[]) => {
            times.push(world.context.now() - start)
            return push.apply(requests, seen)
          }
        },
      }),
  }
}

/** This many downstream pipelines, which run for a thousand seconds. */
export const children = (count: number): Script => ({
  by: 'clock',
  jobs: Array.from({ length: count }, (_, at): JobPlan => ({
    name: `b${at}`,
    stage: 's',
    downstream: { depend: true, jobs: [{ name: 'x', stage: 'x', runs: 1000 }] },
  })),
})
