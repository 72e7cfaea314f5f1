import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { when } from '../helpers/clock.ts'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { spawnClient, spawnShell, type Spawned } from '../helpers/spawn.ts'

const gitlab = useGitlab()
const home = useHome()

const bash = (script: string): Promise<Spawned> => {
  home().write('plan.yml', 'targets: { a: { ref: master }, b: { ref: develop } }\n')
  const env = { ...environment(gitlab()).env, HOME: home().home, PLAN: join(home().root, 'plan.yml') }
  return spawnShell(`exec bash -c '${script}'`, { env })
}

test('a plan that a command prints, as <(...)', async () => {
  const done = await bash('$CLIENT batch <(cat "$PLAN")')
  expect(done).toMatchObject({ code: 0, stdout: '4711\n4712\n' })
  const again = await bash('$CLIENT batch - --resume < "$PLAN"')
  expect({ code: again.code, posts: posts(gitlab()).length }).toEqual({ code: 0, posts: 2 })
})

test('a journal that takes no more: nothing is sent, and no bug is reported', async () => {
  const { code, stdout, stderr } = await bash('ulimit -f 8; $CLIENT batch "$PLAN"')
  expect({ code, stdout, posts: posts(gitlab()).length }).toEqual({ code: 14, stdout: '-\n-\n', posts: 0 })
  expect(stderr).toContain('a: batch: the journal in ')
  expect(stderr).not.toMatch(/bug of|do not trigger them again/)
})

/** Follows a target on `ref`; once its trigger is recorded every write to a file fails, and it gets this signal. */
async function onFullDisk(ref: string, signal?: 'SIGTERM'): Promise<Spawned> {
  const path = home().write('plan.yml', `targets: { a: { ref: ${ref} } }\n`)
  const { env = {} } = environment(gitlab(), {
    HOME: home().home,
    GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api,
  })
  let stop = (): void => undefined
  const done = await spawnClient(['batch', path, '--wait'], {
    env,
    started(pid) {
      const isFollowed = (): boolean =>
        gitlab().requests.some((each) => each.path.endsWith('/pipelines/4711'))
      stop = when(isFollowed, () => {
        stop()
        execFileSync('prlimit', ['--pid', String(pid), '--fsize=0:0'])
        if (signal) process.kill(pid, signal)
      })
    },
  })
  stop()
  return done
}
const unwritten = /gitlab-trigger: (.*; )?(also, )?batch: the journal in .* cannot be written \(EFBIG\)/

test('a full disk after the POST: it is told, and counts in the exit code', async () => {
  const { code, stdout, stderr } = await onFullDisk('master')
  expect({ code, stdout, posts: posts(gitlab()).length }).toEqual({ code: 11, stdout: '4711\n', posts: 1 })
  expect(stderr).toContain('1 of 1 target succeeded')
  expect(stderr).toMatch(unwritten)
  expect(stderr).not.toContain('No pipeline was created')
})

test('the end of a target that cannot be recorded is told, also where nothing else is written', async () => {
  gitlab().script('develop', { jobs: [{ name: 'slow', stage: 'test', statuses: ['running'] }] })
  const { code, stderr } = await onFullDisk('develop', 'SIGTERM')
  expect(code).toBe(143)
  expect(stderr).toMatch(unwritten)
})
