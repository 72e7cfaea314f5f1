import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { endless, pollsOf, spawnFollower, spawnFollowerWith, until } from '../helpers/follow-process.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { useFolder } from '../helpers/world.ts'

// What only a real process and a real clock show: a machine that sleeps, and a clock that is set.

const gitlab = useGitlab({ now: Date.now, paceMs: 1000 })
const folder = useFolder()

/** Longer than the clock takes for its own steps, in ms. */
const stoppedMs = 4000
const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

test.each([
  ['a limit', ['--run-timeout', '2s', '--cancel-on-timeout']],
  ['a lost connection', ['--poll-grace', '2s']],
])('%s that was reached while the process stood still counts after one more look', async (_, flags) => {
  gitlab().script('master', { by: 'clock', jobs: [{ name: 'unit', stage: 'test', runs: 2 }] })
  const { pid, ended } = spawnFollower(gitlab(), 'run', '--wait', ...flags)
  await until(() => pollsOf(gitlab()) > 2)
  // Its answer comes when it is not read any more.
  gitlab().failNext({ kind: 'reset', path: /pipelines\/\d+$/ })
  process.kill(pid(), 'SIGSTOP')
  await later(stoppedMs)
  process.kill(pid(), 'SIGCONT')
  const { code, stdout } = await ended
  expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n' })
})

test.each([-1, 1])('a clock that is set by %i hours moves no limit', async (hours) => {
  const file = join(folder().path, 'set-clock.cjs')
  const jump = `globalThis.skipped = 0; Date.now = () => now() + skipped; setTimeout(() => { skipped = ${hours} * 3600000 }, 1000).unref()`
  writeFileSync(file, `const { now } = Date; ${jump}`)
  gitlab().script('master', endless)
  const env = { NODE_OPTIONS: `--require=${file}` }
  const { ended } = spawnFollowerWith(env, gitlab(), 'run', '--wait', '--run-timeout', '3s')
  const { code, stderr } = await ended
  expect(code).toBe(8)
  expect(stderr).toContain('Pipeline 4711 has run for 3 s and is still running')
  expect(pollsOf(gitlab())).toBeGreaterThan(3)
})
