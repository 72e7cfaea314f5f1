import { failTimes } from '../helpers/follower.ts'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startSandbox, type Fault, type GitlabVersion, type Sandbox } from '../../src/sandbox/server.ts'
import { closedPortUrl } from '../helpers/run-against.ts'
import { doctor, signsIn, type Diagnosis } from '../helpers/doctor.ts'
import { jobEnvironment } from '../helpers/environment.ts'
import { environment, lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { run } from '../helpers/run.ts'
import { none, statesIn } from '../helpers/pipeline-sentences.ts'
import { useFolder, start, type WorldOptions } from '../helpers/world.ts'

const names =
  'config server settings dns proxy tls api clock token trigger project ref variables reading'.split(' ')

/** Nothing was started, nothing secret was said, and nothing of triggering. */
function expectHarmless({ stdout, stderr }: Diagnosis, sandbox: Sandbox): void {
  expect(sandbox.pipelines).toEqual([])
  expect(posts(sandbox).length).toBeLessThanOrEqual(1)
  for (const token of Object.values(sandbox.tokens) as string[]) expect(stdout + stderr).not.toContain(token)
  expect(stdout + stderr).not.toMatch(/\bundefined\b|\bNaN\b|\[object/)
  expect(statesIn(stderr)).toEqual([])
}

type Env = Record<string, string>

/** A set-up, what is wrong with it, and how doctor ends. */
interface Row {
  name: string
  line?: string
  env?: (sandbox: Sandbox) => Env
  skewMs?: number
  fault?: Fault
  /** It fails every time, not once. */
  isLasting?: true
  /** Of this check: */
  check: string
  ok: boolean | null
  needed?: false
  detail: RegExp
  fix?: RegExp
  code: number
}

const api = ({ tokens }: Sandbox): Env => ({ GITLAB_TRIGGER_API_TOKEN: tokens.api })
const minute = 60_000

const rows: Row[] = [
  { name: 'no file', check: 'config', ok: true, detail: /no file/, code: 0 },
  { name: '--no-config', line: '--no-config', check: 'config', ok: true, detail: /--no-config/, code: 0 },
  {
    name: 'a config file that is not there',
    line: '--config /nowhere.yaml',
    check: 'config',
    ok: false,
    detail: /nowhere\.yaml does not exist/,
    code: 14,
  },
  { name: 'the server', check: 'server', ok: true, detail: /GITLAB_TRIGGER_SERVER.*plain http/, code: 0 },
  {
    name: 'no server',
    env: () => ({ GITLAB_TRIGGER_SERVER: '' }),
    check: 'server',
    ok: false,
    detail: /no server given/,
    fix: /--server/,
    code: 2,
  },
  {
    name: 'plain http elsewhere',
    line: '--server http://gitlab.invalid',
    check: 'server',
    ok: false,
    detail: /plain http/,
    fix: /https/,
    code: 2,
  },
  {
    name: 'plain http elsewhere, allowed',
    line: '--server http://gitlab.invalid --allow-http',
    check: 'server',
    ok: false,
    needed: false,
    detail: /plain http/,
    fix: /https/,
    code: 6,
  },
  {
    name: 'an unknown name of a server',
    line: '--server work',
    check: 'server',
    ok: false,
    detail: /no server "work"/,
    code: 14,
  },
  {
    name: 'no project',
    env: () => ({ GITLAB_TRIGGER_PROJECT: '' }),
    check: 'settings',
    ok: false,
    detail: /no project given/,
    fix: /--project/,
    code: 2,
  },
  { name: 'a bad project', line: '--project a', check: 'settings', ok: false, detail: /--project/, code: 2 },
  { name: 'a bad limit', line: '--timeout x', check: 'settings', ok: false, detail: /--timeout/, code: 2 },
  {
    name: 'an address',
    check: 'dns',
    ok: null,
    detail: /by its address/,
    code: 0,
  },
  {
    name: 'no such host',
    line: '--server https://gitlab.invalid',
    check: 'dns',
    ok: false,
    detail: /gitlab\.invalid.*(no such host|looked up)/,
    fix: /name/,
    code: 6,
  },
  { name: 'no proxy', check: 'proxy', ok: true, detail: /^none$/, code: 0 },
  {
    name: 'a proxy variable that does not count here',
    env: () => ({ https_proxy: 'http://user:c4n4ry99@127.0.0.1:9', NO_PROXY: '127.0.0.1' }),
    check: 'proxy',
    ok: true,
    detail: /^none for this server; set: https_proxy, NO_PROXY$/,
    code: 0,
  },
  { name: 'plain http', check: 'tls', ok: null, detail: /plain http/, code: 0 },
  { name: 'some API', check: 'api', ok: true, detail: /; run uses v\d$/, code: 0 },
  {
    name: 'a redirect',
    fault: { kind: 'answer', status: 302, headers: { location: 'https://other.example.com/x' } },
    check: 'api',
    ok: false,
    detail: /302/,
    fix: /other\.example\.com/,
    code: 5,
  },
  {
    name: 'a gateway in front of a GitLab that is down',
    fault: { kind: 'answer', status: 502, body: 'GitLab is not responding' },
    isLasting: true,
    check: 'api',
    ok: false,
    detail: /502.*not responding/,
    fix: /try again/,
    code: 6,
  },
  {
    name: 'something that is no GitLab',
    fault: { kind: 'answer', status: 200, body: '<html>Welcome</html>', contentType: 'text/html' },
    check: 'api',
    ok: false,
    detail: /not a GitLab \(200, text\/html\)/,
    fix: /address/,
    code: 5,
  },
  {
    name: 'another path',
    env: ({ url }) => ({ GITLAB_TRIGGER_SERVER: `${url}/gitlab` }),
    check: 'api',
    ok: false,
    detail: /404/,
    fix: /prefix/,
    code: 4,
  },
  { name: 'clocks that agree', check: 'clock', ok: true, detail: /differs .* by \d s$/, code: 0 },
  { name: 'a small skew', skewMs: 4 * minute, check: 'clock', ok: true, detail: /24\d s/, code: 0 },
  {
    name: 'a clock ahead',
    skewMs: 6 * minute,
    check: 'clock',
    ok: false,
    needed: false,
    detail: /6 minutes ahead/,
    fix: /NTP/,
    code: 0,
  },
  {
    name: 'a clock behind',
    skewMs: -60 * minute,
    check: 'clock',
    ok: false,
    needed: false,
    detail: /60 minutes behind/,
    fix: /NTP/,
    code: 0,
  },
  {
    name: 'a trigger token',
    check: 'token',
    ok: true,
    detail: /GITLAB_TRIGGER_TOKEN, looks like a trigger token/,
    code: 0,
  },
  {
    name: 'no token',
    env: () => ({ GITLAB_TRIGGER_TOKEN: '' }),
    check: 'token',
    ok: false,
    detail: /no token given/,
    fix: /GITLAB_TRIGGER_TOKEN/,
    code: 2,
  },
  {
    name: 'a token file that is not there',
    line: '--token-file /nowhere',
    check: 'token',
    ok: false,
    detail: /\/nowhere does not exist/,
    code: 2,
  },
  { name: 'a good token', check: 'trigger', ok: true, detail: /valid for project 9/, code: 0 },
  {
    name: 'a wrong token',
    env: () => ({ GITLAB_TRIGGER_TOKEN: `glptt-${'ab'.repeat(20)}` }),
    check: 'trigger',
    ok: false,
    detail: /404/,
    fix: /token/,
    code: 4,
  },
  {
    name: 'the token of another project',
    env: ({ tokens }) => ({ GITLAB_TRIGGER_TOKEN: tokens.otherTrigger }),
    check: 'trigger',
    ok: false,
    detail: /40[14]/,
    fix: /token/,
    code: 4,
  },
  {
    name: 'an API token in place of a trigger token',
    env: ({ tokens }) => ({ GITLAB_TRIGGER_TOKEN: tokens.api }),
    check: 'trigger',
    ok: false,
    detail: /404/,
    fix: /token/,
    code: 4,
  },
  {
    name: 'a wrong project',
    line: '--project seed/nothing',
    check: 'trigger',
    ok: false,
    detail: /404/,
    fix: /seed\/nothing/,
    code: 4,
  },
  {
    name: 'an owner without rights',
    fault: {
      kind: 'answer',
      method: 'POST',
      status: 400,
      body: '{"message":{"base":["Insufficient permissions to create a new pipeline"]}}',
    },
    check: 'trigger',
    ok: false,
    detail: /Insufficient permissions/,
    fix: /owner/,
    code: 4,
  },
  {
    name: 'CI/CD switched off',
    fault: {
      kind: 'answer',
      method: 'POST',
      status: 400,
      body: '{"message":{"base":["Pipelines are disabled!"]}}',
    },
    check: 'trigger',
    ok: false,
    detail: /Pipelines are disabled/,
    fix: /Settings/,
    code: 5,
  },
  {
    name: 'an error of the server',
    fault: { kind: 'answer', method: 'POST', status: 500, body: 'oops' },
    check: 'trigger',
    ok: false,
    detail: /500.*oops/,
    fix: /Nothing was started/,
    code: 6,
  },
  {
    name: 'an answer that never comes whole',
    fault: { kind: 'reset after', method: 'POST' },
    check: 'trigger',
    ok: false,
    detail: /did not give a usable answer/,
    fix: /Nothing was started/,
    code: 6,
  },
  {
    name: 'an API token that may read',
    env: api,
    check: 'reading',
    ok: true,
    detail: /with the API token, so that --jobs works/,
    code: 0,
  },
  {
    name: 'an API token that may not',
    env: () => ({ GITLAB_TRIGGER_API_TOKEN: 'nonsense12' }),
    check: 'reading',
    ok: false,
    needed: false,
    detail: /with the API token: 401/,
    fix: /read_api/,
    code: 0,
  },
  {
    name: 'an API token that cannot be read',
    line: '--api-token-file /nowhere',
    check: 'reading',
    ok: false,
    detail: /does not exist/,
    code: 2,
  },
]

describe.each<GitlabVersion>(['8.5', '8.17', '10.3', '18.9'])('doctor, GitLab %s', (version) => {
  const gitlab = useGitlab({ gitlab: version })

  test.each(rows)('$check: $name', async (row) => {
    if (row.fault) failTimes(gitlab(), row.isLasting ? 20 : 1, row.fault)
    const options = environment(gitlab(), row.env?.(gitlab()))
    const line = `${row.line ?? ''} --json`
    const done = await doctor(line, options, row.skewMs)
    expectHarmless(done, gitlab())
    const found = done.checks[row.check]
    expect(found).toMatchObject({ ok: row.ok, needed: row.needed ?? true })
    expect(found?.detail).toMatch(row.detail)
    expect(found?.fix).toMatch(row.fix ?? /^/)
    expect(done.code).toBe(row.code)
    expect(JSON.parse(done.stdout)).toMatchObject({ exit_code: row.code })
    expect(Object.keys(done.checks)).toEqual(names)
  })

  test('the POST is for a ref that cannot exist', async () => {
    await doctor('', environment(gitlab()))
    expect(lastFields(gitlab())).toEqual({ token: gitlab().tokens.trigger, ref: 'gitlab-trigger..doctor' })
  })

  test('for people: a line for each check, in order; silence on stderr', async () => {
    const options = environment(gitlab(), { ...api(gitlab()), LC_ALL: '', LANG: 'de_DE.UTF-8' })
    const { code, stdout, stderr } = await doctor('', options)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(Object.keys(signsIn(stdout))).toEqual(names)
    expect(stdout).not.toMatch(/^ /m)
    expect(Object.values(signsIn(stdout)).join('')).toBe(
      '\u2713\u2713\u2713-\u2713-' + '\u2713'.repeat(5) + '--\u2713',
    )
  })
})

describe('which API answers', () => {
  const expected: [GitlabVersion, RegExp][] = [
    ['8.5', /^v4 is not there, v3 answers; run uses v3$/],
    ['8.17', /^v4 is not there, v3 answers; run uses v3; GitLab 8\.17\.8$/],
    ['10.3', /^v4 answers, v3 answers; run uses v4; GitLab 10\.3\.2$/],
    ['18.9', /^v4 answers, v3 is not there; run uses v4; GitLab 18\.9\.0-pre$/],
  ]
  test.each(expected)('%s: %s', async (version, detail) => {
    const sandbox = await startSandbox({ now: () => start, gitlab: version })
    const done = await doctor('--json', environment(sandbox, api(sandbox)))
    await sandbox.close()
    expect(done.checks['api']?.detail).toMatch(detail)
    expectHarmless(done, sandbox)
  })

  test.each<[GitlabVersion, string, number, RegExp]>([
    ['18.9', '--api v3', 5, /--api v4/],
    ['8.17', '--api v4', 4, /--api v3/],
    ['10.3', '--api v3', 0, /^$/],
    ['10.3', '--api v4', 0, /^$/],
  ])('%s %s: exit %i', async (version, line, code, fix) => {
    const sandbox = await startSandbox({ now: () => start, gitlab: version })
    const done = await doctor(`${line} --json`, environment(sandbox))
    await sandbox.close()
    expect(done.checks['api']?.fix).toMatch(fix)
    expect(done.code).toBe(code)
    expect(posts(sandbox)).toHaveLength(code === 0 ? 1 : 0)
    expectHarmless(done, sandbox)
  })
})

describe('doctor', () => {
  const gitlab = useGitlab()

  test('a glpat as trigger token is pointed out before it is tried', async () => {
    const options = environment(gitlab(), { GITLAB_TRIGGER_TOKEN: gitlab().tokens.api })
    const { checks } = await doctor('--json', options)
    expect(checks['token']).toMatchObject({ ok: false, needed: false })
    expect(checks['token']?.detail).toContain('glpat-')
    expect(checks['trigger']?.fix).toContain('glpat-')
  })

  test('--token works and is warned of', async () => {
    const { code, checks } = await doctor(`--json --token ${gitlab().tokens.trigger}`, environment(gitlab()))
    expect({ code, ok: checks['token']?.ok }).toEqual({ code: 0, ok: false })
    expect(checks['token']?.fix).toContain('--token-file')
  })

  test('standard input is read once', async () => {
    const stdin = `${gitlab().tokens.trigger}\n`
    const done = await doctor('--json --token-stdin', { ...environment(gitlab()), stdin })
    expect(done.code).toBe(0)
    expect(done.checks['token']?.detail).toContain('--token-stdin')
    expectHarmless(done, gitlab())
  })

  test.each([
    ['job', 0, /valid for project 9/],
    ['finishedJob', 4, /not running/],
    ['outsideJob', 4, /404/],
  ] as const)('in a job, %s: exit %i', async (kind, code, detail) => {
    const token = gitlab().tokens[kind]
    const options = jobEnvironment(gitlab(), { CI_JOB_TOKEN: token, GITLAB_TRIGGER_PROJECT: '9' })
    const done = await doctor('--json', options)
    expect(done.code).toBe(code)
    expect(done.checks['token']).toMatchObject({ ok: true, detail: 'from environment variable CI_JOB_TOKEN' })
    expect(done.checks['trigger']?.detail).toMatch(detail)
    expectHarmless(done, gitlab())
  })

  test('a public project may be read by anybody; a bad API token is pointed out', async () => {
    const project = {
      GITLAB_TRIGGER_PROJECT: 'seed/docs',
      GITLAB_TRIGGER_TOKEN: gitlab().tokens.publicTrigger,
    }
    const anybody = await doctor('--json', environment(gitlab(), project))
    expect(anybody.checks['reading']).toMatchObject({ ok: true })
    expect(anybody.checks['reading']?.detail).toContain('without a credential')
    const options = environment(gitlab(), { ...project, GITLAB_TRIGGER_API_TOKEN: 'nonsense12' })
    const { code, checks } = await doctor('--json', options)
    expect({ code, ...checks['reading'] }).toMatchObject({ code: 0, ok: false, needed: false })
    expect(checks['reading']?.detail).toMatch(/but not with the API token: 401/)
  })

  test('a project that has moved: triggers find it, and its new id is said', async () => {
    const { api: token } = gitlab().tokens
    const moved = { GITLAB_TRIGGER_PROJECT: 'seed/former', GITLAB_TRIGGER_API_TOKEN: token }
    const { code, checks } = await doctor('--json', environment(gitlab(), moved))
    expect({ code, trigger: checks['trigger']?.ok }).toEqual({ code: 0, trigger: true })
    expect(checks['reading']).toMatchObject({
      ok: false,
      needed: false,
      detail: 'project seed/former has moved; its id is 9',
      fix: expect.stringContaining('Use --project 9') as string,
    })
  })

  test('says what run says of what is missing', async () => {
    const lines: [Env, string][] = [
      [{ GITLAB_TRIGGER_SERVER: '' }, 'server'],
      [{ GITLAB_TRIGGER_PROJECT: '' }, 'settings'],
      [{ GITLAB_TRIGGER_TOKEN: '' }, 'token'],
    ]
    for (const [env, name] of lines) {
      const options = environment(gitlab(), env)
      const { checks } = await doctor('--json', options)
      const { stderr } = await run('--ref master', options)
      expect(stderr).toBe(`gitlab-trigger: ${checks[name]?.detail}\n${none}\n${checks[name]?.fix}\n`)
    }
    const { checks } = await doctor('--json')
    expect(checks['token']?.fix).toContain('GITLAB_TRIGGER_TOKEN')
    expect(checks['dns']).toMatchObject({ ok: null, detail: 'no server is given' })
  })

  test('an unreachable server: exit 6, nothing more is asked', async () => {
    const env = { GITLAB_TRIGGER_SERVER: await closedPortUrl() }
    const { code, stdout, stderr } = await doctor('', environment(gitlab(), env))
    expect(code).toBe(6)
    expect(signsIn(stdout)).toMatchObject({ api: 'no', clock: '-', token: 'ok', trigger: '-', reading: '-' })
    expect(stderr).toBe('gitlab-trigger: 1 of 14 checks failed, the first: api\n')
  })

  test.each<[name: string, env: Env, sign: string]>([
    ['nothing', {}, 'ok'],
    ['POSIX', { LC_ALL: 'POSIX', LANG: 'de_DE.UTF-8' }, 'ok'],
    ['LANG', { LANG: 'C.UTF-8' }, '\u2713'],
    ['LC_CTYPE over LANG', { LC_CTYPE: 'en_US.utf8', LANG: 'C' }, '\u2713'],
  ])('the locale decides on the signs: %s', async (_, env, sign) => {
    const { stdout } = await doctor('', environment(gitlab(), env))
    expect(signsIn(stdout)['trigger']).toBe(sign)
  })

  test('colours on a terminal, unless --no-color', async () => {
    const options: WorldOptions = { ...environment(gitlab()), tty: ['stdout', 'stderr'] }
    expect((await doctor('', options)).stdout).toContain('\x1b[32mok\x1b[39m')
    expect((await doctor('--no-color', options)).stdout).not.toContain('\x1b')
  })

  test('words of a server cannot control the terminal', async () => {
    const body = '{"message":"\\u001b[2Jgone\\u202e"}'
    gitlab().failNext({ kind: 'answer', method: 'POST', status: 400, body })
    const { stdout } = await doctor('', environment(gitlab()))
    expect(stdout).toContain('400')
    expect(stdout).not.toMatch(/[\x1b\u202e]/)
  })

  test('a token that the server echoes is masked', async () => {
    const body = JSON.stringify({ message: `bad token ${gitlab().tokens.trigger}` })
    gitlab().failNext({ kind: 'answer', method: 'POST', status: 400, body })
    const done = await doctor('', environment(gitlab()))
    expect(done.stdout).toContain('bad token ***')
    expectHarmless(done, gitlab())
  })

  test('a server that starts a build all the same: said as it is, exit 1', async () => {
    const body = '{"id":4711,"ref":"master"}'
    gitlab().failNext({ kind: 'answer', method: 'POST', status: 201, body })
    const { code, stderr } = await doctor('', environment(gitlab()), 6 * minute)
    expect(code).toBe(1)
    expect(stderr).toContain('the server started pipeline 4711 for gitlab-trigger..doctor')
    expect(stderr).toContain('gitlab-trigger..doctor')
  })

  test('a mistyped flag: exit 2, an object for --json', async () => {
    const { code, stdout, stderr } = await run('doctor --serve x --json')
    expect(code).toBe(2)
    expect(stderr).toContain('--server')
    expect(JSON.parse(stdout)).toMatchObject({ exit_code: 2 })
  })

  describe('config files', () => {
    const folder = useFolder()
    const write = (text: string, mode = 0o600): string => {
      const path = join(folder().path, 'config.yaml')
      writeFileSync(path, text)
      chmodSync(path, mode)
      return path
    }
    const entry = (more = ''): string => `default: work\nservers:\n  work:\n    url: ${gitlab().url}\n${more}`

    test('where every value came from, and the mode of the file', async () => {
      const more = `    project: 9\n    token: ${gitlab().tokens.trigger}\n`
      const path = write(entry(more))
      const done = await doctor(`--json --config ${path}`)
      expect(done.code).toBe(0)
      expect(done.checks['config']?.detail).toBe(`${path} (mode 0600)`)
      expect(done.checks['server']?.detail).toMatch(/^work: .*config\.yaml:4/)
      expect(done.checks['settings']?.detail).toContain(`project 9 (${path}:5)`)
      expect(done.checks['token']?.detail).toContain(`${path}:6`)
      expectHarmless(done, gitlab())
    })

    test.each([
      ['a secret that others can read', 0o644, '    token: c4n4ry99\n', /others can use it/, /chmod 600/],
      ['a file that others can write', 0o622, '', /can be written by others/, /chmod go-w/],
      ['an unknown key', 0o600, '    nonsense: c4n4ry99\n', /config\.yaml:5.*nonsense/, /^/],
    ])('refused: %s', async (_, mode, more, detail, fix) => {
      const done = await doctor(`--json --config ${write(entry(more), mode)}`, environment(gitlab()))
      expect(done.code).toBe(14)
      expect(done.checks['config']?.detail).toMatch(detail)
      expect(done.checks['config']?.fix).toMatch(fix)
      expect(done.checks['trigger']).toMatchObject({
        ok: null,
        detail: 'not checked, since config has failed',
      })
      expect(done.stdout + done.stderr).not.toContain('c4n4ry99')
      expect(gitlab().requests).toEqual([])
    })
  })
})
