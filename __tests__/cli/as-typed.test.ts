import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { newCommands } from '../../src/cli/new-commands.ts'
import { commandTable } from '../../src/cli/table/index.ts'
import { environment, lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { run, runIn, type Line } from '../helpers/run.ts'
import { newWorld } from '../helpers/world.ts'

// Lines as people type them, out of habit with other programs.

const gitlab = useGitlab()
const home = useHome()

// prettier-ignore
const suggestions: [line: Line, says: string][] = [
  ['--no-such-flag= tokens list', 'unknown flag --no-such-flag'],
  ['--quiet tokens list', 'unknown flag --quiet\ngitlab-trigger tokens list --help lists the flags.'],
  ['-q status 4711', 'the command status does not take a flag that stands before it'],
  ['--verbose doctor', 'the command doctor does not take a flag that stands before it'],
  ['-p 9 tokens lsit', 'unknown command "lsit"; did you mean "tokens list"?'],
  ['--no-color -- tokens lsit', 'there is no recipe "tokens"'],
  ['--no-color tokens lsit', 'unknown command "lsit"; did you mean "tokens list"?'],
  ['tokens -p 9 lsit', 'unknown command "lsit"; did you mean "tokens list"?'],
  ['tokens --no-color lsit -p 9', 'unknown command "lsit"; did you mean "tokens list"?'],
  ['--no-color schedule crn', 'unknown command "crn"; did you mean "schedule cron"?'],
  ['--no-color schedule gitlab rm 13', 'did you mean "schedule gitlab delete"?'],
  ['schedule -p 9 gitlab rm 13', 'did you mean "schedule gitlab delete"?'],
  ['-p 9 tokens', 'a command is missing after "tokens"\ngitlab-trigger tokens --help lists the commands.'],
  ['tokens -p 9', 'a command is missing after "tokens"\n'],
  ['schedule gitlab -p 9', 'a command is missing after "schedule gitlab"\n'],
  ['--no-color statsu 4711', 'unknown command "statsu"; did you mean "status"?'],
  ['statsu 4711', 'unknown command "statsu"; did you mean "status"?'],
  ['statsu', 'unknown command or recipe "statsu"; did you mean "status"?'],
  ['token list -p 9', 'unknown command "token"; did you mean "tokens"?'],
  ['trigger -p 9 -r master', 'unknown command or recipe "trigger"; did you mean "run"?'],
  // What was typed is repeated, unless it may be a token or a password.
  ['status foo4x', '"foo4x" is not a pipeline id or URL'],
  ['status x!y', '"x!y" is not a pipeline id or URL'],
  ['status aB3xY9kQ', ': that is not a pipeline id or URL'],
  ['status u:p4ss@x', ': that is not a pipeline id or URL'],
  ['-p eleven!', '--project: the project path "eleven!" cannot hold !'],
  ['-s ht!tp://x', '--server: "ht!tp://x" is not an http(s) URL'],
  ['-s ftp://gitlab.example.com', '--server: "ftp://gitlab.example.com" is not an http(s) URL'],
  ['--heartbeat ftp://x', '--heartbeat: "ftp://x" is not an address'],
  ['tokens revoke - --yes', '"-" is not the id of a token'],
  ['tokens revoke x! --yes', '"x!" is not the id of a token'],
  ['config set a..b x', 'config set: "a..b" is not a key'],
  ['config set aB3xY9kQ..b x', 'config set: it is not a key'],
  ['--retry many!', '--retry: "many!" is not a whole number'],
  ['--timeout soon!', '--timeout: "soon!" is not a duration'],
  ['version', 'did you mean "--version"?'],
  ['auth', 'did you mean "login"?'],
  ['list -p 9', 'did you mean "pipelines"?'],
  ['LOGS 4711', 'did you mean "logs"?'],
  ['tokens delete 31', 'unknown command "delete"; did you mean "tokens revoke"?'],
  ['tokens remove 31 --yes', 'did you mean "tokens revoke"?'],
  ['tokens ls', 'did you mean "tokens list"?'],
  ['tokens lsit', 'did you mean "tokens list"?'],
  ['config ls', 'did you mean "config list"?'],
  ['schedule crn', 'unknown command "crn"; did you mean "schedule cron"?'],
  ['schedule gitlab rm 13', 'did you mean "schedule gitlab delete"?'],
  ['A=1', '"A=1" is not a command; did you mean --var A=1?'],
  ['A=1 -p 9 -r master', '"A=1" is not a command; did you mean --var A=1?'],
  ['PASSWORD=correct-horse', '"PASSWORD=..." is not a command; did you mean --var PASSWORD=...?'],
  ['run --branch master', 'unknown flag --branch; did you mean --ref?'],
  ['run --variable A=1', 'unknown flag --variable; did you mean --var?'],
  ['run --variables A=1', 'did you mean --var?'],
  ['run --watch', 'did you mean --follow?'],
  ['run -v', 'unknown flag -v; did you mean --verbose?'],
  ['run --host x', 'did you mean --server?'],
  ['status 4711 --repo 9', 'did you mean --project?'],
  ['run a b', 'there is no recipe "a"'],
  ['-p 9 -r master --wait 5m', 'A time limit is given with a flag: --timeout 5m.'],
  ['feature/x', 'A branch or tag is given with a flag: --ref feature/x'],
  ['run 90s', 'A time limit is given with a flag: --timeout 90s.'],
  ['run --config nowhere.yaml', 'Create it with: gitlab-trigger config init '],
  ['login --config nowhere.yaml --url http://localhost:1', 'Create it with: gitlab-trigger config init '],
  ['batch', '<plan> is missing\nNo pipeline was created.\nName a file: gitlab-trigger batch PLAN.yml; or'],
  ['completion', '<shell> is missing\nGive bash, zsh or fish.'],
  ['config get', '<key> is missing\nGive a key such as servers.work.url. To list what is set: gitlab-trigger config list'],
  ['config set servers.w.url', '<value> is missing\nGive the value after the key.'],
  ['config edit-token', '<server> is missing\nGive the name of a server of the config.'],
  ['tokens revoke', '<id> is missing\nTo list the tokens with their ids: gitlab-trigger tokens list'],
  ['schedule gitlab delete', '<number> is missing\nTo list the schedules'],
  ['status', '<pipeline> is missing\nGive its id (4711)'],
  ['help nothing', 'no help topic "nothing"'],
  ['help nope', 'no help topic "nope"\nTopics: '],
  ['help oepn', 'did you mean "open"?'],
  ['help tkoens', 'no help topic "tkoens"; did you mean "tokens"?'],
  ['help tokens delete', 'did you mean "tokens revoke"?'],
  ['run --timeout 5x', '--timeout: "5x" is not a duration'],
  ['wait 4711 --run-timeout soon', '--run-timeout: "soon" is not a duration'],
  ['status 4716x -p 9', '"4716x" is not a pipeline id or URL'],
  ['-p seed -r master', '--project: "seed" is not a project id or a full path such as group/name'],
  ['-s wrok -p 9 -r x', '--server: there is no server "wrok"'],
  ['-s http://127.0.0.1: -p 9 -r x', '--server: the port is missing'],
  ['-p 9 -r x --wait --progress tre', '--progress: "tre" is not one of tree, lines, none'],
  ['-p 9 -r x --wait --on-manual paly', '--on-manual: "paly" is not one of fail, pass, wait, play'],
  ['-p 9 -r x --api v5', '--api: "v5" is not one of v4, v3, auto'],
  ['-p 9 -r x --retry -1', '--retry: "-1" is not a whole number from 0 to 100'],
  ['-p 9 -r x --wait --log-lines few', '--log-lines: "few" is not a whole number'],
  ['sandbox --gitlab 17', '--gitlab: "17" is not one of 8.5, 8.17'],
  ['sandbox --port 70000', '--port: "70000" is not a port'],
  ['pipelines -p 9 --status runing', '--status: "runing" is not a status of a pipeline'],
  ['schedule kubernetes -p 9 -r x --timezone Europe/Brlin', '--timezone: "Europe/Brlin" is not a time zone'],
  ['schedule cron -p 9 -r x --at daily', '--at: expected 5 fields, got 1 in "daily"'],
]
test.each(suggestions)('%s', async (line, says) => {
  const { code, stdout, stderr } = await run(line, home().world({ env: { GITLAB_TRIGGER_SERVER: '' } }))
  expect([2, 14]).toContain(code)
  expect(stdout).toBe('')
  expect(stderr).toContain(says)
})

test.each([
  'glptt-Abc123Def456Ghi789Jkl',
  'run glptt-Abc123Def456Ghi789Jkl',
  'a7f3c9e2b1d4a7f3c9e2b1d4a7f3c9',
  'help x8Kq2LmN9pRt4VwY6zAb',
  'status x8Kq2LmN9pRt4VwY6zAb',
  '-s x8Kq2LmN9pRt4VwY6zAb -p 9 -r x',
  'run --timeout x8Kq2LmN9pRt4VwY6zAb',
  '-p 9 -r x --wait --progress x8Kq2LmN9pRt4VwY6zAb',
  '-p 9 -r x --api x8Kq2LmN9pRt4VwY6zAb',
  'pipelines -p 9 --status x8Kq2LmN9pRt4VwY6zAb',
])('what may be a token is not repeated: %s', async (line) => {
  const { code, stderr } = await run(line, home().world())
  expect([2, 14]).toContain(code)
  expect(stderr).not.toMatch(/Abc123|a7f3c9|x8Kq2/)
})

describe('flags before the command', () => {
  // prettier-ignore
  test.each([
    ['-p 9 run -r master', 0, '4711\n'],
    ['--ref master -p9 run', 0, '4711\n'],
    ['--ref=master --project=9 run --var A=1', 0, '4711\n'],
    ['-p 9 -r run', 4, ''],
    ['--no-color refs', 0, undefined],
    ['--verbose tokens list', 0, undefined],
    ['tokens --verbose list', 0, undefined],
    ['tokens --no-color list', 0, undefined],
    ['-p 9 schedule gitlab list', 0, undefined],
    ['schedule -p 9 gitlab --no-color list', 0, undefined],
    ['--no-color config', 0, undefined],
    ['config --no-color', 0, undefined],
    ['--no-color schedule gitlab', 0, undefined],
    ['--no-color doctor', 0, undefined],
  ])('%s', async (line, code, stdout) => {
    const env = { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api, GITLAB_TRIGGER_REF: '' }
    const result = await run(line, environment(gitlab(), env))
    if (code === 4) expect([4, 5]).toContain(result.code)
    else expect(result.code).toBe(code)
    if (stdout !== undefined) expect(result.stdout).toBe(stdout)
  })

  test('a command behind a recipe, or behind --, is none', async () => {
    for (const line of ['-p 9 nightly run', '-p 9 -- run']) {
      const { code } = await run(line, environment(gitlab()))
      expect([2, 14]).toContain(code)
    }
    expect(posts(gitlab())).toEqual([])
  })
})

describe('help', () => {
  // prettier-ignore
  test.each([
    ['help config init', ['Usage: gitlab-trigger config init']],
    ['help tokens create', ['Usage: gitlab-trigger tokens create']],
    [['help', 'config init'], ['Usage: gitlab-trigger config init']],
    ['help schedule gitlab list', ['Usage: gitlab-trigger schedule gitlab list']],
    ['help tokens', ['Usage: gitlab-trigger tokens', 'rotate']],
    ['help config', ['Files, best first', 'edit-token', 'init']],
    ['help exit-codes', ['run again?']],
    ['help', ['Usage: gitlab-trigger']],
    ['--no-color help', ['Usage: gitlab-trigger [options] [command]']],
    ['help --no-color', ['Usage: gitlab-trigger [options] [command]']],
    ['--no-color help tokens create', ['Usage: gitlab-trigger tokens create']],
    ['help tokens create --no-color --no-pager', ['Usage: gitlab-trigger tokens create']],
    ['tokens help create', ['Usage: gitlab-trigger tokens create']],
    ['schedule gitlab help', ['Usage: gitlab-trigger schedule gitlab']],
    ['--no-color tokens create --help', ['Usage: gitlab-trigger tokens create']],
    ['-p 9 tokens --help', ['Usage: gitlab-trigger tokens']],
  ] as [Line, string[]][])('%s', async (line, says) => {
    const { code, stdout } = await run(line)
    expect(code).toBe(0)
    for (const part of says) expect(stdout).toContain(part)
  })
})

describe('nothing is set up yet', () => {
  test('at a terminal three ways to begin are shown', async () => {
    const world = newWorld(home().world({ tty: ['stderr', 'stdout', 'stdin'], cwd: home().home }))
    const { code, stdout, stderr } = await runIn(world, '')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    for (const way of ['gitlab-trigger sandbox', 'gitlab-trigger login', 'gitlab-trigger -h'])
      expect(stderr).toContain(way)
    const [page = ''] = stderr.split('\n\n')
    expect(page.split('\n')).toHaveLength(4)
    expect(page.split('\n').filter((line) => line.length > 80)).toEqual([])
    expect(stderr).toContain('no server, no project, no ref and no token given\n')
  })

  test('elsewhere all that is missing is said at once, each with flag, variable and key', async () => {
    const { code, stderr } = await run('', home().world({ cwd: home().home }))
    expect(code).toBe(2)
    expect(stderr).toContain('no server, no project, no ref and no token given\n')
    for (const part of [
      '--server, --project, --ref and --token-file',
      'GITLAB_TRIGGER_TOKEN',
      'default, project, ref and tokenFile in a config file',
    ])
      expect(stderr).toContain(part)
  })

  test('the token is not missed where one is mounted or set', async () => {
    const { stderr } = await run(
      '',
      home().world({ cwd: home().home, env: { GITLAB_TRIGGER_TOKEN: 'aaaaaaaaaaaaaaaaaaaa' } }),
    )
    expect(stderr).toContain('no server, no project and no ref given\n')
  })
})

test.each(['--cacert nope.pem', '--cert nope.pem --key nope.key'])(
  '%s that is not there is refused over http too',
  async (flag) => {
    const { code, stderr } = await run(`-r master ${flag}`, environment(gitlab()))
    expect(code).toBe(14)
    expect(stderr).toContain('nope.pem')
    expect(posts(gitlab())).toEqual([])
  },
)

describe('~/ in a path is the home folder, whatever the shell has left', () => {
  // prettier-ignore
  test.each([
    ['--token-file=~/t', {}],
    ['--token-file ~/t', {}],
    ['--var-file A=~/t', { GITLAB_TRIGGER_TOKEN: 'TOKEN' }],
    ['--var A=~/t', { GITLAB_TRIGGER_TOKEN: 'TOKEN' }],
    ['', { GITLAB_TRIGGER_TOKEN_FILE: '~/t' }],
    ['--dotenv ~/out.env', { GITLAB_TRIGGER_TOKEN: 'TOKEN' }],
  ])('%s %j', async (flags, given) => {
    const { tokens } = gitlab()
    home().write('home/t', tokens.trigger)
    const env = { ...environment(gitlab()).env, GITLAB_TRIGGER_TOKEN: '', ...given }
    if (env.GITLAB_TRIGGER_TOKEN === 'TOKEN') env.GITLAB_TRIGGER_TOKEN = tokens.trigger
    const { code } = await run(`-r master ${flags}`, home().world({ env }))
    expect(code).toBe(0)
    if (flags.includes('--dotenv')) expect(existsSync(join(home().home, 'out.env'))).toBe(true)
    if (flags.includes('--var')) {
      const [, value] = posts(gitlab())[0]?.fields.find(([name]) => name === 'variables[A]') ?? []
      expect(value?.toString()).toBe(flags.includes('-file') ? tokens.trigger : '~/t')
    }
  })

  test('without a home it stays as it is', async () => {
    const { code, stderr } = await run('-r master --token-file ~/t', {
      env: { GITLAB_TRIGGER_SERVER: gitlab().url, GITLAB_TRIGGER_PROJECT: '9' },
    })
    expect([2, 14]).toContain(code)
    expect(stderr).toContain('~/t')
  })
})

describe('a recipe with the name of a newer command', () => {
  const config = (): void => {
    const { url, tokens } = gitlab()
    home().config(
      [
        `servers: { work: { url: ${url}, project: 9, token: ${tokens.trigger} } }`,
        'default: work',
        'recipes:',
        ...newCommands.map((name) => `  ${name}: { ref: master, variables: { FROM: ${name} } }`),
        '',
      ].join('\n'),
    )
  }

  test.each(newCommands)('%s', async (name) => {
    config()
    const { code, stdout, stderr } = await run(name, home().world())
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: '4711\n',
      stderr: `note: this runs the recipe "${name}" of your config, not the command; write: run ${name}\n`,
    })
    expect(lastFields(gitlab())['variables[FROM]']).toBe(name)
    expect(await run(`${name} -q`, home().world())).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(await run(`run ${name}`, home().world())).toMatchObject({ code: 0, stderr: '' })
    expect(await run(`-s work ${name} -q`, home().world())).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(posts(gitlab())).toHaveLength(4)
  })

  test.each(newCommands)('%s --help is the help of the command', async (name) => {
    config()
    const { code, stdout } = await run(`${name} --help`, home().world())
    expect(code).toBe(0)
    expect(stdout).toContain(`Usage: gitlab-trigger ${name}`)
    expect(posts(gitlab())).toEqual([])
  })

  test('commands as old as recipes stay what they are', async () => {
    const { url } = gitlab()
    home().config(
      `servers: { work: { url: ${url} } }\ndefault: work\nrecipes: { history: { ref: master } }\n`,
    )
    expect(await run('history', home().world())).toMatchObject({ code: 0, stdout: '' })
    expect(posts(gitlab())).toEqual([])
  })
})

test.each([
  ['run main', 'run', '--ref main'],
  ['doctor main', 'doctor', '--ref main'],
  ['config show main', 'config show', '--ref main'],
  ...['cron', 'systemd', 'kubernetes', 'gitlab-ci', 'github-actions', 'curl'].map((form) => [
    `schedule ${form} main`,
    `schedule ${form}`,
    '--ref main',
  ]),
  ['doctor 9', 'doctor', '--project 9'],
  ['schedule cron group/site', 'schedule cron', '--project group/site'],
  ['schedule cron feature/x', 'schedule cron', '--ref feature/x'],
])('a ref or a project in place of a recipe: %s', async (line, command, flag) => {
  const { code, stdout, stderr } = await run(line, home().world())
  expect(`${stdout}${stderr}`).toContain(`${command}: there is no recipe "${line.split(' ').at(-1)}"`)
  expect(`${stdout}${stderr}`).toContain(` is given with a flag: ${flag}`)
  // doctor ends as its checks do.
  expect(code).toBe(command === 'doctor' ? 2 : 14)
})

test.each(['doctor', 'config show', 'schedule cron'])('a page in place of a recipe: %s', async (command) => {
  const { stdout, stderr } = await run(`${command} https://gitlab.com/group/site`, home().world())
  expect(`${stdout}${stderr}`).toContain(`${command}: there is no recipe "https://gitlab.com/group/site"`)
  expect(`${stdout}${stderr}`).toContain('The page of a project is given with a flag: --project URL')
})

test.each(commandTable.map(({ name }) => name))('%s takes --no-color', async (name) => {
  const { stderr } = await run(`${name} --no-color --zzz`, home().world())
  expect(stderr).toContain('--zzz')
  expect(stderr).not.toContain('no-color')
})

test('schedule gitlab list takes --quiet, as its siblings do', async () => {
  const env = { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api }
  expect(await run('schedule gitlab list --quiet', environment(gitlab(), env))).toMatchObject({ code: 0 })
})
