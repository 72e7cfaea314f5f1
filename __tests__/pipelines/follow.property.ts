import fc from 'fast-check'
import { startSandbox, type Fault, type Script } from '../../src/sandbox/server.ts'
import { passTime } from '../helpers/clock.ts'
import { environment, posts } from '../helpers/gitlab.ts'
import { runIn } from '../helpers/run.ts'
import { newWorld, start, type World } from '../helpers/world.ts'
import { holds } from '../helpers/property.ts'

// prettier-ignore
const faults = fc.constantFrom<Fault>(
  { kind: 'reset' }, { kind: 'reset after' }, { kind: 'cut' }, { kind: 'stall' },
  { kind: 'answer', status: 500 }, { kind: 'answer', status: 502 }, { kind: 'answer', status: 503 },
  { kind: 'answer', status: 429, headers: { 'retry-after': '3' } },
  { kind: 'answer', status: 200, body: '<html>sorry</html>', contentType: 'text/html' },
  { kind: 'answer', status: 404, body: '<html>no such backend</html>', contentType: 'text/html' },
  { kind: 'answer', status: 404, body: '{"message":"404 Not found"}' },
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
const paths = fc.constantFrom(/pipelines\/\d+$/, /jobs\?/, /bridges\?/)
const schedules = fc.array(fc.tuple(paths, faults), { maxLength: 25 })

test('whatever goes wrong with polls, the end is the truth: 0 or 3 as the pipeline ended, else 8 (T85)', async () => {
  await holds(
    fc.asyncProperty(fc.constantFrom(...Object.keys(lives)), schedules, async (name, schedule) => {
      const { script, code } = lives[name]!
      const world: World = newWorld()
      const sandbox = await startSandbox({ now: () => world.context.now(), paceMs: 1000 })
      const { env = {} } = environment(sandbox, { GITLAB_TRIGGER_API_TOKEN: sandbox.tokens.api })
      Object.assign(world.context, { env })
      sandbox.script('master', script)
      for (const [path, fault] of schedule) sandbox.failNext({ ...fault, method: 'GET', path })
      const time = passTime(world, sandbox)
      try {
        const result = await runIn(world, '--ref master --wait')
        // Four of GitLab's own 404s in a row are one that stays; nine silences are longer than the grace.
        const isLost =
          result.code === 8 && /not seen: (404 Not found|contact was lost)/.exec(result.stderr) !== null
        if (!isLost) expect({ name, code: result.code }).toEqual({ name, code })
        expect(result.stdout).toBe('4711\n')
        expect(posts(sandbox)).toHaveLength(1)
        expect(world.context.now() - start).toBeLessThan(45 * 60_000)
      } finally {
        time.stop()
        await sandbox.close()
      }
    }),
    40,
  )
}, 240_000)
