import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { browserCommands } from '../../src/session/browser/browser-command.ts'
import { startSandbox } from '../../src/sandbox/server.ts'
import { apiEnvironment } from '../helpers/api.ts'
import { prepareServer } from '../helpers/command-lines.ts'
import { environment, useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { run, runIn, type Result } from '../helpers/run.ts'
import { newWorld, start, type WorldOptions } from '../helpers/world.ts'

const gitlab = useGitlab()
const home = useHome()
beforeEach(() => prepareServer(gitlab()))

const terminal = ['stdin', 'stdout', 'stderr'] as const
type Tty = NonNullable<WorldOptions['tty']>

const canary = 'c4n4ry-secret'

/** A browser that keeps its words, and its environment. */
function browser(name = 'browser', ends = 0): string {
  const path = home().write(
    name,
    `#!/bin/sh\nfor word; do printf '%s\\n' "$word"; done >> "$0.words"\nenv > "$0.env"\nexit ${ends}\n`,
    0o700,
  )
  return path
}
const opened = (name = 'browser'): string[] => {
  const path = join(home().root, `${name}.words`)
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : []
}

function world(more: Record<string, string> = {}, tty: Tty = [...terminal]): WorldOptions {
  const { env } = apiEnvironment(gitlab(), { PATH: '/usr/bin:/bin', DISPLAY: '', NO_COLOR: '1', ...more })
  return home().world({ env: env ?? {}, tty })
}
const typed = (line: string, more: Record<string, string> = {}, tty?: Tty): Promise<Result> =>
  run(line, world({ BROWSER: browser(), ...more }, tty))

const page = (id: number): string => `${gitlab().url}/seed/app/-/pipelines/${id}`

describe('open', () => {
  // prettier-ignore
  test.each<[line: string, opens: () => string]>([
    ['open 4711', () => page(4711)],
    ['open #4711', () => page(4711)],
    ['open 4711 -p seed/app', () => page(4711)],
    ['open URL/seed/app/-/pipelines/4711', () => page(4711)],
    ['open URL/seed/app/-/pipelines/4711/builds', () => page(4711)],
    ['open URL/api/v4/projects/9/pipelines/4711', () => page(4711)],
    ['open', () => `${gitlab().url}/seed/app/-/pipelines`],
    ['open -p seed/app', () => `${gitlab().url}/seed/app/-/pipelines`],
  ])('%s', async (line, opens) => {
    const { code, stdout, stderr } = await typed(line.replace('URL', gitlab().url))
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: `Opened ${opens()}\n` })
    expect(opened()).toEqual([opens()])
  })

  test('without a pipeline: the last one of the project that the journal knows', async () => {
    const lines = ['--once z', '--once a'].map((line) => `--ref master ${line}`)
    for (const [minutes, line] of lines.entries()) {
      const later = newWorld(world())
      later.advance(minutes * 60_000)
      await runIn(later, line)
    }
    await typed('open')
    expect(opened()).toEqual([page(4715)])
    await typed('open -p seed/docs')
    expect(opened().at(-1)).toBe(`${gitlab().url}/seed/docs/-/pipelines`)
  })

  test('a pipeline that is not there is an error, and nothing is opened', async () => {
    const { code, stderr } = await typed('open 4799')
    expect(code).toBe(4)
    expect(stderr).toContain('pipeline 4799 of project 9 cannot be read')
    expect(opened()).toEqual([])
  })

  test('without an API token a browser may see more', async () => {
    const { code } = await typed('open 4711 -p seed/app', { GITLAB_TRIGGER_API_TOKEN: '' })
    expect(code).toBe(0)
    expect(opened()).toEqual([page(4711)])
  })

  test.each([
    'javascript:alert(1)',
    'file:///etc/passwd',
    'https://elsewhere.example/x',
    '-x',
    'data:text/html,x',
  ])('the server says that the page is %s: that is not opened', async (url) => {
    const body = JSON.stringify({ id: 4711, status: 'success', ref: 'master', web_url: url })
    gitlab().failNext({ kind: 'answer', method: 'GET', status: 200, contentType: 'application/json', body })
    await typed('open 4711 --api v4 -p seed/app')
    expect(opened()).toEqual([page(4711)])
  })

  test('a GitLab that does not know its own address: the path of its page, here', async () => {
    const body = JSON.stringify({
      id: 4711,
      status: 'success',
      web_url: 'https://inside:8443/seed/app/-/pipelines/4711',
    })
    gitlab().failNext({ kind: 'answer', method: 'GET', status: 200, contentType: 'application/json', body })
    await typed('open 4711 --api v4')
    expect(opened()).toEqual([page(4711)])
  })

  test('a URL of another server is refused', async () => {
    const { code } = await typed('open https://elsewhere.example/a/b/-/pipelines/1')
    expect(code).toBe(14)
    expect(opened()).toEqual([])
  })

  // prettier-ignore
  test.each<[why: string, more: Record<string, string>, tty: Tty, says: string]>([
    ['no terminal', {}, [], 'standard output is not a terminal'],
    ['stdout is a pipe', {}, ['stdin', 'stderr'], 'standard output is not a terminal'],
    ['stderr is a file', {}, ['stdin', 'stdout'], 'there is no terminal'],
    ['no browser', { BROWSER: '/no/such:none-here' }, [...terminal], '/no/such, none-here did not open it'],
    ['a browser that fails', { BROWSER: 'false' }, [...terminal], 'false did not open it'],
  ])('%s: the URL is printed, and why', async (_, more, tty, says) => {
    const { code, stdout, stderr } = await typed('open 4711', more, tty)
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${page(4711)}\n` })
    expect(stderr).toContain(`No browser was opened: ${says}.`)
    expect(opened()).toEqual([])
  })

  test('a browser that stays open is not waited for', async () => {
    const stays = home().write('stays', '#!/bin/sh\nexec sleep 5\n', 0o700)
    const moving = newWorld(world({ BROWSER: stays }))
    const alarm = moving.context.alarm.bind(moving.context)
    // The clock of a test stands still: the limit for a browser rings at once.
    moving.context.alarm = (ms, ring) =>
      ms === 1000 ? (setImmediate(ring), () => undefined) : alarm(ms, ring)
    const { code, stdout } = await runIn(moving, 'open 4711')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  })

  test('the browser inherits no secret', async () => {
    await typed('open 4711', {
      GITLAB_TRIGGER_TOKEN: canary,
      OLD_TRIGGER_TOKEN: canary,
      DATABASE_URL: `postgres://u:${canary}@x`,
      XDG_SESSION_TYPE: 'wayland',
    })
    const env = readFileSync(join(home().root, 'browser.env'), 'utf8')
    expect(env).not.toContain(canary)
    expect(env).not.toContain(gitlab().tokens.api)
    expect(env).toContain('XDG_SESSION_TYPE=wayland')
  })
})

describe('$BROWSER', () => {
  const url = 'https://gitlab.example.com/a'
  // prettier-ignore
  test.each<[env: Record<string, string>, system: string, commands: string[][]]>([
    [{ BROWSER: 'firefox' }, 'linux', [['firefox', url]]],
    [{ BROWSER: 'a:b -n:c %s x' }, 'linux', [['a', url], ['b', '-n', url], ['c', url, 'x']]],
    [{ BROWSER: 'a --url=%s %% %c' }, 'linux', [['a', `--url=${url}`, '%', ':']]],
    [{ BROWSER: 'a %%s' }, 'linux', [['a', '%s', url]]],
    [{ BROWSER: '::a::' }, 'linux', [['a', url]]],
    [{ BROWSER: 'a;touch pwned $(id)' }, 'linux', [['a;touch', 'pwned', '$(id)', url]]],
    [{ BROWSER: 'a' }, 'darwin', [['a', url]]],
    [{ BROWSER: '', DISPLAY: ':0' }, 'linux', [['xdg-open', url]]],
    [{ WAYLAND_DISPLAY: 'wayland-0' }, 'linux', [['xdg-open', url]]],
    [{}, 'linux', []],
    [{}, 'darwin', [['open', url]]],
    [{}, 'win32', [['rundll32', 'url.dll,FileProtocolHandler', url]]],
  ])('%j on %s', (env, system, commands) => {
    expect(browserCommands(url, { env, platform: system })).toEqual(commands)
  })

  test('the next one is tried where one is not there or fails', async () => {
    browser('fails', 3)
    const list = `/no/such:${join(home().root, 'fails')} %s:${browser()}`
    expect(await typed('open 4711', { BROWSER: list })).toMatchObject({ code: 0, stdout: '' })
    expect([opened('fails'), opened()]).toEqual([[page(4711)], [page(4711)]])
  })
})

describe('run --web', () => {
  const type = (line: string, more: Record<string, string> = {}, tty: Tty = ['stderr']): Promise<Result> => {
    const { env } = environment(gitlab(), {
      PATH: '/usr/bin:/bin',
      BROWSER: browser(),
      NO_COLOR: '1',
      ...more,
    })
    return run(line, home().world({ env: env ?? {}, tty }))
  }

  test('opens the page of the new pipeline', async () => {
    const { code, stdout, stderr } = await type('--ref master --web')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4714\n' })
    expect(stderr).not.toContain('warning')
    expect(opened()).toEqual([page(4714)])
  })

  // prettier-ignore
  test.each<[why: string, line: string, more: Record<string, string>, tty: Tty, code: number, says: string]>([
    ['no terminal', '--ref master --web', {}, [], 0, 'there is no terminal'],
    ['no browser', '--ref master --web', { BROWSER: '/no/such' }, ['stderr'], 0, '/no/such did not open it'],
    ['quietly', '--ref master --web --quiet', { BROWSER: '/no/such' }, ['stderr'], 0, '/no/such did not open it'],
  ])('%s: a warning, and the exit code of the trigger', async (_, line, more, tty, code, says) => {
    const result = await type(line, more, tty)
    expect(result.code).toBe(code)
    expect(result.stderr).toContain(`warning: --web: the page of the pipeline was not opened: ${says}.`)
    expect(opened()).toEqual([])
  })

  test.each(['--ref nowhere --web', '--ref master --web --dry-run', 'schedule cron --ref master --web'])(
    '%s: no pipeline, no page',
    async (line) => {
      expect((await type(line)).code).not.toBe(0)
      expect(opened()).toEqual([])
    },
  )

  test('API v3 tells no page: a warning', async () => {
    const old = await startSandbox({ now: () => start, paceMs: 0, gitlab: '8.5' })
    const { env } = environment(old, { BROWSER: browser(), NO_COLOR: '1' })
    const { code, stderr } = await run(
      '--ref master --web',
      home().world({ env: env ?? {}, tty: ['stderr'] }),
    )
    await old.close()
    expect(code).toBe(0)
    expect(stderr).toContain(
      'warning: --web: the page of the pipeline was not opened: GitLab does not report its address.',
    )
  })
})
