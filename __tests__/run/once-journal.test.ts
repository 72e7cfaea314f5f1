import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { environmentFor } from '../helpers/run-against.ts'
import { environment, posts } from '../helpers/gitlab.ts'
import { filesBelow, leaksBelow, serverYaml } from '../helpers/home.ts'
import { beforeSleep } from '../helpers/before-sleep.ts'
import { useJournal } from '../helpers/journal.ts'
import { rawServer } from '../helpers/raw-server.ts'
import { runIn, type Result } from '../helpers/run.ts'
import { made, none, statesIn, unknown } from '../helpers/pipeline-sentences.ts'
import { spawnAsUser } from '../helpers/spawn.ts'
import { newWorld } from '../helpers/world.ts'

const { gitlab, home, runOnce, journalFolder, journalFile, failPost, forgetResult } = useJournal()

describe('a crash between intent and result (T115)', () => {
  test('without an API token: exit 7, and how to go on', async () => {
    await runOnce()
    forgetResult()
    const { code, stdout, stderr } = await runOnce()
    expect({ code, stdout, states: statesIn(stderr) }).toEqual({ code: 7, stdout: '', states: [unknown] })
    expect(stderr).toContain('2026-11-22T12:00')
    expect(stderr).toMatch(/check first whether it was created/i)
    expect(posts(gitlab())).toHaveLength(1)
  })

  test.each(['--ref master --once K', '--ref master --once K --verify', '--ref master --once K --marker'])(
    'with one it is looked up: %s',
    async (line) => {
      await runOnce(line, { withApiToken: true })
      forgetResult()
      for (let count = 0; count < 2; count++)
        expect(await runOnce(line, { withApiToken: true })).toMatchObject({
          code: 0,
          stdout: '4711\n',
          stderr: '',
        })
      // And then the journal knows it.
      expect(await runOnce('--ref master --once K')).toMatchObject({ code: 0, stdout: '4711\n' })
      expect(posts(gitlab())).toHaveLength(1)
    },
  )

  test('with --no-verify it is not looked up', async () => {
    await runOnce(undefined, { withApiToken: true })
    forgetResult()
    expect((await runOnce('--ref master --once K --no-verify', { withApiToken: true })).code).toBe(7)
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('and none is there: exit 7, nothing is sent', async () => {
    failPost({ kind: 'answer', status: 502 })
    await runOnce('--ref master --once K --no-verify', { withApiToken: true })
    expect(await runOnce(undefined, { withApiToken: true })).toMatchObject({ code: 7, stdout: '' })
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('a lost answer of the first run is found by the second', async () => {
    await runOnce(undefined, {
      withApiToken: true,
      prepare: (world) => {
        failPost({ kind: 'answer', status: 502, createThen: true })
        beforeSleep(world, 1, () => {
          world.interrupt('SIGTERM')
        })
      },
    })
    expect(await runOnce(undefined, { withApiToken: true })).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('the result half written: looked up, and written whole then', async () => {
    await runOnce(undefined, { withApiToken: true })
    const text = readFileSync(journalFile(), 'utf8')
    writeFileSync(journalFile(), text.slice(0, -40))
    expect((await runOnce()).code).toBe(7)
    expect(await runOnce(undefined, { withApiToken: true })).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(await runOnce()).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(posts(gitlab())).toHaveLength(1)
  })

  test.each([
    ['the intent half written', (text: string) => text.slice(0, 30)],
    ['an empty file', () => ''],
    ['zeros, as a power failure leaves them', () => '\0'.repeat(300)],
    ['null', () => 'null\n'],
    ['a number', () => '7\n'],
  ])('%s: nothing is sent, and it is said clearly', async (_, spoil) => {
    await runOnce()
    writeFileSync(journalFile(), spoil(readFileSync(journalFile(), 'utf8')))
    const { code, stdout, stderr } = await runOnce()
    expect(stdout).toBe('')
    expect([7, 14]).toContain(code)
    expect(stderr).not.toMatch(/bug of|TypeError|undefined/)
    expect(posts(gitlab())).toHaveLength(1)
    expect(await runOnce('history')).toMatchObject({ code: 0 })
    expect(await runOnce('history --json')).toMatchObject({ code: 0 })
  })

  test('a further line of rubbish does not hide the result', async () => {
    await runOnce()
    appendFileSync(journalFile(), '{"at":"2026')
    expect(await runOnce()).toMatchObject({ code: 0, stdout: '4711\n' })
  })
})

describe('another run is at it', () => {
  const open = async (): Promise<void> => {
    await runOnce(undefined, { pid: 7 })
    forgetResult()
  }

  test('and lives: exit 10, with its number', async () => {
    await open()
    const { code, stdout, stderr } = await runOnce(undefined, { pid: 8, running: [7] })
    expect({ code, stdout, states: statesIn(stderr) }).toEqual({ code: 10, stdout: '', states: [none] })
    expect(stderr).toMatch(/\b7\b/)
    expect(posts(gitlab())).toHaveLength(1)
  })

  test.each([
    ['is gone', { pid: 8, running: [] }],
    ['had our number', { pid: 7, running: [7] }],
  ])('and %s: exit 7', async (_, options) => {
    await open()
    expect(await runOnce(undefined, options)).toMatchObject({ code: 7, stdout: '' })
  })

  test('on another machine: exit 7, as nobody can tell', async () => {
    await open()
    writeFileSync(
      journalFile(),
      readFileSync(journalFile(), 'utf8').replace('"host":"here"', '"host":"there"'),
    )
    expect(await runOnce(undefined, { pid: 8, running: [7] })).toMatchObject({ code: 7 })
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
    mkdirSync(journalFolder(), { recursive: true })
    chmodSync(journalFolder(), 0o500)
    const { env } = home().world(environment(gitlab()))
    const { code, stdout } = await spawnAsUser(['--ref', 'master', '--once', 'K'], { env })
    chmodSync(journalFolder(), 0o700)
    expect({ code, stdout }).toEqual({ code: 14, stdout: '' })
    expect(posts(gitlab())).toEqual([])
  })

  test('a folder in place of the file', async () => {
    await runOnce()
    const file = journalFile()
    rmSync(file)
    mkdirSync(file)
    expect(await runOnce()).toMatchObject({ code: 14, stdout: '' })
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('the result cannot be written: the build is told, exit 11, and the key stays used', async () => {
    const { code, stdout, stderr } = await runOnce(undefined, {
      prepare: (world) => {
        const write = world.context.stdout.write.bind(world.context.stdout)
        // The journal's file goes away between the POST and the result.
        world.context.stdout.write = async (text) => {
          await write(text)
          rmSync(journalFile())
          mkdirSync(join(journalFolder(), 'x'))
          rmSync(journalFolder(), { recursive: true })
          writeFileSync(journalFolder(), '')
        }
      },
    })
    expect({ code, stdout, states: statesIn(stderr) }).toEqual({
      code: 11,
      stdout: '4711\n',
      states: [made(4711)],
    })
    expect(stderr).toContain('journal')
    expect((await runOnce()).code).toBe(14)
    expect(posts(gitlab())).toHaveLength(1)
  })
})

describe('what is on the disk', () => {
  test('the intent is there when the POST arrives', async () => {
    let seen = ''
    const server = await rawServer((socket, _, isWhole) => {
      if (!isWhole) return
      seen = readFileSync(journalFile(), 'utf8')
      socket.resetAndDestroy()
    })
    const world = newWorld(home().world({ env: environmentFor(server.url).env }))
    const { code } = await runIn(world, '--ref master --once K --var SECRETIVE=v4lu3')
    await server.close()
    expect(code).toBe(7)
    expect(seen.endsWith('\n')).toBe(true)
    expect(JSON.parse(seen)).toMatchObject({ key: 'K', project: '9', ref: 'master', user: 'tester' })
    expect(seen).not.toContain('v4lu3')
  })

  test('only the user may read it: 0700 and 0600', async () => {
    await runOnce()
    expect(statSync(journalFolder()).mode & 0o777).toBe(0o700)
    expect(statSync(home().state).mode & 0o777).toBe(0o700)
    expect(statSync(journalFile()).mode & 0o777).toBe(0o600)
  })

  test('no secret is in any file or in the history', async () => {
    const env = { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api }
    const line = ['--ref', 'master', '--once', 'K', '--var', 'PASSWORD=h1dd3n-v4lu3', '--marker']
    await runOnce(line, { env })
    failPost({ kind: 'answer', status: 400, body: gitlab().tokens.trigger })
    await runOnce([...line.slice(0, 3), 'L'], { env })
    const history = (await runOnce('history')).stdout + (await runOnce('history --json')).stdout
    for (const secret of [gitlab().tokens.trigger, gitlab().tokens.api, 'h1dd3n-v4lu3']) {
      expect(leaksBelow(home().home, secret)).toEqual([])
      expect(history).not.toContain(secret)
    }
  })

  test('without --once there is none', async () => {
    await runOnce('--ref master')
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
    expect(first.stdout).toBe('4711\n-\n4712\n')
    expect(posts(gitlab())).toHaveLength(3)
    const second = await go()
    expect(second.stdout).toBe(first.stdout)
    expect({ first: first.code, second: second.code }).toEqual({ first: 5, second: 5 })
    expect(posts(gitlab())).toHaveLength(4)
    expect(gitlab().pipelines).toHaveLength(2)
  })
})
