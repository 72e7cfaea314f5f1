import type { Script } from '../../src/sandbox/server.ts'
import { useFollower } from '../helpers/follower.ts'
import { beforeSleep } from '../helpers/before-sleep.ts'
import { statesIn } from '../helpers/pipeline-sentences.ts'

// What v3 has of builds and pipelines (docs/gitlab.md#1.3), and what it has not.

const bad: Script = { failsInStage: 'build' }
const slow: Script = { by: 'clock', job: { run_tests: { runs: 9999 } } }
const made = 'A build was created (trigger request 101).'
const twoLogs = /\[run_tests\] .*\n(?:.*\n)*\[upload_package\] Job succeeded\n/

describe.each(['8.5', '8.17'] as const)('GitLab %s', (version) => {
  const { follow } = useFollower({ gitlab: version })

  // prettier-ignore
  const rows: [name: string, line: string, script: Script, code: number, says: RegExp][] = [
    ['a success', '--wait', {}, 0, /^$/],
    ['a failure names the build', '--wait', bad, 3, /failed: build_package/],
    ['a limit', '--wait --run-timeout 2m', slow, 8, /has run for 2 min and is still running/],
    ['logs of a failure', '--follow --logs failed', bad, 3, /build_package(.*\n)+.*failed: build_package/],
  ]
  test.each(rows)('run --wait: %s', async (_, line, script, code, says) => {
    const result = await follow(`--ref master ${line}`, script)
    expect(result.code).toBe(code)
    expect(result.stdout.split('\n')[0]).toBe('101')
    expect(result.stderr + result.stdout.slice(4)).toMatch(says)
    expect(statesIn(result.stderr)).toEqual(code === 0 ? [] : [made])
  })

  test('run --follow prints the logs', async () => {
    const { code, stdout, stderr } = await follow('--ref master --follow --logs all', {})
    expect(code).toBe(0)
    expect(stdout + stderr).toMatch(twoLogs)
  })
})

describe('what cannot be told', () => {
  const { gitlab, follow } = useFollower({ gitlab: '8.5' })

  test("somebody else's trigger of the same commit makes it doubtful: exit 8, and what may be asked", async () => {
    const { code, stderr } = await follow('--ref master --wait', slow, {
      prepare(world) {
        beforeSleep(world, 1, () => gitlab().addPipeline({ source: 'trigger' }))
      },
    })
    expect(code).toBe(8)
    expect(stderr).toMatch(/Check the builds of the project/)
    expect(statesIn(stderr)).toEqual([made])
  })
})

describe('a pipeline by its number', () => {
  const now = useFollower({ gitlab: '8.17' })
  const then = useFollower({ gitlab: '8.5' })

  // prettier-ignore
  const rows: [line: string, script: Script, code: number, stdout: RegExp][] = [
    ['wait 4711', {}, 0, /^4711 success\n$/],
    ['wait 4711', bad, 3, /^4711 failed\n$/],
    ['status 4711', {}, 0, /Pipeline 4711 \(ref master\)(.*\n)+.*run_tests/],
    ['status 4711 --json', {}, 0, /"id":4711.*"downstream_pipeline":null/],
    ['logs 4711', {}, 0, twoLogs],
    ['logs 4711 --job run_tests --raw', {}, 0, /Job succeeded/],
    ['cancel 4711', slow, 0, /^4711 canceled\n$/],
    ['retry 4711', bad, 0, /^4711 (pending|running)\n$/],
    ['retry 4711 --wait', bad, 0, /^4711 success\n$/],
  ]
  test.each(rows)('8.17: %s', async (line, script, code, stdout) => {
    now.gitlab().script('master', script)
    now.gitlab().addPipeline()
    const end = /^(retry|logs)/.test(line) ? await now.follow('wait 4711') : undefined
    expect(end?.code ?? 0).toBe(script === bad && end ? 3 : 0)
    const result = await now.follow(line)
    expect(result.stdout).toMatch(stdout)
    expect(result.code).toBe(code)
  })

  test.each(['wait', 'status', 'logs', 'cancel', 'retry'])('8.5 has none: %s says so', async (verb) => {
    const { code, stdout, stderr } = await then.follow(`${verb} 4711`)
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(stderr).toContain('this GitLab is older than 8.11, which has no API for pipelines')
    expect(statesIn(stderr)).toEqual([])
    expect(then.gitlab().requests.every(({ method }) => method === 'GET')).toBe(true)
  })
})
