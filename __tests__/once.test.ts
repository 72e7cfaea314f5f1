import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Fault } from '../src/sandbox/server.ts'
import { settingsFor } from './helpers/against.ts'
import { environment, posts, useGitlab } from './helpers/gitlab.ts'
import { filesBelow, leaksBelow, serverYaml, useHome } from './helpers/home.ts'
import { beforeNap } from './helpers/naps.ts'
import { rawServer } from './helpers/raw-server.ts'
import { runIn, type Line, type Result } from './helpers/run.ts'
import { idLost, made, none, statesIn, unknown } from './helpers/sentences.ts'
import { newWorld, type World, type WorldOptions } from './helpers/world.ts'

const gitlab = useGitlab()
const home = useHome()

/** What is special about a run of this user. */
interface More extends Pick<WorldOptions, 'pid' | 'running' | 'broken' | 'tty'> {
  env?: Record<string, string>
  reads?: true
  prepare?: (world: World) => void
}

/** Types a line in the home of the test. */
function once(line: Line = '--ref master --once K', more: More = {}): Promise<Result> {
  const { env = {}, reads, prepare, ...options } = more
  const token = reads ? { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api } : {}
  const given = environment(gitlab(), { ...token, ...env }).env ?? {}
  const world = newWorld(home().world({ ...options, env: given }))
  prepare?.(world)
  return runIn(world, line)
}

const journal = (): string => join(home().state, 'once')
const only = (): string => filesBelow(journal())[0] ?? ''
const fail = (fault: Fault): void => {
  gitlab().failNext({ method: 'POST', ...fault })
}
const lost = (createThen: boolean): void => {
  fail({ kind: 'answer', status: 502, createThen })
}
/** As if the run had been killed between its intent and its result. */
const forgetResult = (): void => {
  const [intent] = readFileSync(only(), 'utf8').split('\n')
  writeFileSync(only(), `${intent ?? ''}\n`)
}

describe('the same key twice (T115)', () => {
  test('one POST, the same id, exit 0', async () => {
    const first = await once()
    const second = await once()
    for (const { code, stdout, stderr } of [first, second])
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '4711\n', stderr: '' })
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('a terminal is told that it is an earlier build', async () => {
    await once()
    expect((await once(undefined, { tty: ['stderr'] })).stderr).toMatch(/already.*2026-11-22T12:00/)
  })

  test('--json too', async () => {
    const first = JSON.parse((await once('--ref master --once K --json')).stdout) as Record<string, unknown>
    const second = JSON.parse((await once('--ref master --once K --json')).stdout) as Record<string, unknown>
    const same = ({ id, kind, ref, sha, api, build_state, exit_code }: Record<string, unknown>): unknown => ({
      id,
      kind,
      ref,
      sha,
      api,
      build_state,
      exit_code,
    })
    expect(same(second)).toEqual(same(first))
    expect(second).toMatchObject({ id: 4711, api: 'v4', build_state: 'triggered', exit_code: 0, error: null })
  })

  test('with --jobs the jobs of the earlier build', async () => {
    await once('--ref master --once K', { reads: true })
    const { code, stdout } = await once('--ref master --once K --jobs', { reads: true })
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n9001\n9002\n9003\n' })
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('with GitLab away: the journal knows it', async () => {
    await once()
    await gitlab().close()
    expect(await once()).toMatchObject({ code: 0, stdout: '4711\n' })
  })

  test('v3 as well', async () => {
    fail({ kind: 'answer', status: 201, createThen: false, body: '{"id":17,"variables":{}}' } as Fault)
    const line = '--ref master --once K --api v3'
    expect((await once(line)).stdout).toBe('17\n')
    expect(await once(line)).toMatchObject({ code: 0, stdout: '17\n' })
    expect(posts(gitlab())).toHaveLength(1)
  })

  test.each(['a', 'x'.repeat(5000), '../../etc/passwd', 'a/b', '--', 'ü 日本', 'A\tB', '*', '2026-11-22'])(
    'a key may be %j',
    async (key) => {
      const line = ['--ref', 'master', `--once=${key}`]
      expect(await once(line)).toMatchObject({ code: 0, stdout: '4711\n' })
      expect(await once(line)).toMatchObject({ code: 0, stdout: '4711\n' })
      expect(posts(gitlab())).toHaveLength(1)
      expect(filesBelow(home().home).every((path) => path.startsWith(journal()))).toBe(true)
    },
  )

  test('an empty key is refused', async () => {
    expect(await once(['--ref', 'master', '--once='])).toMatchObject({ code: 2, stdout: '' })
    expect(posts(gitlab())).toEqual([])
  })

  test.each([
    ['another key', '--ref master --once k'],
    ['none', '--ref master'],
  ])('%s is another build', async (_, line) => {
    await once()
    expect(await once(line)).toMatchObject({ code: 0, stdout: '4712\n' })
  })

  // prettier-ignore
  test.each([
    ['project', '--project seed/docs --ref master --once K', /seed\/docs|9 /],
    ['ref', '--ref both --once K', /master/],
  ])('for another %s: exit 2, nothing sent', async (_, line, says) => {
    await once()
    const { code, stdout, stderr } = await once(line)
    expect({ code, stdout, states: statesIn(stderr) }).toEqual({ code: 2, stdout: '', states: [none] })
    expect(stderr).toMatch(says)
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('with --dry-run nothing is noted', async () => {
    expect((await once('--ref master --once K --dry-run')).code).toBe(0)
    expect(filesBelow(home().home)).toEqual([])
  })

  test('one that failed at once keeps its key: exit 3, and then its id', async () => {
    const line = '--ref broken --once K'
    fail({
      kind: 'answer',
      status: 201,
      body: '{"id":12,"ref":"broken","status":"failed"}',
      createThen: true,
    })
    expect(await once(line)).toMatchObject({ code: 3, stdout: '12\n' })
    expect(await once(line)).toMatchObject({ stdout: '12\n' })
    expect(posts(gitlab())).toHaveLength(1)
  })

  test.each([
    ['422', { kind: 'answer', status: 422, createThen: true } as Fault, 3],
    ['a cut 201', { kind: 'cut' } as Fault, 7],
  ])('%s, whose id is lost: never a second POST', async (_, fault, exit) => {
    fail(fault)
    expect((await once()).code).toBe(exit)
    const { code, stdout, stderr } = await once()
    expect({ code, stdout, states: statesIn(stderr) }).toEqual({ code: 7, stdout: '', states: [idLost] })
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('an id that could not be written is there the next time', async () => {
    const { code, stderr } = await once(undefined, { broken: { stdout: 'ENOSPC' } })
    expect({ code, states: statesIn(stderr) }).toEqual({ code: 11, states: [made(4711)] })
    expect(await once()).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(posts(gitlab())).toHaveLength(1)
  })
})

describe('an end that was not a build', () => {
  // prettier-ignore
  test.each([
    ['400', { kind: 'answer', status: 400 } as Fault, 5],
    ['401', { kind: 'answer', status: 401 } as Fault, 4],
    ['429', { kind: 'answer', status: 429, headers: { 'retry-after': '999' } } as Fault, 12],
    ['302', { kind: 'answer', status: 302 } as Fault, 5],
  ])('%s: the key may be used again', async (_, fault, exit) => {
    fail(fault)
    expect((await once()).code).toBe(exit)
    expect(await once()).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(posts(gitlab())).toHaveLength(2)
  })

  test('many times, and the history has them all', async () => {
    for (let count = 0; count < 3; count++) {
      fail({ kind: 'answer', status: 400 })
      await once(undefined, {
        prepare: (world) => {
          world.advance(count * 1000)
        },
      })
    }
    await once()
    const { history } = JSON.parse((await once('history --json')).stdout) as { history: unknown[] }
    expect(history).toHaveLength(4)
    expect(filesBelow(journal())).toHaveLength(4)
  })

  // prettier-ignore
  test.each([
    ['502', { kind: 'answer', status: 502, createThen: true } as Fault],
    ['a reset', { kind: 'reset after', createThen: false } as Fault],
  ])('%s: exit 7, and 7 again, never a second POST', async (_, fault) => {
    fail(fault)
    for (let count = 0; count < 3; count++) {
      const { code, stdout, stderr } = await once()
      expect({ code, stdout, states: statesIn(stderr) }).toEqual({ code: 7, stdout: '', states: [unknown] })
    }
    expect(posts(gitlab())).toHaveLength(1)
  })
})

describe('a crash between intent and result (T115)', () => {
  test('without an API token: exit 7, and how to go on', async () => {
    await once()
    forgetResult()
    const { code, stdout, stderr } = await once()
    expect({ code, stdout, states: statesIn(stderr) }).toEqual({ code: 7, stdout: '', states: [unknown] })
    expect(stderr).toContain('2026-11-22T12:00')
    expect(stderr).toMatch(/look/i)
    expect(posts(gitlab())).toHaveLength(1)
  })

  test.each(['--ref master --once K', '--ref master --once K --verify', '--ref master --once K --marker'])(
    'with one it is looked up: %s',
    async (line) => {
      await once(line, { reads: true })
      forgetResult()
      for (let count = 0; count < 2; count++)
        expect(await once(line, { reads: true })).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
      // And then the journal knows it.
      expect(await once('--ref master --once K')).toMatchObject({ code: 0, stdout: '4711\n' })
      expect(posts(gitlab())).toHaveLength(1)
    },
  )

  test('with --no-verify it is not looked up', async () => {
    await once(undefined, { reads: true })
    forgetResult()
    expect((await once('--ref master --once K --no-verify', { reads: true })).code).toBe(7)
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('and none is there: exit 7, nothing is sent', async () => {
    lost(false)
    await once('--ref master --once K --no-verify', { reads: true })
    expect(await once(undefined, { reads: true })).toMatchObject({ code: 7, stdout: '' })
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('a lost answer of the first run is found by the second', async () => {
    await once(undefined, {
      reads: true,
      prepare: (world) => {
        lost(true)
        beforeNap(world, 1, () => {
          world.interrupt('SIGTERM')
        })
      },
    })
    expect(await once(undefined, { reads: true })).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('the result half written: looked up, and written whole then', async () => {
    await once(undefined, { reads: true })
    const text = readFileSync(only(), 'utf8')
    writeFileSync(only(), text.slice(0, -40))
    expect((await once()).code).toBe(7)
    expect(await once(undefined, { reads: true })).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(await once()).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(posts(gitlab())).toHaveLength(1)
  })

  test.each([
    ['the intent half written', (text: string) => text.slice(0, 30)],
    ['an empty file', () => ''],
    ['zeros, as a power failure leaves them', () => '\0'.repeat(300)],
    ['null', () => 'null\n'],
    ['a number', () => '7\n'],
  ])('%s: nothing is sent, and it is said clearly', async (_, spoil) => {
    await once()
    writeFileSync(only(), spoil(readFileSync(only(), 'utf8')))
    const { code, stdout, stderr } = await once()
    expect(stdout).toBe('')
    expect([7, 14]).toContain(code)
    expect(stderr).not.toMatch(/bug of|TypeError|undefined/)
    expect(posts(gitlab())).toHaveLength(1)
    expect(await once('history')).toMatchObject({ code: 0 })
    expect(await once('history --json')).toMatchObject({ code: 0 })
  })

  test('a further line of rubbish does not hide the result', async () => {
    await once()
    appendFileSync(only(), '{"at":"2026')
    expect(await once()).toMatchObject({ code: 0, stdout: '4711\n' })
  })
})

describe('another run is at it', () => {
  const open = async (): Promise<void> => {
    await once(undefined, { pid: 7 })
    forgetResult()
  }

  test('and lives: exit 10, with its number', async () => {
    await open()
    const { code, stdout, stderr } = await once(undefined, { pid: 8, running: [7] })
    expect({ code, stdout, states: statesIn(stderr) }).toEqual({ code: 10, stdout: '', states: [none] })
    expect(stderr).toMatch(/\b7\b/)
    expect(posts(gitlab())).toHaveLength(1)
  })

  test.each([
    ['is gone', { pid: 8, running: [] }],
    ['had our number', { pid: 7, running: [7] }],
  ])('and %s: exit 7', async (_, options) => {
    await open()
    expect(await once(undefined, options)).toMatchObject({ code: 7, stdout: '' })
  })

  test('on another machine: exit 7, as nobody can tell', async () => {
    await open()
    writeFileSync(only(), readFileSync(only(), 'utf8').replace('"host":"here"', '"host":"there"'))
    expect(await once(undefined, { pid: 8, running: [7] })).toMatchObject({ code: 7 })
  })
})

describe('a journal that cannot be written (T76): exit 14, nothing sent', () => {
  // prettier-ignore
  const rows: [name: string, prepare: () => Record<string, string>][] = [
    ['a file in place of the folder', () => { home().write('home/.local/state/gitlab-trigger', 'x'); return {} }],
    ['a file in place of the journal', () => { home().write('home/.local/state/gitlab-trigger/once', 'x'); return {} }],
    ['a file in place of XDG_STATE_HOME', () => ({ XDG_STATE_HOME: home().write('x', '') })],
    ['no HOME', () => ({ HOME: '' })],
    ['a relative HOME', () => ({ HOME: 'home' })],
  ]
  test.each(rows)('%s', async (name, prepare) => {
    const env = prepare()
    const options = name.includes(' HOME') ? { ...home().world(), home: undefined } : home().world()
    const { home: onRecord, ...rest } = options
    const given = { ...rest.env, ...environment(gitlab()).env, ...env }
    const world = newWorld({ ...rest, ...(onRecord !== undefined && { home: onRecord }), env: given })
    const { code, stdout, stderr } = await runIn(world, '--ref master --once K')
    expect({ code, stdout, states: statesIn(stderr) }).toEqual({ code: 14, stdout: '', states: [none] })
    expect(stderr).toContain('--once')
    expect(stderr).toMatch(/XDG_STATE_HOME/)
    expect(posts(gitlab())).toEqual([])
  })

  test('a folder that may only be read', async () => {
    mkdirSync(journal(), { recursive: true })
    chmodSync(journal(), 0o500)
    // Root may write everywhere; for it, a folder in place of the file does the same.
    const isRoot = process.getuid?.() === 0
    if (isRoot) {
      await once()
      const file = only()
      rmSync(file)
      mkdirSync(file)
    }
    const before = posts(gitlab()).length
    const { code, stdout } = await once()
    chmodSync(journal(), 0o700)
    expect({ code, stdout }).toEqual({ code: 14, stdout: '' })
    expect(posts(gitlab())).toHaveLength(before)
  })

  test('the result cannot be written: the build is told, exit 11, and the key stays used', async () => {
    const { code, stdout, stderr } = await once(undefined, {
      prepare: (world) => {
        const { write } = world.context.stdout
        // The journal's file goes away between the POST and the result.
        world.context.stdout.write = async (text) => {
          await write.call(world.context.stdout, text)
          rmSync(only())
          mkdirSync(join(journal(), 'x'))
          rmSync(journal(), { recursive: true })
          writeFileSync(journal(), '')
        }
      },
    })
    expect({ code, stdout, states: statesIn(stderr) }).toEqual({
      code: 11,
      stdout: '4711\n',
      states: [made(4711)],
    })
    expect(stderr).toContain('journal')
    expect((await once()).code).toBe(14)
    expect(posts(gitlab())).toHaveLength(1)
  })
})

describe('what is on the disk', () => {
  test('the intent is there when the POST arrives', async () => {
    let seen = ''
    const server = await rawServer((socket, _, isWhole) => {
      if (!isWhole) return
      seen = readFileSync(only(), 'utf8')
      socket.resetAndDestroy()
    })
    const world = newWorld(home().world({ env: settingsFor(server.url).env }))
    const { code } = await runIn(world, '--ref master --once K --var SECRETIVE=v4lu3')
    await server.close()
    expect(code).toBe(7)
    expect(seen.endsWith('\n')).toBe(true)
    expect(JSON.parse(seen)).toMatchObject({ key: 'K', project: '9', ref: 'master', user: 'tester' })
    expect(seen).not.toContain('v4lu3')
  })

  test('only the user may read it: 0700 and 0600', async () => {
    await once()
    expect(statSync(journal()).mode & 0o777).toBe(0o700)
    expect(statSync(home().state).mode & 0o777).toBe(0o700)
    expect(statSync(only()).mode & 0o777).toBe(0o600)
  })

  test('no secret is in any file or in the history', async () => {
    const env = { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api }
    const line = ['--ref', 'master', '--once', 'K', '--var', 'PASSWORD=h1dd3n-v4lu3', '--marker']
    await once(line, { env })
    fail({ kind: 'answer', status: 400, body: gitlab().tokens.trigger })
    await once([...line.slice(0, 3), 'L'], { env })
    const history = (await once('history')).stdout + (await once('history --json')).stdout
    for (const secret of [gitlab().tokens.trigger, gitlab().tokens.api, 'h1dd3n-v4lu3']) {
      expect(leaksBelow(home().home, secret)).toEqual([])
      expect(history).not.toContain(secret)
    }
  })

  test('without --once there is none', async () => {
    await once('--ref master')
    expect(filesBelow(home().home)).toEqual([])
  })

  test('a recipe with targets has a key for each; what failed is sent again, what is there is not', async () => {
    const config = serverYaml(gitlab(), 'tokenEnv: T')
    home().config(
      `${config}recipes:\n  all:\n    ref: master\n    targets:\n      - { project: 9 }\n      - { project: 9, ref: both2 }\n      - { project: 9, ref: refs/heads/both }\n`,
    )
    const env = { T: gitlab().tokens.trigger }
    const go = (): Promise<Result> => runIn(newWorld(home().world({ env })), 'all --once K')
    const first = await go()
    expect(first.stdout.trim().split('\n')).toHaveLength(2)
    expect(posts(gitlab())).toHaveLength(3)
    const second = await go()
    expect(second.stdout).toBe(first.stdout)
    expect({ first: first.code, second: second.code }).toEqual({ first: 5, second: 5 })
    expect(posts(gitlab())).toHaveLength(4)
    expect(gitlab().pipelines).toHaveLength(2)
  })
})
