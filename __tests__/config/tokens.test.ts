import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expectRefusalMessage } from '../helpers/refusal-message.ts'
import { lastFields, useGitlab } from '../helpers/gitlab.ts'
import { leaksBelow, serverYaml, useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'
import { spawnClient } from '../helpers/spawn.ts'

const gitlab = useGitlab()
const home = useHome()
const canary = 'c4n4ry-token'
const token = (): string => gitlab().tokens.trigger

const line = '--project 9 --ref master'
const typed = (more = '', env: Record<string, string> = {}): Promise<Result> =>
  run(`${line} ${more}`.trim(), home().world({ env: { PATH: '/usr/bin:/bin', ...env } }))

const write = (...lines: string[]): string => home().config(serverYaml(gitlab(), ...lines))
const list = (...words: string[]): string => JSON.stringify(words)

async function expectSent(done: Promise<Result>, sent = token()): Promise<void> {
  const { code, stdout, stderr } = await done
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '4711\n', stderr: '' })
  expect(lastFields(gitlab())['token']).toBe(sent)
}

async function expectRefused(done: Promise<Result>, ...says: string[]): Promise<void> {
  const { code, stdout, stderr } = await done
  for (const part of says) expect(stderr).toContain(part)
  expect({ code, stdout }).toEqual({ code: 14, stdout: '' })
  expectRefusalMessage(stderr)
  expect(stderr).not.toContain(canary)
  expect(gitlab().requests).toEqual([])
}

describe('where the token of a server comes from', () => {
  test('tokenFile, relative to the config file, wherever we stand', async () => {
    write('tokenFile: secrets/work.token')
    home().write('home/.config/gitlab-trigger/secrets/work.token', `${token()}\n`)
    home().write('work/checkout/secrets/work.token', canary)
    await expectSent(typed())
  })

  test('tokenFile with ~/', async () => {
    write('tokenFile: ~/work.token')
    home().write('home/work.token', token())
    await expectSent(typed())
  })

  test('tokenFile, the whole path', async () => {
    write(`tokenFile: ${home().write('elsewhere/token', token())}`)
    await expectSent(typed())
  })

  test('tokenEnv', async () => {
    write('tokenEnv: WORK_TOKEN')
    await expectSent(typed('', { WORK_TOKEN: token() }))
  })

  test('tokenCommand', async () => {
    write(`tokenCommand: ${list('printf', '%s', token())}`)
    await expectSent(typed())
  })

  test('token', async () => {
    write(`token: ${token()}`)
    await expectSent(typed())
  })

  const ways: Record<string, (value: string) => string> = {
    tokenFile: (value) => `tokenFile: ${home().write('by-file', value)}`,
    tokenEnv: (value) => `tokenEnv: ${value === canary ? 'LOSER' : 'WINNER'}`,
    tokenCommand: (value) => `tokenCommand: ${list('printf', '%s', value)}`,
    token: (value) => `token: ${value}`,
  }
  test.each([
    ['tokenFile', 'tokenEnv'],
    ['tokenFile', 'tokenCommand'],
    ['tokenFile', 'token'],
    ['tokenEnv', 'tokenCommand'],
    ['tokenEnv', 'token'],
    ['tokenCommand', 'token'],
  ])('%s over %s', async (winner, loser) => {
    write(ways[loser]?.(canary) ?? '', ways[winner]?.(token()) ?? '')
    await expectSent(typed('', { WINNER: token(), LOSER: canary }))
  })

  test.each<[name: string, line: () => string, env: () => Record<string, string>]>([
    ['--token-file', () => `--token-file ${home().write('t', token())}`, () => ({})],
    ['--token', () => `--token ${token()}`, () => ({})],
    ['GITLAB_TRIGGER_TOKEN', () => '', () => ({ GITLAB_TRIGGER_TOKEN: token() })],
    [
      'GITLAB_TRIGGER_TOKEN_FILE',
      () => '',
      () => ({ GITLAB_TRIGGER_TOKEN_FILE: home().write('t', token()) }),
    ],
  ])('%s over all of them; no program is run', async (_, typedLine, env) => {
    const marker = join(home().root, 'run')
    write(`tokenCommand: ${list('touch', marker)}`, `token: ${canary}`)
    await expectSent(typed(typedLine(), env()))
    expect(existsSync(marker)).toBe(false)
  })

  test('an API token for --jobs, from each source', async () => {
    const { api } = gitlab().tokens
    const sources = [
      `apiTokenFile: ${home().write('api', api)}`,
      'apiTokenEnv: WORK_API',
      `apiTokenCommand: ${list('printf', '%s', api)}`,
      `apiToken: ${api}`,
    ]
    for (const source of sources) {
      write(`token: ${token()}`, source)
      const { code, stdout } = await typed('--jobs', { WORK_API: api })
      expect([source, code]).toEqual([source, 0])
      expect(stdout.split('\n').length).toBeGreaterThan(2)
    }
    expect(lastFields(gitlab())['token']).toBe(token())
  })

  test.each<[name: string, source: () => string]>([
    ['a file that is not there', () => 'apiTokenFile: missing'],
    ['a variable that is not set', () => 'apiTokenEnv: MISSING'],
    ['a program', () => `apiTokenCommand: ${list('touch', join(home().root, 'run'))}`],
  ])('an API token that nobody asks for is not fetched: %s', async (_, source) => {
    write(`token: ${token()}`, source())
    await expectSent(typed())
    expect(existsSync(join(home().root, 'run'))).toBe(false)
  })

  test.each<[name: string, source: () => string, says: string]>([
    ['a placeholder', () => 'apiToken: <your-token>', 'looks like a placeholder'],
    ['a variable', () => "apiToken: '$API_TOKEN'", 'a variable that was not expanded'],
    ['a job token', () => `apiToken: ${gitlab().tokens.job}`, "a CI job's token (glcbt-), not an API token"],
    ['a variable with a blank', () => 'apiTokenEnv: WORK_API', 'holds a blank'],
    ['an empty file', () => `apiTokenFile: ${home().write('api', '')}`, 'the token is empty'],
    ['a file that others can read', () => `apiTokenFile: ${home().write('api', 'x', 0o644)}`, '0644'],
    ['a folder', () => 'apiTokenFile: .', 'it is a directory'],
  ])(
    'an API token that nobody asks for and that is none is told, and left out: %s',
    async (_, source, says) => {
      const path = write(`token: ${token()}`, source())
      for (const flags of ['', '--dry-run', '--json']) {
        const { code, stderr } = await typed(flags, { WORK_API: `${canary} x` })
        expect({ code, isTold: stderr.startsWith(`warning: `) }).toEqual({ code: 0, isTold: true })
        for (const part of [`${path}:6`, 'servers.work.apiToken', says, '; continuing without an API token.'])
          expect(stderr).toContain(part)
        expect(stderr).not.toContain(canary)
      }
    },
  )

  test.each(['--curl'])('%s needs no token, and fetches none', async (flag) => {
    write(`tokenCommand: ${list('touch', join(home().root, 'run'))}`)
    expect(await typed(flag)).toMatchObject({ code: 0, stderr: '' })
    expect(existsSync(join(home().root, 'run'))).toBe(false)
  })

  test('an entry found by its address has its token', async () => {
    write(`token: ${token()}`)
    await expectSent(typed(`--server ${gitlab().url}`))
  })
})

describe('a token that cannot be had', () => {
  test.each(['', 'UNSET'])('T23 tokenEnv names a variable that is %j', async (value) => {
    const path = write('tokenEnv: WORK_TOKEN')
    const env = value === '' ? { WORK_TOKEN: '' } : {}
    await expectRefused(typed('', env), `${path}:5`, 'WORK_TOKEN')
  })

  test.each<[name: string, lines: () => string[], env: Record<string, string>, says: string[]]>([
    [
      'tokenEnv with a blank inside',
      () => ['tokenEnv: WORK_TOKEN'],
      { WORK_TOKEN: `${canary} x` },
      ['WORK_TOKEN', ':5'],
    ],
    ['tokenFile missing', () => ['tokenFile: missing'], {}, ['missing', 'does not exist', ':5']],
    ['tokenFile a folder', () => ['tokenFile: .'], {}, ['directory', ':5']],
    [
      'tokenFile with two lines',
      () => [`tokenFile: ${home().write('t', `${canary}\n${canary}`)}`],
      {},
      ['line end', ':5'],
    ],
    ['tokenFile empty', () => [`tokenFile: ${home().write('t', '')}`], {}, ['empty', ':5']],
    ['tokenFile with ~/ and no file', () => ['tokenFile: ~/missing'], {}, ['home/missing', ':5']],
    ['token with a blank', () => [`token: "${canary} x"`], {}, ['blank', ':5']],
    ['token with a line end', () => [`token: "${canary}\\n${canary}"`], {}, ['line end', ':5']],
    ['apiTokenEnv for --jobs', () => [`token: ${token()}`, 'apiTokenEnv: MISSING'], {}, ['MISSING', ':6']],
  ])('%s', async (_, lines, env, says) => {
    const path = write(...lines())
    await expectRefused(typed('--jobs', env), path, ...says)
  })

  test('tokenFile that others can read', async () => {
    const path = home().write('t', canary, 0o644)
    write(`tokenFile: ${path}`)
    await expectRefused(typed(), path, '0644', `chmod 600 ${path}`)
  })

  test('tokenFile with ~/ where there is no home', async () => {
    const path = home().write('named.yaml', serverYaml(gitlab(), 'tokenFile: ~/work.token'))
    await expectRefused(run(`${line} --config ${path}`, { cwd: home().checkout }), `${path}:5`, 'HOME')
  })
})

describe('T52 what a token program is given', () => {
  const dump = (): string => join(home().root, 'environment')
  const script = (): string => `env > '${dump()}'; echo "$0 $*" >> '${dump()}'; printf %s ${token()}`

  const secrets: [name: string, env: Record<string, string>, lines: string[]][] = [
    ['GITLAB_TRIGGER_API_TOKEN', { GITLAB_TRIGGER_API_TOKEN: canary }, []],
    ['CI_JOB_TOKEN', { CI_JOB_TOKEN: canary, GITLAB_CI: 'true' }, []],
    ['a token of another server', { OTHER_TOKEN: canary }, ['servers: {}']],
  ]
  test.each(secrets)('not %s', async (name, env) => {
    const other = name.startsWith('a token')
      ? '  other:\n    url: https://x.example\n    tokenEnv: OTHER_TOKEN\n'
      : ''
    home().config(serverYaml(gitlab(), `tokenCommand: ${list('sh', '-c', script())}`) + other)
    expect(await typed('', env)).toMatchObject({ code: 0 })
    expect(readFileSync(dump(), 'utf8')).not.toContain(canary)
    expect(leaksBelow(home().root, canary)).toEqual([])
  })

  test('an API token program is not given the trigger token', async () => {
    const text = script().replace(token(), gitlab().tokens.api)
    write(`apiTokenCommand: ${list('sh', '-c', text)}`)
    expect(await typed('--jobs', { GITLAB_TRIGGER_TOKEN: token() })).toMatchObject({ code: 0 })
    expect(readFileSync(dump(), 'utf8')).not.toContain(token())
  })

  test('but the rest of the environment', async () => {
    write(`tokenCommand: ${list('sh', '-c', script())}`)
    await expectSent(typed('', { PASSWORD_STORE_DIR: '/somewhere' }))
    expect(readFileSync(dump(), 'utf8')).toContain('PASSWORD_STORE_DIR=/somewhere')
  })

  test('a path with a slash is not taken from the checkout', async () => {
    const marker = join(home().root, 'stolen')
    const good = home().write('home/.config/gitlab-trigger/bin/token', `#!/bin/sh\nprintf %s ${token()}\n`)
    const evil = home().write(
      'work/checkout/bin/token',
      `#!/bin/sh\ntouch '${marker}'\nprintf %s ${token()}\n`,
    )
    for (const file of [good, evil]) chmodSync(file, 0o700)
    for (const name of ['bin/token', './bin/token']) {
      write(`tokenCommand: ${list(name)}`)
      const env = { ...home().world().env, PATH: '/usr/bin:/bin' }
      await spawnClient(line.split(' '), { cwd: home().checkout, env })
      expect(existsSync(marker)).toBe(false)
    }
  })
})
