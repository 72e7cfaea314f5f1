import { EventEmitter } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemAuthorities } from '../../src/http/tls/system-authorities.ts'
import { interruption } from '../../src/platform/signals.ts'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { run, type Line, type Result } from '../helpers/run.ts'
import type { WorldOptions } from '../helpers/world.ts'

// Each row of docs/platforms.md, by a world that says which system it is. What Node itself does there is not tried here.

const gitlab = useGitlab()
const home = useHome()
const systems = ['linux', 'darwin', 'win32'] as const
type System = (typeof systems)[number]

/** Types a line on that system, with a server, a project and a token in the environment. */
function typed(platform: System, line: Line, { env, ...more }: WorldOptions = {}): Promise<Result> {
  const own = environment(gitlab(), { GITLAB_TRIGGER_REF: 'master', PATH: '/usr/bin:/bin', ...env }).env
  return run(line, home().world({ platform, ...more, env: own ?? {} }))
}
const said = ({ stderr }: Result): string => stderr.replaceAll(/\s+/g, ' ')

/** A folder of programs that each write their words into a file next to themselves. */
function programs(...names: string[]): string {
  for (const name of names)
    home().write(`programs/${name}`, '#!/bin/sh\necho "${0##*/} $*" > "$0.words"\nexit 0\n', 0o700)
  return join(home().root, 'programs')
}

describe('files that others can use', () => {
  test.each<[System, number]>([
    ['linux', 14],
    ['darwin', 14],
    ['win32', 0],
  ])('a token of mode 0644 on %s: %i', async (system, code) => {
    const path = home().write('token', gitlab().tokens.trigger, 0o644)
    const result = await typed(system, ['--token-file', path], { env: { GITLAB_TRIGGER_TOKEN: '' } })
    expect(result.code).toBe(code)
    expect(said(result).includes(`Run: chmod 600 ${path}`)).toBe(code === 14)
  })

  test.each<[System, number]>([
    ['linux', 14],
    ['darwin', 14],
    ['win32', 0],
  ])('a config of mode 0666 on %s: %i', async (system, code) => {
    home().config('ref: master\n', 'config.yaml', 0o666)
    const result = await typed(system, [])
    expect(result.code).toBe(code)
    expect(said(result).includes('can be written by others')).toBe(code === 14)
  })

  test('doctor says the mode of a config only where there are modes', async () => {
    home().config('ref: master\n')
    const [linux, windows] = [await typed('linux', 'doctor'), await typed('win32', 'doctor')]
    expect(linux.stdout).toContain('config.yaml (mode 0600)')
    expect(windows.stdout).toContain('config.yaml\n')
  })
})

test.each<[System, string, string]>([
  ['linux', 'DISPLAY', 'xdg-open'],
  ['darwin', '', 'open'],
  ['win32', '', 'rundll32 url.dll,FileProtocolHandler'],
])('--web on %s %s: %s', async (system, display, words) => {
  const [program = ''] = words.split(' ')
  const env = { PATH: programs(program), ...(display && { [display]: ':0' }) }
  expect(await typed(system, '--web', { env, tty: ['stderr'] })).toMatchObject({ code: 0, stdout: '4711\n' })
  expect(readFileSync(join(home().root, 'programs', `${program}.words`), 'utf8')).toBe(
    `${words} ${gitlab().url}/seed/app/-/pipelines/4711\n`,
  )
})

test('$BROWSER is a list with semicolons on Windows, where a colon is part of a path', async () => {
  const folder = programs('fir:efox')
  const env = { BROWSER: `/no/such;${folder}/fir:efox` }
  expect(await typed('win32', '--web', { env, tty: ['stderr'] })).toMatchObject({ code: 0, stdout: '4711\n' })
  expect(readFileSync(join(folder, 'fir:efox.words'), 'utf8')).toContain('/pipelines/4711')
})

// A terminal of Windows sets no TERM.
test.each<[env: Record<string, string>, hasColors: boolean]>([
  [{}, true],
  [{ NO_COLOR: '1' }, false],
  [{ FORCE_COLOR: '0' }, false],
])('colours on a terminal of Windows with %j: %s', async (env, hasColors) => {
  const { stderr } = await typed('win32', [], { env, tty: ['stderr'] })
  expect(stderr).toContain('4711')
  expect(stderr.includes('\u001b[')).toBe(hasColors)
})

describe('--lock', () => {
  test.each<[System, string[]]>([
    ['linux', ['needs the program flock, which is not installed', 'util-linux']],
    [
      'darwin',
      ['needs the program flock, which is not installed', 'brew install flock', 'not tested on macOS'],
    ],
    ['win32', ['--lock does not work on Windows', 'Leave it out', 'Task Scheduler']],
  ])('without flock on %s', async (system, words) => {
    const result = await typed(system, '--lock nightly', { env: { PATH: programs() } })
    expect(result).toMatchObject({ code: 14, stdout: '' })
    for (const part of words) expect(said(result)).toContain(part)
    expect(gitlab().requests).toEqual([])
  })

  test('Windows: a program flock, as Git has one there, is not started', async () => {
    const folder = programs('flock')
    expect(await typed('win32', '--lock nightly', { env: { PATH: folder } })).toMatchObject({ code: 14 })
    expect(() => readFileSync(join(folder, 'flock.words'))).toThrow('ENOENT')
  })

  test.each<[System, boolean]>([
    ['linux', true],
    ['darwin', true],
    ['win32', false],
  ])('--only-if-changed without flock on %s: an unattended run says so: %s', async (system, isSaid) => {
    const env = { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api, PATH: programs() }
    const result = await typed(system, '--only-if-changed', { env })
    expect(result).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(result.stderr).toBe(
      isSaid
        ? 'warning: --only-if-changed: the program flock is not installed; runs at the same time can trigger the same commit twice.\n'
        : '',
    )
  })

  test('Windows: --only-if-changed says that runs at once are not kept apart', async () => {
    const env = { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api }
    const result = await typed('win32', '--only-if-changed', { env, tty: ['stderr'] })
    expect(result.code).toBe(0)
    expect(said(result)).toContain('the program flock is not installed')
  })
})

describe('the home folder', () => {
  test.each<[path: string, System, isFound: boolean]>([
    ['~/token', 'linux', true],
    ['~/token', 'win32', true],
    ['~\\token', 'win32', true],
    ['~\\token', 'linux', false],
    ['~\\token', 'darwin', false],
  ])('%s on %s: %s', async (path, system, isFound) => {
    home().write('home/token', gitlab().tokens.trigger)
    const none = { GITLAB_TRIGGER_TOKEN: '' }
    const flag = await typed(system, ['--token-file', path], { env: none })
    const variable = await typed(system, [], { env: { ...none, GITLAB_TRIGGER_TOKEN_FILE: path } })
    home().config(serverYaml(gitlab(), `tokenFile: '${path}'`))
    const config = await typed(system, [], { env: { ...none, GITLAB_TRIGGER_SERVER: 'work' } })
    expect([flag, variable, config].map(({ code }) => code === 0)).toEqual([isFound, isFound, isFound])
  })
})

test.each(systems)('a path with backslashes is repeated as it is: %s', async (system) => {
  const path = 'C:\\new\\tokens\\x.txt'
  const { code, stderr } = await typed(system, ['--token-file', path], { env: { GITLAB_TRIGGER_TOKEN: '' } })
  expect(code).toBe(2)
  expect(stderr).toContain(`--token-file: ${path} does not exist`)
  const json = await typed(system, ['--json', '--token-file', path], { env: { GITLAB_TRIGGER_TOKEN: '' } })
  expect((JSON.parse(json.stdout) as { error: { message: string } }).error.message).toContain(path)
})

describe('programs that print a token', () => {
  const wants = (system: System, line: string): Promise<Result> => {
    home().config(serverYaml(gitlab(), 'project: 9', line))
    return typed(system, [], { env: { GITLAB_TRIGGER_TOKEN: '', GITLAB_TRIGGER_SERVER: 'work' } })
  }

  test('Windows: no program reads a keyring', async () => {
    const result = await wants('win32', 'tokenFrom: keyring')
    expect(result.code).toBe(14)
    expect(said(result)).toContain('no program reads a keyring on this system')
    expect(said(result)).toContain('Use tokenFile')
  })

  test.each<[System, string, string]>([
    ['win32', 'op.cmd', 'the program op.cmd is a script, which only a shell starts'],
    ['win32', 'OP.BAT', 'the program OP.BAT is a script, which only a shell starts'],
    ['win32', 'op.exe', 'the program op.exe was not found'],
    ['linux', 'op.cmd', 'the program op.cmd was not found'],
  ])('%s: %s', async (system, program, words) => {
    const result = await wants(system, `tokenCommand: [${program}, read]`)
    expect(result.code).toBe(14)
    expect(said(result)).toContain(words)
  })
})

test.each<[System, string, string | undefined]>([
  ['linux', 'cron', undefined],
  ['linux', 'systemd', undefined],
  ['darwin', 'cron', undefined],
  ['darwin', 'systemd', 'macOS has no systemd; use schedule cron.'],
  ['win32', 'cron', 'Windows has no cron; start the program from Task Scheduler.'],
  ['win32', 'systemd', 'Windows has no systemd; start the program from Task Scheduler.'],
])('on %s, schedule %s prints its form and says %s', async (system, form, words) => {
  const { GITLAB_TRIGGER_TOKEN, ...env } = environment(gitlab(), { PATH: '/usr/bin:/bin' }).env ?? {}
  const token = home().write('token', GITLAB_TRIGGER_TOKEN ?? '')
  const line = ['schedule', form, '--ref', 'master', '--token-file', token]
  const { code, stdout, stderr } = await run(line, home().world({ platform: system, env }))
  expect(code).toBe(0)
  expect(stdout).toContain('/opt/bin/gitlab-trigger')
  expect(stderr.split('\n').filter((each) => /has no|Task Scheduler/.test(each))).toEqual(
    words === undefined ? [] : [words],
  )
})

describe('folders of the system', () => {
  test.each<[System, boolean]>([
    ['linux', true],
    ['darwin', true],
    ['win32', false],
  ])('%s: /etc is read: %s', async (system, isRead) => {
    const { stdout } = await typed(system, 'config path')
    expect(stdout.includes('/etc/gitlab-trigger/')).toBe(isRead)
  })

  test('$XDG_CONFIG_DIRS has the separator of the system', async () => {
    home().system('ref: master\n')
    const first = join(home().root, 'none')
    const second = join(home().root, 'system')
    for (const [system, sign] of [
      ['linux', ':'],
      ['darwin', ':'],
      ['win32', ';'],
    ] as const) {
      const env = { GITLAB_TRIGGER_REF: '', XDG_CONFIG_DIRS: `${first}${sign}${second}` }
      expect((await typed(system, [], { env })).code).toBe(0)
    }
    expect(posts(gitlab())).toHaveLength(3)
  })

  test('SSL_CERT_DIR too, and the usual files count only where they are the system’s', () => {
    const [empty, full] = [join(home().root, 'empty'), join(home().root, 'full')]
    mkdirSync(empty)
    const pem = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----'
    home().write('full/a.pem', pem)
    expect(systemAuthorities({ folders: `${empty}:${full}`, platform: 'darwin' })).toEqual([pem])
    expect(systemAuthorities({ folders: `${empty};${full}`, platform: 'win32' })).toEqual([pem])
    const [linux, windows] = ['linux', 'win32'].map((platform) => systemAuthorities({ platform }).length)
    expect(windows).toBeLessThan(linux ?? 0)
  })
})

describe('signals', () => {
  /** A process of that system, which keeps what it would have ended with. */
  function newProcess(
    platform: NodeJS.Platform,
  ): EventEmitter & { ended: number[]; exit: (code: number) => void } {
    const ended: number[] = []
    return Object.assign(new EventEmitter(), {
      platform,
      ended,
      exit: (code: number) => void ended.push(code),
    })
  }

  test.each<[NodeJS.Platform, string, string | undefined, number | undefined]>([
    ['linux', 'SIGINT', 'SIGINT', 130],
    ['linux', 'SIGTERM', 'SIGTERM', 143],
    ['linux', 'SIGBREAK', undefined, undefined],
    ['darwin', 'SIGBREAK', undefined, undefined],
    ['win32', 'SIGINT', 'SIGINT', 130],
    ['win32', 'SIGBREAK', 'SIGINT', 130],
    ['win32', 'SIGHUP', 'SIGHUP', 129],
  ])('%s: %s counts as %s, the second one ends with %s', (platform, name, meant, code) => {
    const target = newProcess(platform)
    const signal = interruption(target as unknown as Parameters<typeof interruption>[0])
    target.emit(name)
    expect((signal.reason as { signal?: string } | undefined)?.signal).toBe(meant)
    target.emit(name)
    expect(target.ended).toEqual(code === undefined ? [] : [code])
  })
})
