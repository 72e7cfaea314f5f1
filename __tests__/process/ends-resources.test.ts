import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { rawServer, type RawServer } from '../helpers/raw-server.ts'
import { none, statesIn } from '../helpers/pipeline-sentences.ts'
import { spawnClient, spawnShell } from '../helpers/spawn.ts'
import { newFolder } from '../helpers/world.ts'

const env = { GITLAB_TRIGGER_TOKEN: 'glptt-0123456789abcdef' }
const target = (url: string): string[] => ['-s', url, '-p', '9', '-r', 'master']

let server: RawServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

describe('surroundings', () => {
  const gitlab = useGitlab()
  const complete = (more: Record<string, string> = {}): Record<string, string> =>
    environment(gitlab(), { GITLAB_TRIGGER_REF: 'master', ...more }).env ?? {}

  test.each(['missing', 'read-only', 'a file'])('a HOME that is %s (T110, T118)', async (what) => {
    const folder = newFolder()
    const home = join(folder.path, 'home')
    if (what === 'read-only') mkdirSync(home, { mode: 0o500 })
    const HOME = what === 'a file' ? '/etc/hostname' : home
    const done = await spawnClient([], { env: complete({ HOME }) })
    if (what === 'read-only') chmodSync(home, 0o700)
    folder.remove()
    expect(done).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
  })

  test.each([
    ['', 0, '4711\n'],
    ['--jitter 1ms', 0, '4711\n'],
    ['--lock nightly', 14, ''],
    ['--once nightly', 14, ''],
    ['--log-file /tmp/runs.log', 14, ''],
    ['--dotenv /tmp/x.env', 2, ''],
  ])('where the whole disk is read-only, %s ends with %i (T118)', async (more, code, stdout) => {
    const folder = newFolder()
    const root = folder.path
    const mount = `mount --rbind / ${root} && mount -o remount,bind,ro ${root} && cd ${root}`
    const there = `touch ./tmp/x 2>/dev/null || exec chroot . $CLIENT ${more}`
    const line = `unshare --user --map-root-user --mount /bin/sh -c '${mount} && { ${there}; }'`
    const done = await spawnShell(line, { env: complete({ HOME: '/root', PATH: '/usr/sbin:/usr/bin:/bin' }) })
    folder.remove()
    expect(done).toMatchObject({ code, stdout })
    expect(posts(gitlab())).toHaveLength(stdout === '' ? 0 : 1)
  })

  // The other one of docs/guarantees.md#T110: a container's user is in no list, and HOME is not set.
  test.each([
    ['no config', ''],
    ['a config file', '--config "$CONFIG"'],
  ])('a user of whom the system knows nothing, without HOME, with %s (T110)', async (_, more) => {
    const folder = newFolder()
    const CONFIG = join(folder.path, 'config.yaml')
    writeFileSync(CONFIG, 'ref: master\n')
    const unknown = 'unshare --user --map-user=12345 --map-group=12345'
    const done = await spawnShell(`${unknown} $CLIENT ${more}`, { env: complete({ CONFIG }) })
    folder.remove()
    expect(done).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
  })

  test.each([
    ['LC_ALL=C', { LC_ALL: 'C' }],
    ['LANG=nonsense', { LANG: 'xx_YY.nonsense' }],
  ])('%s: what is said is ASCII (T112)', async (_, more) => {
    for (const words of [[], ['--ref', 'nowhere'], ['--help'], ['run', '--help']]) {
      const { stdout, stderr } = await spawnClient(words, { env: complete({ ...more, CI: 'true' }) })
      expect(stdout + stderr).toMatch(/^[\n\x20-\x7e]+$/)
    }
  })

  test.each([64, 100])('with %i file descriptors (T117)', async (limit) => {
    const done = await spawnShell(`ulimit -n ${limit}; $CLIENT`, { env: complete() })
    expect(done).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
  })

  test.each([5, 8, 11, 13, 16, 19, 22, 25, 28, 31, 34, 37, 40, 43, 46])(
    'with %i file descriptors: never a build that is denied (T117)',
    async (limit) => {
      const done = await spawnShell(`ulimit -n ${limit}; $CLIENT`, { env: complete() })
      const made = posts(gitlab()).length
      expect(made).toBeLessThanOrEqual(1)
      // Below this Node itself gives up.
      if (limit > 17) expect(done.stderr).not.toMatch(/^ +at /m)
      if (made === 0) expect(done.code).not.toBe(0)
      else expect({ code: done.code, denied: done.stderr.includes(none) }).toEqual({ code: 0, denied: false })
    },
  )

  test('timeout(1) ends it with 124, and the truth is said (T109)', async () => {
    let pid = 0
    // Its time ends when the test says so: SIGALRM is what its own timer sends.
    server = await rawServer((_, request) => {
      if (request.length > 0) process.kill(pid, 'SIGALRM')
    })
    const line = `exec timeout 1000 $CLIENT ${target(server.url.replace('http', 'https')).join(' ')}`
    const done = await spawnShell(line, { env, started: (number) => (pid = number) })
    expect({ code: done.code, states: statesIn(done.stderr) }).toEqual({ code: 124, states: [none] })
  })
})
