import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { rawServer, type RawServer } from '../helpers/raw-server.ts'
import { none, statesIn } from '../helpers/pipeline-sentences.ts'
import { launcher, spawnClient, spawnProgram, spawnShell } from '../helpers/spawn.ts'
import { newFolder } from '../helpers/world.ts'

const env = { GITLAB_TRIGGER_TOKEN: 'glptt-0123456789abcdef' }
const target = (url: string): string[] => ['-s', url, '-p', '9', '-r', 'master']
const head = 'HTTP/1.1 201 Created\r\ncontent-type: application/json\r\n'

let server: RawServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

describe('memory stays under 150 MB (T79)', () => {
  /** Writes the same for ever, or `times` times, as fast as it is taken. */
  function pour(socket: Socket, start: string, chunk: string, times = Infinity): void {
    let count = 0
    const next = (): void => {
      while (count < times && !socket.destroyed) {
        count += 1
        if (!socket.write(chunk)) {
          socket.once('drain', next)
          return
        }
      }
    }
    socket.write(start)
    next()
  }
  const mb = 'x'.repeat(1024 * 1024)
  // prettier-ignore
  const rows: [name: string, start: string, chunk: string, times: number][] = [
    ['a 201 of 1 GB', `${head}content-length: ${1024 ** 3}\r\n\r\n`, mb, 1024],
    ['endless chunks', `${head}transfer-encoding: chunked\r\n\r\n`, `100000\r\n${mb}\r\n`, Infinity],
    ['a 400 without an end', 'HTTP/1.1 400 Bad Request\r\n\r\n', mb, Infinity],
    ['a header without an end', `${head}x: `, mb, Infinity],
    ['headers without an end', head, 'a: bcdefghijklmnopqrstuvwxyz\r\n'.repeat(1000), Infinity],
    ['100 Continue without an end', '', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(1000), Infinity],
    ['a status line without an end', 'HTTP/1.1 201 ', mb, Infinity],
    ['blank lines without an end', '', '\r\n'.repeat(500_000), Infinity],
    ['a chunk extension without an end', `${head}transfer-encoding: chunked\r\n\r\n1;`, mb, Infinity],
    ['a chunk extension of 64 kB for each byte', `${head}transfer-encoding: chunked\r\n\r\n`, `1;${mb.slice(0, 65_536)}\r\nx\r\n`, Infinity],
    ['a chunk for each byte', `${head}transfer-encoding: chunked\r\n\r\n`, '1\r\nx\r\n'.repeat(100_000), Infinity],
  ]
  test.each(rows)('%s', async (_, start, chunk, times) => {
    server = await rawServer((socket, __, isWhole) => {
      if (isWhole) pour(socket, start, chunk, times)
    })
    const folder = newFolder()
    const file = join(folder.path, 'time')
    const words = [
      '-f',
      '%M',
      '-o',
      file,
      process.execPath,
      launcher,
      ...target(server.url),
      '--timeout',
      '60s',
    ]
    const { code, stdout, stderr } = await spawnProgram('/usr/bin/time', words, { env })
    const kilobytes = Number(readFileSync(file, 'utf8').trim().split('\n').at(-1))
    folder.remove()
    expect([5, 7]).toContain(code)
    expect(stdout).toBe('')
    expect(statesIn(stderr)).toHaveLength(1)
    expect(kilobytes).toBeGreaterThan(1000)
    expect(kilobytes).toBeLessThanOrEqual(150 * 1024)
  })
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

  // The other one of T110: a container's user is in no list, and nobody sets HOME.
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
    // Its time is over when the test says so: SIGALRM is what its own timer sends.
    server = await rawServer((_, request) => {
      if (request.length > 0) process.kill(pid, 'SIGALRM')
    })
    const line = `exec timeout 1000 $CLIENT ${target(server.url.replace('http', 'https')).join(' ')}`
    const done = await spawnShell(line, { env, started: (number) => (pid = number) })
    expect({ code: done.code, states: statesIn(done.stderr) }).toEqual({ code: 124, states: [none] })
  })
})
