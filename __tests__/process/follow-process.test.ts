import type { Sandbox, Script } from '../../src/sandbox/server.ts'
import { posts, useGitlab } from '../helpers/gitlab.ts'
import { residentOf } from '../helpers/memory.ts'
import { made, statesIn } from '../helpers/pipeline-sentences.ts'
import { spawnClient, type Spawned } from '../helpers/spawn.ts'

// What only a process of its own shows: what a second signal does, and how much memory it takes.

const gitlab = useGitlab({ now: Date.now, paceMs: 1000 })
const endless: Script = { by: 'clock', job: { run_tests: { runs: 9999 } } }
const looks = ({ requests }: Sandbox): number =>
  requests.filter(({ path }) => /pipelines\/\d+$/.test(path)).length

/** Resolves when something has become true. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((next) => setImmediate(next))
}

interface Follow {
  pid: () => number
  ended: Promise<Spawned>
}

function follow(...line: string[]): Follow {
  const { url, tokens } = gitlab()
  let pid = 0
  const ended = spawnClient([...line, '--poll-interval', '2ms'], {
    env: {
      GITLAB_TRIGGER_SERVER: url,
      GITLAB_TRIGGER_PROJECT: '9',
      GITLAB_TRIGGER_REF: 'master',
      GITLAB_TRIGGER_TOKEN: tokens.trigger,
      GITLAB_TRIGGER_API_TOKEN: tokens.api,
    },
    started: (number) => (pid = number),
  })
  return { pid: () => pid, ended }
}

describe('signals', () => {
  test('a first one leaves the pipeline alone, and tells how to go on (T107)', async () => {
    gitlab().script('master', endless)
    const { pid, ended } = follow('run', '--wait')
    await until(() => looks(gitlab()) > 3)
    process.kill(pid(), 'SIGINT')
    const { code, stdout, stderr } = await ended
    expect({ code, stdout }).toEqual({ code: 130, stdout: '4711\n' })
    expect(stderr).toContain('To go on waiting: gitlab-trigger wait')
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('a second one leaves at once, while GitLab is silent about the cancel', async () => {
    gitlab().script('master', endless)
    gitlab().failNext({ kind: 'stall', method: 'POST', path: '/cancel' })
    const { pid, ended } = follow('run', '--wait', '--cancel-on-interrupt')
    await until(() => looks(gitlab()) > 3)
    process.kill(pid(), 'SIGINT')
    await until(() => gitlab().requests.some(({ path }) => path.endsWith('/cancel')))
    process.kill(pid(), 'SIGINT')
    const { code, signal, stdout } = await ended
    expect({ code: code ?? signal, stdout }).toEqual({ code: 130, stdout: '4711\n' })
  })
})

test('2,000 looks take hardly more memory than 600', async () => {
  gitlab().script('master', endless)
  const { pid, ended } = follow('run', '--wait')
  await until(() => looks(gitlab()) >= 600)
  const early = residentOf(pid())
  await until(() => looks(gitlab()) >= 2000)
  const late = residentOf(pid())
  process.kill(pid(), 'SIGTERM')
  expect(statesIn((await ended).stderr)).toEqual([made(4711)])
  if (process.platform !== 'linux') return
  expect(early).toBeGreaterThan(10_000_000)
  // What is collected when differs; looks that stayed, with their trees, would double it.
  expect(late).toBeLessThan(early * 1.5)
})
