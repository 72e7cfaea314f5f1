import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { commandTable } from '../../src/cli/table/index.ts'
import { topicNames } from '../../src/cli/topic-names.ts'
import { newLeaf } from '../helpers/certificates.ts'
import { environment, lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { run, type Line, type Result } from '../helpers/run.ts'

// What a user types who has just installed the program, in the order of a first hour: the words that are typed, the code and the words that come back.

const gitlab = useGitlab()
const home = useHome()

type Env = Record<string, string>

interface Row {
  typed: Line
  code: number
  /** On stdout or stderr. */
  says: (string | RegExp)[]
  /** In place of that of a user who has server, project and trigger token in the environment. */
  env?: Env
  config?: () => string
  /** How many pipelines there are already. */
  pipelines?: number
}

const none = 'No pipeline was created.'
const withApi = (): Env => ({ GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api })
const bare: Env = { GITLAB_TRIGGER_SERVER: '', GITLAB_TRIGGER_PROJECT: '', GITLAB_TRIGGER_TOKEN: '' }
const work = (): string =>
  `${serverYaml(gitlab(), `apiToken: ${gitlab().tokens.api}`, `projects: { seed/app: { token: ${gitlab().tokens.trigger} }, "11": { token: ${gitlab().tokens.otherTrigger} } }`)}recipes:\n  nightly: { project: seed/app, ref: master }\n  second: { project: 11, ref: master }\n  both: { targets: [{ project: seed/app, ref: master }, { project: 11, ref: master }] }\n`

// prettier-ignore
const tasks: [task: string, rows: Row[]][] = [
  ['2 which version this is', [
    { typed: '--version', code: 0, says: [/^\d+\.\d+\.\d+\n$/] },
    { typed: '--version --verbose', code: 0, says: [/^node +\d/m, /^system +\w/m] },
    { typed: '--versoin', code: 2, says: ['unknown flag --versoin; did you mean --version?'] },
    { typed: '--hlep', code: 2, says: ['unknown flag --hlep; did you mean --help?'] },
    { typed: 'version', code: 2, says: ['did you mean "--version"?'] },
  ]],
  ['3 the first trigger', [
    { typed: '-p 9 -r master --var UPLOAD_TO_S3=true', code: 0, says: [/^4711\n$/] },
    { typed: 'run -p 9 -r master --curl', code: 0, says: [/^curl /] },
    { typed: '-p 9 -r master -n', code: 0, says: ['POST '] },
  ]],
  ['4 a wrong token', [
    { typed: '-r master --token glptt-wrongwrongwrongwrong', code: 4, says: [none, 'GitLab does not say which is wrong', 'To find out, with an API token: gitlab-trigger doctor --server http'] },
    { typed: '-r master --token glptt-wrongwrongwrongwrong', code: 4, says: [none, 'Project 9 (seed/app) exists, so it is the token (from --token)'], env: { API: '' } },
  ]],
  ['5 a wrong ref', [
    { typed: '-r mastre', code: 5, says: [none, 'Reference not found', 'To list branches and tags, with an API token: gitlab-trigger refs --server http'] },
    { typed: '-r mastre', code: 5, says: ['Did you mean "master"?', 'To list branches and tags: gitlab-trigger refs --server http'], env: { API: '' } },
    { typed: `-r ${'0'.repeat(40)}`, code: 5, says: ['does not accept a commit SHA as ref', 'gitlab-trigger refs '] },
    { typed: ['-r', ''], code: 2, says: [none, '--ref'] },
  ]],
  ['6 a wrong project', [
    { typed: '-p 999 -r master', code: 4, says: [none, 'sees no project "999"', 'gitlab-trigger projects --server http'], env: { API: '' } },
    { typed: '-p seed -r master', code: 2, says: ['--project: "seed" is not a project id or a full path such as group/name'] },
  ]],
  ['7 odd variables', [
    { typed: 'A=1', code: 2, says: ['"A=1" is not a command; did you mean --var A=1?'] },
    { typed: '-r master --var NOPE', code: 2, says: ['the environment variable NOPE is not set'] },
    { typed: '-r master --variable A=1', code: 2, says: ['unknown flag --variable; did you mean --var?'] },
    { typed: '-r master --var-file A=nope.txt', code: 2, says: [/nope\.txt does not exist \(looked in \/.*\)/] },
    { typed: ['-r', 'master', '--var', 'A=\u00fc $(x) "q"'], code: 0, says: [/^4711$/m] },
  ]],
  ['8 a crontab line', [
    { typed: ['schedule', 'cron', '-p', '9', '-r', 'master', '--at', '0 3 * * *'], code: 0, says: [/^0 3 \* \* \* /m, /doctor /, 'At 03:00, every day; next: '] },
    { typed: 'schedule cron -r master --at daily', code: 2, says: ['--at: expected 5 fields, got 1 in "daily"'] },
    { typed: 'schedule crn', code: 2, says: ['unknown command "crn"; did you mean "schedule cron"?'] },
  ]],
  ['9 a CI job', [
    { typed: 'schedule gitlab-ci -r master', code: 0, says: ['script:', 'exit_codes:'] },
    { typed: 'schedule github-actions -r master', code: 0, says: ['secrets.GITLAB_TRIGGER_TOKEN'] },
  ]],
  ['10 a named server', [
    { typed: '-s work -p 9 -r master', code: 14, says: [none, 'there is no server "work"', 'gitlab-trigger login'], env: bare },
    { typed: '-s gitlab.example.com -p 9 -r x', code: 14, says: ['https://gitlab.example.com'], env: bare },
    { typed: '-s gitlab.company.example -p 9 -r x', code: 14, says: ['An address is written with its scheme: https://gitlab.company.example\n'], env: bare },
    { typed: '-s 127.0.0.1 -p 9 -r x', code: 14, says: ['An address is written with its scheme: http://127.0.0.1\n'], env: bare },
    { typed: '-s 127.0.0.1:9480 -p 9 -r x', code: 2, says: ['--server: "127.0.0.1:9480" is not an http(s) URL; did you mean http://127.0.0.1:9480?\n'], env: bare },
    { typed: '-s localhost:9480 -p 9 -r x', code: 2, says: ['did you mean http://localhost:9480?\n'], env: bare },
    { typed: '-s gitlab.example.com:8443 -p 9 -r x', code: 2, says: ['did you mean https://gitlab.example.com:8443?\n'], env: bare },
    { typed: 'status 4711 -p 9 -s gitlab.example.com/gitlab', code: 2, says: ['did you mean https://gitlab.example.com/gitlab?\n'], env: bare },
    { typed: 'config set servers.work.url gitlab.example.com', code: 2, says: ['did you mean https://gitlab.example.com?\n'], env: bare },
    { typed: 'config edit-token work', code: 14, says: ['there is no server "work"', 'login'], env: bare },
    { typed: '-s http://127.0.0.1: -p 9 -r x', code: 2, says: ['--server: the port is missing'] },
    { typed: '-s work -p seed/app -r master', code: 14, says: ['app.token does not exist', 'gitlab-trigger config edit-token work --project seed/app'], env: bare, config: () => serverYaml(gitlab(), 'projects: { seed/app: { tokenFile: app.token } }') },
    { typed: '-s work -p seed/docs -r master', code: 2, says: ['no trigger token for seed/docs on work\n', 'config edit-token work --project seed/docs'], env: bare, config: work },
  ]],
  ['11 recipes, over several projects', [
    { typed: 'run nightly', code: 0, says: [/^4711\n$/], env: bare, config: work },
    { typed: 'run both', code: 0, says: [/^4711\n4712\n$/], env: bare, config: work },
    { typed: 'run nihgtly', code: 14, says: ['there is no recipe "nihgtly"; did you mean "nightly"?'], env: bare, config: work },
    { typed: 'config get nope', code: 2, says: ['config get: nope: unknown\nKeys: default, servers, recipes, ', '. To see what is configured: gitlab-trigger config list\n'], env: bare, config: work },
    { typed: 'config unset nope', code: 2, says: ['config unset: nope: unknown\nKeys: default, servers, ', 'config list\n'], env: bare, config: work },
    { typed: 'config set nope 3', code: 2, says: ['config set: nope: unknown\nKeys: default, servers, ', 'config list\n'], env: bare, config: work },
    { typed: 'config get url', code: 2, says: ['url: unknown; did you mean "servers.NAME.url"?\nTo see what is configured: gitlab-trigger config list\n'], env: bare, config: work },
    { typed: 'config get servers.work.nope', code: 2, says: ['servers.work.nope: unknown\nKeys of servers.work: url, project, '], env: bare, config: work },
    { typed: 'config get default.x', code: 2, says: ['default.x: unknown\nThere are no keys below default.\n'], env: bare, config: work },
    { typed: 'config get servers.wrok', code: 2, says: ['servers.wrok is not set in ', 'gitlab-trigger config list shows what is configured.\n'], env: bare, config: work },
    { typed: 'run master', code: 14, says: ['there is no recipe "master"\n', 'A branch or tag is given with a flag: --ref master\n'], env: bare, config: work },
    { typed: 'run feature/x', code: 14, says: ['No config file defines a recipe', 'A branch or tag is given with a flag: --ref feature/x\n'] },
    { typed: 'config list', code: 0, says: ['nightly', 'seed/app'], env: bare, config: work },
    { typed: '-p 9 -r master', code: 0, says: [/^4711\n$/], env: bare, config: work },
  ]],
  ['12 to the end', [
    { typed: '-r master --wait --progress none', code: 0, says: [/^4711\n/], env: { API: '' } },
    { typed: '-r failing --wait --retry-grace 0 --progress none', code: 3, says: ['Pipeline 4711 failed: ', 'Pipeline 4711 was created.', '. To run the failed jobs again: gitlab-trigger retry --server http'], env: { API: '' } },
    { typed: '-r master --wait --progress tre', code: 2, says: ['--progress: "tre" is not one of tree, lines, none'] },
    { typed: '-r master --junit x.xml', code: 2, says: ['--junit needs --wait or --follow'] },
    { typed: 'logs 4711 --tail 3', code: 2, says: ['did you mean --lines?'] },
    { typed: '-r master --tail', code: 2, says: ['did you mean --follow?'] },
    { typed: '-r master --watch', code: 2, says: ['did you mean --follow?'] },
  ]],
  ['13 the id of a project', [
    { typed: 'projects app', code: 0, says: [/^9\tseed\/app\t/m], env: { API: '' } },
    { typed: 'projects', code: 2, says: ['no search text given\nGive a part of the name, or --mine for your own projects.'] },
    { typed: 'projects zzz --verbose', code: 0, says: ['No projects match "zzz".'], env: { API: '' } },
    { typed: 'refs zzz --verbose', code: 0, says: ['No branches or tags match "zzz".'], env: { API: '' } },
  ]],
  ['14 trigger tokens', [
    { typed: 'tokens list', code: 0, says: [/^31\t/m], env: { API: '' } },
    { typed: 'tokens list foo -p 9', code: 2, says: ['unexpected argument "foo"'] },
    { typed: 'tokens delete 31', code: 2, says: ['did you mean "tokens revoke"?'] },
    { typed: 'token list', code: 2, says: ['did you mean "tokens"?'] },
    { typed: 'tokens list --unused-for 90', code: 2, says: ['--unused-for: "90" is not a span of time\nWrite 90d for 90 days: a number alone would be seconds.'] },
    { typed: 'tokens create --description x --expires 90', code: 2, says: ['--expires: "90" is not a date\nWrite 90d for 90 days'], env: { API: '' } },
    { typed: 'tokens test', code: 0, says: [/./], env: { API: '' } },
  ]],
  ['15 JSON for scripts', [
    { typed: 'status 4711 --json=id,status', code: 0, says: [/^\{"id":4711,"status":"success"\}\n$/], env: { API: '' }, pipelines: 1 },
    { typed: 'status 4711 --json=nope', code: 2, says: ['unknown field "nope"', 'Fields: id, '], env: { API: '' }, pipelines: 1 },
    { typed: '-r master --wait --json=status,jobs.name', code: 0, says: ['"jobs":[{"name":"run_tests"}'], env: { API: '' } },
    { typed: '-r nope --json=id', code: 5, says: ['"exit_code":5'] },
  ]],
  ['16 completion', [
    { typed: 'completion bash', code: 0, says: ['_gitlab_trigger'] },
    { typed: 'completion', code: 2, says: ['<shell> is missing'] },
    { typed: 'completion tcsh', code: 2, says: ['tcsh'] },
  ]],
  ['17 help', [
    { typed: 'help config init', code: 0, says: ['Usage: gitlab-trigger config init'] },
    { typed: 'help tokens create', code: 0, says: ['Usage: gitlab-trigger tokens create'] },
    { typed: 'help', code: 0, says: [/^ {2}run \[recipe\.\.\.\] {2,}/m] },
    { typed: 'help nope', code: 2, says: ['no help topic "nope"'] },
    { typed: 'help config', code: 0, says: ['Files, best first', 'edit-token'] },
  ]],
  ['18 upgrade and uninstall', [
    { typed: 'upgrade', code: 2, says: ['unknown command or recipe "upgrade"'] },
    { typed: 'logout', code: 2, says: [/gitlab-trigger logout|config/], env: bare },
  ]],
  ['20 several at once', [
    { typed: '-p 9 -r master -r develop', code: 0, says: [/^4711\n4712\n/m] },
    { typed: 'run nightly second', code: 0, says: [/^4711\n4712\n/m], env: bare, config: work },
  ]],
  ['21 look, wait, cancel', [
    { typed: 'status', code: 2, says: ['<pipeline> is missing', 'To list the recent ones: gitlab-trigger pipelines'] },
    { typed: 'status 4716x', code: 2, says: ['"4716x" is no'] },
    { typed: 'status #4711', code: 0, says: ['4711'], env: { API: '' }, pipelines: 1 },
    { typed: 'status master', code: 2, says: ['"master" is not a pipeline id or URL\n', 'To list the recent ones: gitlab-trigger pipelines\n'] },
    { typed: 'wait latest', code: 2, says: ['To list the recent ones: gitlab-trigger pipelines\n'] },
    { typed: 'play upload_package', code: 2, says: ['To list the recent ones: gitlab-trigger pipelines\n'] },
    { typed: 'status 4711,4712', code: 2, says: ['"4711,4712" is not a pipeline id or URL\nWrite ids without commas: 4711 4712\n'] },
    { typed: 'wait #4711,#4712', code: 2, says: ['Write ids without commas: 4711 4712\n'] },
    { typed: 'wait 4711, 4712', code: 2, says: ['"4711," is not a pipeline id or URL\nWrite ids without commas: 4711\n'] },
    { typed: 'status ,4711', code: 2, says: ['Write ids without commas: 4711\n'] },
    { typed: 'cancel #4711,,4712', code: 2, says: ['Write ids without commas: 4711 4712\n'] },
    { typed: 'cancel 4711,4712', code: 2, says: ['Write ids without commas: 4711 4712\n'] },
    { typed: 'logs 4711,4712', code: 2, says: ['Write ids without commas: 4711 4712\n'] },
    { typed: 'statsu 4711', code: 2, says: ['unknown command "statsu"; did you mean "status"?'] },
    { typed: 'wait 4711', code: 0, says: ['4711'], env: { API: '' }, pipelines: 1 },
    { typed: 'cancel 4711 --verbose', code: 0, says: ['Pipeline 4711 had already finished (success).'], env: { API: '' }, pipelines: 1 },
    { typed: 'retry 4711 --verbose', code: 0, says: ['Nothing to retry: pipeline 4711 succeeded.'], env: { API: '' }, pipelines: 1 },
    { typed: 'open 4711', code: 0, says: [/^http\S+\/seed\/app\/-\/pipelines\/4711$/m], env: { API: '' }, pipelines: 1 },
    { typed: 'pipelines', code: 0, says: [/^4711\t/m], env: { API: '' }, pipelines: 1 },
  ]],
  ['22 flags where people put them', [
    { typed: '-p 9 run -r master -n', code: 0, says: ['POST '] },
    { typed: '--no-color status 4711', code: 0, says: ['4711'], env: { API: '' }, pipelines: 1 },
    { typed: '-r master -t a --token-file b', code: 2, says: ['cannot be used together'] },
    { typed: '-r master --timeout 5x', code: 2, says: ['--timeout: "5x" is not a duration'] },
    { typed: '-r master --timeout 90', code: 0, says: [/^4711\n$/] },
  ]],
  ['23 nothing given at all', [
    { typed: '', code: 2, says: ['no server, no project, no ref and no token given', none, '--token-file', 'GITLAB_TRIGGER_TOKEN', 'tokenFile in a config file'], env: bare },
    { typed: 'refs', code: 2, says: ['no server given'], env: bare },
  ]],
  ['24 files', [
    { typed: '-r master --token-file nope.token', code: 2, says: [none, /--token-file: nope\.token does not exist \(looked in \/.*\)\n/] },
    { typed: '-r master --token-file /nope.token', code: 2, says: ['--token-file: /nope.token does not exist\n'] },
    { typed: '-r master --cert nope.pem', code: 14, says: ['--cert: nope.pem does not exist'] },
    { typed: '-r master --key nope.pem', code: 14, says: ['--key: nope.pem does not exist'] },
    { typed: '-r master --config nope.yaml', code: 14, says: [/--config: \S+nope\.yaml does not exist/] },
    { typed: '-r master', code: 14, says: [/environment variable GITLAB_TRIGGER_CONFIG: \S+\/home\/nope\.yaml does not exist/], env: { GITLAB_TRIGGER_CONFIG: '~/nope.yaml' } },
    { typed: '-r master', code: 14, says: [/config\.yaml:2: not valid YAML: indent with spaces, not with a tab\n/], config: () => 'servers:\n\twork: { url: https://gitlab.example.com }\n' },
    { typed: ['batch', '~/plan.yml'], code: 2, says: [/\/home\/plan\.yml does not exist/] },
    { typed: ['config', 'trust', '~/rc'], code: 14, says: [/\/home\/rc does not exist/] },
  ]],
  ['25 is all well?', [
    { typed: 'doctor -r master', code: 0, says: [/^ok trigger/m, /^ok ref/m], env: { API: '' } },
    { typed: 'doctor -r master', code: 0, says: [/^ok trigger +the token is valid for project 9$/m], env: { API: '' } },
    { typed: 'doctor nightly', code: 0, says: [/^ok project/m], env: bare, config: work },
    { typed: 'doctor -p 999 -r master', code: 4, says: ['sees no project "999"'], env: { API: '' } },
  ]],
  ['26 what was that?', [
    { typed: 'history', code: 0, says: [] },
    { typed: 'history --prune 90', code: 2, says: ['--prune: "90" is not a span of a day or more\nWrite 90d for 90 days: a number alone would be seconds.'] },
    { typed: 'history --prune 90s', code: 2, says: ['--prune: "90s" is not a span of a day or more\nWrite it as 90d or 12w.'] },
    { typed: 'config show -p 9 -r master', code: 0, says: [/^ref = master {2}\(--ref\)$/m] },
  ]],
]

const type = (row: Row): Promise<Result> => {
  const { API, ...env } = row.env ?? {}
  const typed = API === undefined ? env : { ...env, ...withApi() }
  const config = row.config?.()
  if (config !== undefined) home().config(config)
  for (let count = 0; count < (row.pipelines ?? 0); count += 1) gitlab().addPipeline()
  return run(row.typed, home().world({ env: { ...environment(gitlab()).env, ...typed } }))
}

describe.each(tasks)('%s', (_, rows) => {
  test.each(rows.map((row) => [row.typed, row] as const))('%s', async (_typed, row) => {
    const { code, stdout, stderr } = await type(row)
    expect({ code, said: `${stdout}${stderr}` }).toEqual({
      code: row.code,
      said: expect.any(String) as string,
    })
    for (const words of row.says) {
      if (typeof words === 'string') expect(`${stdout}${stderr}`).toContain(words)
      else expect(`${stdout}${stderr}`).toMatch(words)
    }
    // A command that cannot start a pipeline does not speak of that.
    if (/^(status|refs|tokens|projects|help|config|doctor|history|wait|cancel)\b/.test(String(row.typed)))
      expect(stderr).not.toMatch(/pipeline was created/i)
  })
})

test('~/ in the file that config init writes is the home folder', async () => {
  const { code, stdout } = await run(['config', 'init', '~/mine.yaml'], home().world())
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${join(home().home, 'mine.yaml')}\n` })
  expect(existsSync(join(home().home, 'mine.yaml'))).toBe(true)
})

test.each([
  ['--cert', '--key', 'key of that certificate'],
  ['--key', '--cert', 'certificate of that key'],
])('%s alone: the other flag is named, no key of a config file', async (flag, other, what) => {
  const leaf = newLeaf(home().root, 'authority')
  const file = home().write('client.pem', flag === '--cert' ? leaf.cert : leaf.key)
  const { code, stderr } = await run(['-r', 'master', flag, file], environment(gitlab()))
  expect(code).toBe(14)
  expect(stderr).toContain(`${flag}: the ${what} is missing\n${none}\nGive it with ${other} PATH.`)
  expect(posts(gitlab())).toEqual([])
})

test.each([
  [429, '429 Too Many Requests', 'the server limits the rate of requests (answer 429)'],
  [
    400,
    'Too many pipelines created in the last minute. Try again later.',
    'GitLab limits the pipelines of one minute (answer 400)',
  ],
])('a limit that is waited for is named: %i', async (status, message, why) => {
  const headers = { 'retry-after': '2', 'content-type': 'application/json' }
  gitlab().failNext({
    kind: 'answer',
    status,
    headers,
    body: JSON.stringify({ message: { base: [message] } }),
  })
  const { code, stderr } = await run('-r master', { ...environment(gitlab()), tty: ['stderr'] })
  expect(code).toBe(0)
  expect(stderr).toMatch(/^Trying again in [\d.]+ s: /m)
  expect(stderr).toContain(` s: ${why}.\n`)
})

test('the command that a failed pipeline ends with can be pasted', async () => {
  home().config(work())
  const typed = (line: string): Promise<Result> => run(line, home().world())
  const { stderr } = await typed('run -p 9 -r failing --wait --retry-grace 0 --progress none --logs none')
  const [, command = ''] = /: gitlab-trigger (retry --server work --project 9 4711)\n/.exec(stderr) ?? []
  const retried = await typed(`${command} --verbose`)
  expect(retried).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('/pipelines/4711/retry -> 201') as string,
  })
})

test('what was typed is what is sent', async () => {
  await run(['-r', 'master', '--var', 'A= x=$Y;'], environment(gitlab()))
  expect(lastFields(gitlab())).toMatchObject({ ref: 'master', 'variables[A]': ' x=$Y;' })
})

describe('help fits a terminal of 80 columns: no line but an example to paste is wider', () => {
  test.each([
    ...commandTable.map(({ name }) => `${name} --help`),
    '--help',
    ...topicNames.map((name) => `help ${name}`),
  ])('%s', async (line) => {
    const { code, stdout } = await run(line, { tty: ['stdout'] })
    expect(code).toBe(0)
    const wide = stdout.split('\n').filter((each) => each.length > 80)
    expect(wide.filter((each) => !/^ +(gitlab-trigger|FAULT=)/.test(each))).toEqual([])
  })
})
