import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { run, runIn, type Line, type Result } from '../helpers/run.ts'
import { none } from '../helpers/pipeline-sentences.ts'
import { client, launcher, spawnClient } from '../helpers/spawn.ts'
import { rawServer } from '../helpers/raw-server.ts'
import { newWorld, type WorldOptions } from '../helpers/world.ts'

const gitlab = useGitlab()
const home = useHome()

const locked = (line: Line = '--ref master --lock nightly', options: WorldOptions = {}): Promise<Result> => {
  const { env } = environment(gitlab(), { PATH: process.env['PATH'] ?? '' })
  return run(line, home().world({ ...options, env: { ...env, ...options.env } }))
}

const file = (): string => join(home().state, 'locks', 'nightly.lock')

/** A client in a process of its own that holds the lock while it waits for an answer that never comes. */
async function holder(): Promise<{ child: ChildProcess; close: () => Promise<void> }> {
  let arrived: (() => void) | undefined
  const isThere = new Promise<void>((resolve) => (arrived = resolve))
  const server = await rawServer((_, __, isWhole) => {
    if (isWhole) arrived?.()
  })
  const env = {
    HOME: home().home,
    PATH: process.env['PATH'] ?? '',
    GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger,
  }
  const line = ['-s', server.url, '-p', '9', '-r', 'master', '--lock', 'nightly']
  const [file = '', ...words] = [...client, ...line]
  const child = spawn(file, words, { env, stdio: 'ignore' })
  await isThere
  return { child, close: () => server.close() }
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) =>
    child.once('exit', () => {
      resolve()
    }),
  )

test('a second run ends with 10, nothing sent, and names the holder; after its death by KILL the lock is free (T114)', async () => {
  const { child, close } = await holder()
  const second = await locked()
  expect(second).toMatchObject({ code: 10, stdout: '' })
  expect(second.stderr).toContain(none)
  expect(second.stderr).toMatch(
    new RegExp(
      `--lock nightly: another run holds it \\(process ${child.pid} on \\S+, since \\d{4}-\\d\\d-\\d\\dT`,
    ),
  )
  expect(gitlab().requests).toEqual([])
  const gone = ended(child)
  child.kill('SIGKILL')
  await gone
  await close()
  expect(await locked()).toMatchObject({ code: 0, stdout: '4711\n' })
})

test('one run after the other gets it, in the same process too', async () => {
  expect(await locked()).toMatchObject({ code: 0, stdout: '4711\n' })
  expect(await locked()).toMatchObject({ code: 0, stdout: '4712\n' })
  expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({
    pid: 4242,
    host: 'here',
    since: '2026-11-22T12:00:00.000Z',
  })
})

test('runs at once: one gets it', async () => {
  // Who has it is not answered, and is interrupted once the others have ended: none is late.
  gitlab().failNext({ kind: 'stall', method: 'POST' })
  const { env } = environment(gitlab(), { PATH: process.env['PATH'] ?? '' })
  const worlds = [1, 2, 3].map(() => newWorld(home().world({ env: env ?? {} })))
  const codes: number[] = []
  await Promise.all(
    worlds.map(async (world) => {
      codes.push((await runIn(world, '--ref master --lock nightly')).code)
      if (codes.length === 2) for (const each of worlds) each.interrupt('SIGINT')
    }),
  )
  expect(codes).toEqual([10, 10, 130])
  expect(posts(gitlab())).toHaveLength(1)
})

test('another name is another lock', async () => {
  const { child, close } = await holder()
  expect(await locked('--ref master --lock weekly')).toMatchObject({ code: 0 })
  const gone = ended(child)
  child.kill('SIGKILL')
  await gone
  await close()
})

test('--json says so too', async () => {
  const { child, close } = await holder()
  const { stdout } = await locked('--ref master --lock nightly --json')
  expect(JSON.parse(stdout)).toMatchObject({
    exit_code: 10,
    build_state: 'none',
    id: null,
    server: gitlab().url,
    project_id: 9,
    ref: 'master',
  })
  const gone = ended(child)
  child.kill('SIGKILL')
  await gone
  await close()
})

test('a lock that flock(1) took for a shell script counts', async () => {
  await locked()
  const script = `exec 9<"$LOCK"; flock -n 9; "$@"`
  const env = {
    ...environment(gitlab(), { HOME: home().home, PATH: process.env['PATH'] ?? '', LOCK: file() }).env,
  }
  const child = spawn(
    '/bin/sh',
    ['-c', script, 'sh', process.execPath, launcher, '-r', 'master', '--lock', 'nightly'],
    { env, stdio: 'ignore' },
  )
  const code = await new Promise((resolve) => child.once('exit', resolve))
  expect(code).toBe(10)
})

describe('where no lock can be had, nothing is sent', () => {
  test.each([
    ['../evil', 2],
    ['', 2],
    ['a b', 2],
    ['x'.repeat(65), 2],
  ])('the name %j', async (name, code) => {
    expect(await locked(['--ref', 'master', `--lock=${name}`])).toMatchObject({ code, stdout: '' })
    expect(gitlab().requests).toEqual([])
  })

  test('no folder for it', async () => {
    const { env } = environment(gitlab())
    const { code, stderr } = await run('--ref master --lock nightly', { ...(env && { env }) })
    expect(code).toBe(14)
    expect(stderr).toContain('there is no folder for locks')
  })

  test('a folder that is none', async () => {
    mkdirSync(home().state, { recursive: true })
    writeFileSync(join(home().state, 'locks'), '')
    const { code, stderr } = await locked()
    expect(code).toBe(14)
    expect(stderr).toContain('cannot be used (')
  })

  test('a link in its place', async () => {
    mkdirSync(join(home().state, 'locks'), { recursive: true })
    symlinkSync(join(home().root, 'target'), file())
    expect((await locked()).code).toBe(14)
    expect(existsSync(join(home().root, 'target'))).toBe(false)
  })

  test('no flock', async () => {
    const { code, stderr } = await locked(undefined, { env: { PATH: home().root } })
    expect(code).toBe(14)
    expect(stderr).toContain('--lock needs the program flock, which is not installed')
    expect(posts(gitlab())).toEqual([])
  })
})

test('a program that a token command starts does not inherit the lock, nor flock a token', async () => {
  const seen = join(home().root, 'seen')
  const fake = home().write('bin/flock', `#!/bin/sh\nenv > ${seen}\nexec /usr/bin/flock "$@"\n`, 0o755)
  const path = `${fake.replace('/flock', '')}:/usr/bin:/bin`
  expect(await locked(undefined, { env: { PATH: path } })).toMatchObject({ code: 0 })
  expect(readFileSync(seen, 'utf8')).not.toContain(gitlab().tokens.trigger)
})

test('--dry-run takes none', async () => {
  await locked('--ref master --lock nightly --dry-run')
  expect(existsSync(file())).toBe(false)
})

test('without PATH, as env -i gives it', async () => {
  const { env } = environment(gitlab(), { HOME: home().home })
  const done = await spawnClient(['--ref', 'master', '--lock', 'nightly'], env ? { env } : {})
  expect(done).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
})
