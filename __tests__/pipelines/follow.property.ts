import fc from 'fast-check'
import { startSandbox, type Fault, type Script } from '../../src/sandbox/server.ts'
import { apiEnvironment } from '../helpers/api.ts'
import { runInTime } from '../helpers/clock.ts'
import { posts } from '../helpers/gitlab.ts'
import { start } from '../helpers/world.ts'
import { holds } from '../helpers/property.ts'

/** GitLab's own answer where there is no such pipeline. */
const own404: Fault = { kind: 'answer', status: 404, body: '{"message":"404 Not found"}' }

// prettier-ignore
const faults = fc.constantFrom<Fault>(
  { kind: 'reset' }, { kind: 'reset after' }, { kind: 'cut' }, { kind: 'stall' },
  { kind: 'answer', status: 500 }, { kind: 'answer', status: 502 }, { kind: 'answer', status: 503 },
  { kind: 'answer', status: 429, headers: { 'retry-after': '3' } },
  { kind: 'answer', status: 200, body: '<html>sorry</html>', contentType: 'text/html' },
  { kind: 'answer', status: 404, body: '<html>no such backend</html>', contentType: 'text/html' },
  own404,
)

const lives: Record<string, { script: Script; code: number }> = {
  good: { script: {}, code: 0 },
  slow: { script: { job: { run_tests: { runs: 40 } } }, code: 0 },
  bad: { script: { failsInStage: 'build' }, code: 3 },
  below: {
    script: {
      jobs: [
        { name: 'b', stage: 'b', downstream: { project: 11, depend: true } },
        { name: 'z', stage: 'z' },
      ],
    },
    code: 0,
  },
}

/** What is hit, and by what, in order. */
const ofPipeline = /pipelines\/\d+$/
const paths = fc.constantFrom(ofPipeline, /jobs\?/, /bridges\?/)
type Schedule = readonly (readonly [path: RegExp, fault: Fault])[]
const schedules: fc.Arbitrary<Schedule> = fc.array(fc.tuple(paths, faults), { maxLength: 25 })

/** The default of --poll-grace, the limit of one request and the longest pause between two tries, in s. */
const limits = { grace: 600, request: 70, pause: 30 }
/** This many of GitLab's own 404s in a row are permanent. */
const lasting404s = 4

/**
 * Whether contact may be lost under a schedule: at worst all of its faults follow one another, each stall takes as long as a request may, and each pause
 * is half as long again as the one before.
 */
function canLoseContact(schedule: Schedule): boolean {
  const stalls = schedule.filter(([, { kind }]) => kind === 'stall').length
  const pauses = Array.from({ length: schedule.length + 1 }, (_, at) => Math.min(limits.pause, 1.5 ** at))
  const longest = pauses.reduce((sum, pause) => sum + pause, stalls * limits.request)
  const own404s = schedule.filter(([path, fault]) => path === ofPipeline && fault === own404).length
  return longest > limits.grace || own404s >= lasting404s
}

test('whatever goes wrong with polls: 0 or 3 as the pipeline ended; 8 only where contact can have been lost (T85)', async () => {
  const cases = { certain: 0, lost: 0 }
  await holds(
    fc.asyncProperty(fc.constantFrom(...Object.keys(lives)), schedules, async (name, schedule) => {
      const { script, code } = lives[name]!
      let now = (): number => start
      const sandbox = await startSandbox({ now: () => now(), paceMs: 1000 })
      sandbox.script('master', script)
      for (const [path, fault] of schedule) sandbox.failNext({ ...fault, method: 'GET', path })
      try {
        const result = await runInTime(sandbox, '--ref master --wait', apiEnvironment(sandbox), (world) => {
          now = () => world.context.now()
        })
        const isLost =
          result.code === 8 && /could not be read: (404 Not found|lost connection)/.test(result.stderr)
        const isAllowed = isLost && canLoseContact(schedule)
        if (!isAllowed) expect({ name, code: result.code }).toEqual({ name, code })
        cases[isLost ? 'lost' : 'certain'] += 1
        expect(result.stdout).toBe('4711\n')
        expect(posts(sandbox)).toHaveLength(1)
        expect(result.tookMs).toBeLessThan(45 * 60_000)
      } finally {
        await sandbox.close()
      }
    }),
    40,
  )
  expect(cases.certain).toBeGreaterThan(3 * cases.lost)
}, 240_000)
