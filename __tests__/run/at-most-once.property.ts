import fc from 'fast-check'
import { startSandbox, type Fault, type GitlabVersion } from '../../src/sandbox/server.ts'
import { environment, posts } from '../helpers/gitlab.ts'
import { runInTime } from '../helpers/clock.ts'
import { none, statesIn } from '../helpers/pipeline-sentences.ts'
import { start } from '../helpers/world.ts'
import { holds } from '../helpers/property.ts'

/** Answers that a truthful server gives only where it made nothing. */
const refusals = [301, 307, 400, 401, 403, 404, 405, 410, 413, 415, 429]
/** Answers of something in between that may come whether or not the build was made. */
const doubtful = [200, 202, 204, 408, 409, 500, 502, 503, 504]
const bodies = [
  '',
  'Retry later',
  '{"error":"404 Not Found"}',
  '{"message":"404 Not Found"}',
  '<h1>x</h1>',
  '{}',
]

const fault: fc.Arbitrary<Fault | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.record({
    kind: fc.constant('answer' as const),
    status: fc.constantFrom(...refusals),
    body: fc.constantFrom(...bodies),
  }),
  fc.record({
    kind: fc.constant('answer' as const),
    status: fc.constantFrom(...doubtful),
    body: fc.constantFrom(...bodies),
    createThen: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('answer' as const),
    status: fc.constantFrom(201, 422),
    body: fc.constantFrom(...bodies),
    createThen: fc.constant(true),
  }),
  fc.record({ kind: fc.constantFrom('reset after' as const, 'stall' as const), createThen: fc.boolean() }),
  fc.record({ kind: fc.constantFrom('reset' as const, 'cut' as const) }),
)

const scenario = fc.record({
  gitlab: fc.constantFrom<GitlabVersion>('8.5', '8.17', '10.3', '18.9'),
  api: fc.constantFrom('auto', 'v4', 'v3'),
  ref: fc.constantFrom('master', 'nope', 'broken', 'protected'),
  faults: fc.array(fault, { minLength: 1, maxLength: 3 }),
  extra: fc.constantFrom('', ' --json', ' --var A=1'),
})

test('whatever goes wrong: at most one build, and the truth about it (promises of guarantees 13)', async () => {
  const seen = new Set<number>()
  await holds(
    fc.asyncProperty(scenario, async ({ gitlab, api, ref, faults, extra }) => {
      const sandbox = await startSandbox({ now: () => start, paceMs: 0, gitlab })
      try {
        for (const each of faults) if (each) sandbox.failNext({ method: 'POST', ...each })
        const line = `--ref ${ref} --api ${api}${extra}`
        const { code, stdout, stderr } = await runInTime(sandbox, line, environment(sandbox))
        seen.add(code)
        const builds = sandbox.pipelines.length
        expect(builds).toBeLessThanOrEqual(1)
        // G7: another POST only after one that provably made nothing: a rate limit, or (auto) no such API.
        const before = posts(sandbox)
          .slice(0, -1)
          .map(({ status }) => status)
        const allowed = [400, 429, ...(api === 'auto' ? [404, 410] : [])]
        expect(before.filter((status) => status === undefined || !allowed.includes(status))).toEqual([])
        const states = statesIn(stderr)
        expect(states).toHaveLength(code === 0 ? 0 : 1)
        if (code === 0) expect(builds).toBe(1)
        if (builds === 1) expect(states).not.toContain(none)
        if (extra !== ' --json') {
          expect(stdout).toMatch(code === 0 || code === 3 ? /^(\d+\n)?$/ : /^$/)
          if (code === 0) expect(stdout).not.toBe('')
        } else {
          const object = JSON.parse(stdout) as { build_state: string; exit_code: number }
          expect(object.exit_code).toBe(code)
          if (builds === 1) expect(object.build_state).not.toBe('none')
        }
      } finally {
        await sandbox.close()
      }
    }),
    250,
  )
  // The schedules were not all of one kind.
  expect([...seen].sort((a, b) => a - b)).toEqual(expect.arrayContaining([0, 4, 5, 7]))
})
