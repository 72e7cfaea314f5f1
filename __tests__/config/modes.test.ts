import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expectRefusalMessage } from '../helpers/refusal-message.ts'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { runIn, type Result } from '../helpers/run.ts'
import { spawnAsUser, type Spawned } from '../helpers/spawn.ts'
import { newWorld } from '../helpers/world.ts'

const gitlab = useGitlab()
const home = useHome()

const isRoot = process.getuid?.() === 0
const me = isRoot ? 1234 : (process.getuid?.() ?? 0)
const asRoot = isRoot ? test : test.skip

/** A user's config file, with a literal token or without one. */
const withToken = (): string =>
  serverYaml(gitlab(), `token: ${gitlab().tokens.trigger}`, 'project: 9', 'ref: master')
const without = (): string => serverYaml(gitlab(), 'project: 9', 'ref: master')

/** Types a line as the user `uid`; a token comes from the environment where the file is to hold none. */
function typedAs(
  uid: number,
  line = '',
  env: Record<string, string> = {},
  canFilesHang = false,
): Promise<Result> {
  const world = newWorld({ ...home().world({ env }), canFilesHang })
  world.context.uid = uid
  return runIn(world, line)
}

const token = (): Record<string, string> => ({ GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger })

/** The user's config file with this mode, and this owner where the tests may change it. */
function write(text: string, mode: number, owner = me): string {
  const path = home().config(text, 'config.yaml', mode)
  if (isRoot) chownSync(path, owner, owner)
  return path
}

async function expectRefused(done: Promise<Result | Spawned>, ...says: string[]): Promise<string> {
  const { code, stdout, stderr } = await done
  expect(stdout).toBe('')
  for (const part of says) expect(stderr).toContain(part)
  expect(code).toBe(14)
  expectRefusalMessage(stderr)
  expect(stderr).not.toContain(gitlab().tokens.trigger)
  expect(gitlab().requests).toEqual([])
  return stderr
}

describe('T13 a config that others can write', () => {
  test.each([0o666, 0o606, 0o622, 0o620, 0o660, 0o777])('%o', async (mode) => {
    const path = write(without(), mode)
    await expectRefused(typedAs(me, '', token()), path, `0${mode.toString(8)}`, `chmod go-w ${path}`)
  })

  test.each(['--config', 'GITLAB_TRIGGER_CONFIG'])('also where it is named by %s', async (way) => {
    const path = write(without(), 0o666)
    const isFlag = way.startsWith('--')
    const env = { ...token(), ...(isFlag ? {} : { [way]: path }) }
    await expectRefused(typedAs(me, isFlag ? `--config ${path}` : '', env), path, '0666')
  })

  test("also the system's", async () => {
    const path = home().system(without())
    chmodSync(path, 0o666)
    if (isRoot) chownSync(path, me, me)
    await expectRefused(typedAs(me, '', token()), path, '0666')
  })

  test("also a project's, when it is to be trusted and after that", async () => {
    const path = home().write('work/checkout/.gitlab-triggerrc', 'ref: master\n', 0o666)
    if (isRoot) chownSync(path, me, me)
    await expectRefused(typedAs(me, 'config trust'), path, '0666')
    chmodSync(path, 0o644)
    expect(await typedAs(me, 'config trust')).toMatchObject({ code: 0 })
    chmodSync(path, 0o666)
    await expectRefused(typedAs(me, '', token()), path, '0666')
  })

  test('what is named to be done about it works, whatever the path', async () => {
    const path = home().write('a folder/it’s $mine.yaml', without(), 0o666)
    if (isRoot) chownSync(path, me, me)
    const { stderr } = await typedAs(me, '', { ...token(), GITLAB_TRIGGER_CONFIG: path })
    const [, todo = ''] = /^Run: (.*)$/m.exec(stderr) ?? []
    execFileSync('/bin/sh', ['-c', todo])
    expect(await typedAs(me, '', { ...token(), GITLAB_TRIGGER_CONFIG: path })).toMatchObject({ code: 0 })
  })

  test('of another user', async () => {
    const path = write(without(), 0o600)
    await expectRefused(typedAs(me + 1, '', token()), path, 'another user', String(me))
  })

  test.each([0o644, 0o600, 0o400, 0o444, 0o640])('%o, my own, without a token: right', async (mode) => {
    write(without(), mode)
    expect(await typedAs(me, '', token())).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
  })

  asRoot.each([0o644, 0o444])("%o, root's: right", async (mode) => {
    write(without(), mode, 0)
    expect(await typedAs(me, '', token())).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
  })
})

describe('T14 a literal token in a config that others can read', () => {
  test.each([0o644, 0o640, 0o604, 0o440, 0o444])('%o', async (mode) => {
    const path = write(withToken(), mode)
    await expectRefused(typedAs(me), path, `0${mode.toString(8)}`, `chmod 600 ${path}`)
  })

  test.each(['token', 'apiToken'])('%s', async (key) => {
    const path = write(serverYaml(gitlab(), `${key}: c4n4ry-token`, 'project: 9', 'ref: master'), 0o644)
    await expectRefused(typedAs(me, '', token()), path, '0644')
  })

  test('also one that is not used', async () => {
    const other = '\n  other:\n    url: https://x.example\n    token: c4n4ry-token\n'
    const path = write(without() + other.slice(1), 0o644)
    await expectRefused(typedAs(me, '', token()), path, '0644')
  })

  test('also in a named file', async () => {
    const path = home().write('named.yaml', withToken(), 0o644)
    if (isRoot) chownSync(path, me, me)
    await expectRefused(typedAs(me, `--config ${path}`), path, '0644')
  })
})

describe('T15 a literal token in a config that only I can read', () => {
  test.each([0o600, 0o400])('%o, my own', async (mode) => {
    write(withToken(), mode)
    expect(await typedAs(me)).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('where a file system may hang, it is read all the same', async () => {
    write(withToken(), 0o600)
    expect(await typedAs(me, '', {}, true)).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
  })

  asRoot.each([0o440, 0o640, 0o400])("%o, root's: a mounted secret", async (mode) => {
    write(withToken(), mode, 0)
    expect(await typedAs(me)).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
  })

  asRoot.each([0o444, 0o644])("%o, root's: not for everybody", async (mode) => {
    await expectRefused(typedAs(me), write(withToken(), mode, 0), `0${mode.toString(8)}`)
  })
})

describe('T16 a config that is no file: refused, not skipped', () => {
  const kinds: [name: string, make: (path: string) => void, says: string][] = [
    ['a FIFO', (path) => execFileSync('mkfifo', ['-m', '600', path]), 'pipe'],
    [
      'a link to the zero device',
      (path) => {
        symlinkSync('/dev/zero', path)
      },
      'regular file',
    ],
    [
      'a link to the null device',
      (path) => {
        symlinkSync('/dev/null', path)
      },
      'regular file',
    ],
    [
      'a directory',
      (path) => {
        mkdirSync(path)
      },
      'directory',
    ],
    [
      'a link to itself',
      (path) => {
        symlinkSync(path, path)
      },
      'links',
    ],
    [
      'a link to nothing',
      (path) => {
        symlinkSync('missing', path)
      },
      'does not exist',
    ],
    [
      'a link to a directory',
      (path) => {
        symlinkSync('/tmp', path)
      },
      'directory',
    ],
  ]
  const places: [name: string, path: () => string, line: (path: string) => string][] = [
    ["the user's", () => join(home().folder, 'config.yaml'), () => ''],
    ["the system's", () => join(home().root, 'system/gitlab-trigger/config.json'), () => ''],
    ['named', () => join(home().root, 'named.yaml'), (path) => `--config ${path}`],
    ['to be trusted', () => join(home().checkout, '.gitlab-triggerrc'), () => 'config trust'],
  ]
  describe.each(places)('%s', (_, place, line) => {
    test.each(kinds)('%s', async (_, make, says) => {
      const path = place()
      mkdirSync(join(path, '..'), { recursive: true })
      make(path)
      const { env = {} } = environment(gitlab(), { GITLAB_TRIGGER_REF: 'master' })
      for (const canFilesHang of [false, true])
        await expectRefused(typedAs(process.getuid?.() ?? 0, line(path), env, canFilesHang), path, says)
    })
  })

  test('unreadable', async () => {
    const path = home().config(without(), 'config.yaml', 0o000)
    await expectRefused(spawnAsUser([], { env: home().world({ env: token() }).env }), path, 'permission')
  })

  test('in a folder that cannot be entered', async () => {
    const path = home().config(without())
    chmodSync(home().folder, 0o000)
    const { env = {} } = environment(gitlab(), { GITLAB_TRIGGER_REF: 'master' })
    await expectRefused(
      spawnAsUser([], { env: home().world({ env }).env }).finally(() => {
        chmodSync(home().folder, 0o700)
      }),
      path.replace(/\.yaml$/, ''),
    )
  })

  describe('in a home that may not be searched: whether there is one cannot be told', () => {
    /** As another user with that home, and in it: what sudo -u leaves. */
    const away = async (line: string, more: Record<string, string>): Promise<Spawned> => {
      chmodSync(home().home, 0o000)
      const { env } = home().world({ env: more })
      return spawnAsUser(line.split(' ').filter(Boolean), { env }).finally(() => {
        chmodSync(home().home, 0o700)
      })
    }
    const all = (): Record<string, string> => environment(gitlab()).env ?? {}

    test('with all flags given the run goes on, with a warning', async () => {
      const { code, stdout, stderr } = await away('--project 9 --ref master', all())
      expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n' })
      expect(stderr).toMatch(/^warning: config: cannot access .*; continuing without a config file\.$/m)
    })

    test.each(['SERVER', 'PROJECT', 'TOKEN'])('without a %s it is refused', async (name) => {
      const more = { ...all(), [`GITLAB_TRIGGER_${name}`]: '' }
      await expectRefused(away('--ref master', more), home().folder)
    })

    test.each(['', 'run docs', '--ref master --server work'])('"%s" needs the config', async (line) => {
      await expectRefused(away(line, all()), home().folder)
    })
  })

  test.each(kinds)('%s that nobody trusts is not even opened', async (_, make) => {
    make(join(home().checkout, '.gitlab-triggerrc.yaml'))
    const { env = {} } = environment(gitlab(), { GITLAB_TRIGGER_REF: 'master' })
    expect(await typedAs(me, '', env)).toMatchObject({
      code: 0,
      stdout: '4711\n',
      stderr: expect.stringMatching(
        /^\S+ is not used: to trust it, run gitlab-trigger config trust\n$/,
      ) as unknown,
    })
  })
})
