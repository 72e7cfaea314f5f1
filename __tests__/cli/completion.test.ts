import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { commandTable } from '../../src/cli/table/index.ts'
import { flagName } from '../../src/core/flag-name.ts'
import { startSandbox } from '../../src/sandbox/server.ts'
import { apiEnvironment } from '../helpers/api.ts'
import { runInTime } from '../helpers/clock.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { leaksBelow, useHome } from '../helpers/home.ts'
import { run, runIn } from '../helpers/run.ts'
import { closedPortUrl } from '../helpers/run-against.ts'
import { newWorld, start, type WorldOptions } from '../helpers/world.ts'

const gitlab = useGitlab()
const home = useHome()

const bare = (): WorldOptions => home().world()
const asMember = (more: Record<string, string> = {}): WorldOptions =>
  home().world({ env: { ...apiEnvironment(gitlab()).env, ...more } })

/** What is typed, `_` being a word that is still empty. */
const wordsOf = (line: string): string[] => line.split(' ').map((word) => (word === '_' ? '' : word))

/** The candidates for the last word, without what they mean. */
async function completed(
  line: string | readonly string[],
  options: WorldOptions = bare(),
): Promise<string[]> {
  const words = typeof line === 'string' ? wordsOf(line) : line
  const { code, stdout, stderr } = await run(['__complete', '--', ...words], options)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((each) => each.split('\t')[0] ?? '')
}

// prettier-ignore
test.each<[line: string, candidates: string[]]>([
  ['st', ['status']],
  ['s', ['status', 'schedule', 'sandbox']],
  ['tokens r', ['revoke', 'rotate']],
  ['schedule g', ['gitlab-ci', 'github-actions', 'gitlab']],
  ['schedule gitlab _', ['create', 'list', 'run', 'delete']],
  ['status 4711 _', []],
  ['--no-color tok', ['tokens']],
  ['-p 9 ref', ['refs']],
  ['-p9 ref', ['refs']],
  ['--ref run ref', ['refs']],
  ['help sched', ['schedule']],
  ['help ex', ['exit-codes']],
  ['help schedule gitlab l', ['list']],
  ['help conf', ['config']],
  ['run --progress _', ['tree', 'lines', 'none']],
  ['run --progress=_', []],
  ['run --progress=l', ['--progress=lines']],
  ['run --on-manual p', ['pass', 'play']],
  ['--api v', ['v4', 'v3']],
  ['wait 4711 --logs f', ['failed']],
  ['pipelines --status succ', ['success']],
  ['sandbox --gitlab 1', ['10.3', '18.9', '19']],
  ['schedule systemd --timezone Europe/Berl', ['Europe/Berlin']],
  ['status 4711 --json=id,pr', ['--json=id,project_id']],
  ['--json=we', ['--json=web_url']],
  ['completion _', ['bash', 'zsh', 'fish']],
  ['run --tok', ['--token-file', '--token-stdin', '--token']],
  ['run --no-', ['--no-verify', '--no-config', '--no-color']],
  ['run --verify --ver', ['--verbose']],
  ['run --var A=1 --var', ['--var', '--var-file', '--vars-from']],
  ['status --tim', ['--timeline', '--timeout']],
  ['--vers', ['--version']],
  ['sandbox -- --p', [':files']],
  ['run --token-file _', [':files']],
  ['run --artifacts out/', [':folders']],
  ['run --artifacts=out/', [':folders']],
  ['config trust _', [':files']],
  ['run --token _', []],
  ['run -t _', []],
  ['run --token=gl', []],
  ['run --var _', []],
  ['run --timeout _', []],
  ['nothing-like-this _', []],
  ['run --bogus _', []],
])('%s', async (line, candidates) => {
  const options = home().world({ env: { HOME: home().home } })
  const found = await completed(line, options)
  expect([...found].sort()).toEqual([...candidates].sort())
})

test('every command and every flag can be completed', async () => {
  for (const { name, options } of commandTable) {
    const words = name.split(' ')
    expect(await completed([...words.slice(0, -1), words.at(-1)?.slice(0, 2) ?? ''])).toContain(words.at(-1))
    const rows = Object.values(options).flatMap((group) => Object.entries(group.rows))
    const flags = rows
      .filter(([, row]) => row.help !== undefined && !row.isUnlisted)
      .map(([key]) => flagName(key))
    expect(await completed([...words, '--'])).toEqual(expect.arrayContaining([...flags, '--help']))
  }
})

test('with what each means', async () => {
  const { stdout } = await run(['__complete', '--', 'run', '--dry'], bare())
  expect(stdout).toBe('--dry-run\tprint the request instead of sending it\n')
})

test.each([[], ['--'], [''], ['--', '"'], ['--', "'", ''], ['--', '\\'], ['--', '=', '--=', '-']])(
  'whatever a shell asks: %j',
  async (...words) => {
    expect(await run(['__complete', ...words], bare())).toMatchObject({ code: 0, stderr: '' })
  },
)

describe('names of the config', () => {
  const config =
    'servers:\n  work: { url: https://a.example }\n  home: { url: https://b.example }\nrecipes:\n  nightly: {}\n  night-docs: {}\n'

  // prettier-ignore
  test.each<[line: string, candidates: string[]]>([
    ['nigh', ['nightly', 'night-docs']],
    ['run n', ['nightly', 'night-docs']],
    ['schedule cron ni', ['nightly', 'night-docs']],
    ['-s _', ['work', 'home']],
    ['--server=w', ['--server=work']],
    ['config edit-token _', ['work', 'home']],
    ['tokens create --save-to-server h', ['home']],
  ])('%s', async (line, candidates) => {
    home().config(config)
    expect(await completed(line)).toEqual(candidates)
  })

  test('of a file that was typed, also in quotes', async () => {
    home().write('work/checkout/my config.yaml', config)
    for (const path of ['"my config.yaml"', "'my config.yaml'", 'my\\ config.yaml'])
      expect(await completed(['--config', path, '-s', ''])).toEqual(['work', 'home'])
  })

  test("not of a checkout's file that is not trusted, nor of one that is broken", async () => {
    home().write('work/checkout/.gitlab-triggerrc.yaml', 'recipes:\n  nightly: {}\n')
    expect(await completed('nigh')).toEqual([])
    home().config('recipes: [')
    expect(await completed('nigh')).toEqual([])
  })
})

describe('names of the server', () => {
  // prettier-ignore
  test.each<[line: string, candidates: string[]]>([
    ['--ref ma', ['manual', 'master']],
    ['run --ref=mas', ['--ref=master']],
    ['-p 9 -r mas', ['master']],
    ['refs -p seed/a', ['seed/app']],
    ['--project=seed/d', ['--project=seed/docs']],
  ])('%s', async (line, candidates) => {
    expect((await completed(line, asMember())).sort()).toEqual(candidates)
  })

  test('they are asked for once in a minute, and kept where nobody else reads them', async () => {
    const typed = async (ms: number): Promise<number> => {
      const world = newWorld(asMember())
      world.advance(ms)
      const { stdout } = await runIn(world, ['__complete', '--', '--ref', 'mas'])
      expect(stdout).toBe('master\tbranch or tag\n')
      return gitlab().requests.length
    }
    const first = await typed(0)
    expect(await typed(59_000)).toBe(first)
    expect(await typed(61_000)).toBe(2 * first)
    const folder = join(home().state, 'completion')
    const [file = '', ...others] = readdirSync(folder)
    expect(others).toEqual([])
    expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600)
    expect(leaksBelow(home().root, gitlab().tokens.api)).toEqual([])
  })

  // prettier-ignore
  test.each<[why: string, env: () => Record<string, string> | Promise<Record<string, string>>]>([
    ['no API token', () => ({ GITLAB_TRIGGER_API_TOKEN: '' })],
    ['a wrong one', () => ({ GITLAB_TRIGGER_API_TOKEN: 'glpat-of-nobody-at-all' })],
    ['no server', () => ({ GITLAB_TRIGGER_SERVER: '' })],
    ['a server that is not there', async () => ({ GITLAB_TRIGGER_SERVER: await closedPortUrl() })],
    ['no project', () => ({ GITLAB_TRIGGER_PROJECT: '' })],
    ['a project that is not there', () => ({ GITLAB_TRIGGER_PROJECT: '999' })],
    ['no home', () => ({ HOME: '/nowhere', XDG_STATE_HOME: '/proc/nowhere' })],
  ])('%s: silence', async (why, env) => {
    const names = await completed('--ref mas', asMember(await env()))
    expect(names).toEqual(why === 'no home' ? ['master'] : [])
  })

  test('a server that does not answer is waited for 300 ms', async () => {
    const server = gitlab()
    server.failNext({ kind: 'stall', method: 'GET' })
    server.failNext({ kind: 'stall', method: 'GET' })
    const { code, stdout, stderr, tookMs } = await runInTime(
      server,
      ['__complete', '--', '--ref', 'mas'],
      asMember(),
    )
    expect({ code, stdout, stderr, tookMs }).toEqual({ code: 0, stdout: '', stderr: '', tookMs: 300 })
  })

  test('no program of the config is run for a token', async () => {
    const marker = join(home().root, 'was-run')
    home().config(
      `default: work\nservers:\n  work: { url: "${gitlab().url}", apiTokenCommand: [touch, "${marker}"], tokenCommand: [touch, "${marker}"] }\n`,
    )
    expect(await completed('-p 9 --ref mas', home().world({ env: { PATH: '/usr/bin:/bin' } }))).toEqual([])
    expect(existsSync(marker)).toBe(false)
    expect(gitlab().requests).toEqual([])
  })

  test('nor is anything asked of a server that an untrusted checkout names', async () => {
    const other = await startSandbox({ now: () => start, paceMs: 0 })
    home().write('work/checkout/.gitlab-triggerrc.yaml', `server: ${other.url}\nproject: 9\n`)
    const env = { GITLAB_TRIGGER_API_TOKEN: other.tokens.api }
    expect(await completed('--ref mas', home().world({ env }))).toEqual([])
    expect(other.requests).toEqual([])
    await other.close()
  })

  test('a token that was typed has no part in it', async () => {
    await completed(['--token', 'c4n4ry', '--ref', 'mas'], asMember())
    expect(leaksBelow(home().root, 'c4n4ry')).toEqual([])
  })
})

describe('completion SHELL', () => {
  test.each(['bash', 'zsh', 'fish'])('%s', async (shell) => {
    const { code, stdout, stderr } = await run(`completion ${shell}`, bare())
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('gitlab-trigger __complete -- ')
  })

  test.each([
    ['completion', '<shell> is missing'],
    ['completion powershell', 'completion: "powershell" is not one of bash, zsh, fish'],
    ['completion bash zsh', 'unexpected argument'],
  ])('%s', async (line, says) => {
    const { code, stderr } = await run(line, bare())
    expect(code).toBe(2)
    expect(stderr).toContain(says)
  })
})
