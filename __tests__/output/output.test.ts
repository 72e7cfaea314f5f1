import { environment, useGitlab } from '../helpers/gitlab.ts'
import { closedPortUrl } from '../helpers/run-against.ts'
import { run } from '../helpers/run.ts'
import { none, statesIn, unknown } from '../helpers/pipeline-sentences.ts'

const members = [
  ...[
    'id',
    'kind',
    'iid',
    'project_id',
    'ref',
    'sha',
    'status',
    'source',
    'web_url',
    'variables',
    'jobs',
    'server',
  ],
  ...['api', 'build_state', 'exit_code', 'skipped', 'error'],
]

describe('talk on stderr', () => {
  const gitlab = useGitlab()
  const line =
    /^Pipeline 4711 \(ref master\): created http:\/\/127\.0\.0\.1:\d+\/seed\/app\/-\/pipelines\/4711\n$/
  const warned = /^warning: --token .*\nPipeline 4711 \(ref master\)/
  const silent = /^$/

  // prettier-ignore
  const rows: [name: string, tty: ('stdout' | 'stderr')[], env: Record<string, string>, flags: string, stdout: string, says: RegExp][] = [
    ['cron: silence (T111)', [], {}, '', '4711\n', silent],
    ['only stdout is a terminal', ['stdout'], {}, '', '4711\n', silent],
    ['a terminal: one line', ['stdout', 'stderr'], { TERM: 'dumb' }, '', '4711\n', line],
    ['id=$(...) on a terminal', ['stderr'], { TERM: 'dumb' }, '', '4711\n', line],
    ['a CI log', [], { CI: 'true' }, '', '4711\n', line],
    ['a GitLab job', [], { GITLAB_CI: 'true' }, '', '4711\n', line],
    ['an empty CI is none', [], { CI: '' }, '', '4711\n', silent],
    ['-q on a terminal', ['stdout', 'stderr'], {}, '-q', '', silent],
    ['-q in CI', [], { CI: 'true' }, '--quiet', '', silent],
    ['-q in cron', [], {}, '-q', '', silent],
    ['a token on the command line, terminal', ['stderr'], { TERM: 'dumb' }, '--token TOKEN', '4711\n', warned],
    ['a token on the command line, cron', [], {}, '--token TOKEN', '4711\n', silent],
    ['a token on the command line, -q', ['stderr'], {}, '-q --token TOKEN', '', silent],
  ]
  test.each(rows)('%s', async (_, tty, env, flags, stdout, says) => {
    const { tokens } = gitlab()
    const typed = `--ref master ${flags.replace('TOKEN', tokens.trigger)}`
    const result = await run(typed, { ...environment(gitlab(), env), tty })
    expect(result).toMatchObject({ code: 0, stdout })
    expect(result.stderr).toMatch(says)
  })

  test.each(['', '-q', '--json'])('a failure is told in cron too: %s', async (flags) => {
    const { code, stderr } = await run(`--ref nope ${flags}`, environment(gitlab()))
    expect(code).toBe(5)
    expect(stderr).toMatch(/^gitlab-trigger: .*Reference not found/)
    expect(statesIn(stderr)).toEqual([none])
  })

  test('--verbose: where each value came from, and each request', async () => {
    const { tokens, url } = gitlab()
    const more = { GITLAB_TRIGGER_API_TOKEN: tokens.api, OF_ENV: 'canary-2' }
    const typed =
      '--ref master --verbose --var A=canary-1 --var OF_ENV --input environment=canary-3 --timeout 2m'
    const { code, stdout, stderr } = await run(typed, environment(gitlab(), more))
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n' })
    for (const says of [
      /^server +http:\/\/127\.0\.0\.1:\d+ \(environment variable GITLAB_TRIGGER_SERVER\)$/m,
      /^project +9 \(environment variable GITLAB_TRIGGER_PROJECT\)$/m,
      /^ref +master \(--ref\)$/m,
      /^token +\*\*\* \(environment variable GITLAB_TRIGGER_TOKEN\)$/m,
      /^api token +\*\*\* \(environment variable GITLAB_TRIGGER_API_TOKEN\)$/m,
      /^api +auto \(built-in\)$/m,
      /^timeout +120 s \(--timeout\)$/m,
      /^variable +A \(8 bytes\) \(--var\)$/m,
      /^variable +OF_ENV \(8 bytes\) \(environment variable OF_ENV\)$/m,
      /^input +environment \(--input\)$/m,
      new RegExp(`^POST ${url}/api/v4/projects/9/trigger/pipeline .* 201$`, 'm'),
    ]) {
      expect(stderr).toMatch(says)
    }
    expect(stderr).not.toMatch(/canary/)
    for (const token of Object.values(tokens)) expect(stdout + stderr).not.toContain(token)
  })

  test('--verbose tells a request without an answer too', async () => {
    const url = await closedPortUrl()
    const { code, stderr } = await run('--ref master --verbose', environment({ ...gitlab(), url }))
    expect(code).toBe(6)
    expect(stderr).toMatch(/^POST http.*no answer$/m)
  })

  test.each([
    ['success', '--ref master --verbose'],
    ['a long error', '--ref nope'],
    ['--dry-run of a long value', `--ref master --dry-run --var A=${'x'.repeat(999)}`],
  ])('our own words are ASCII where the locale is C (T112): %s', async (_, typed) => {
    if (typed.includes('nope')) gitlab().failNext({ kind: 'answer', status: 400, body: 'x'.repeat(5000) })
    const { stdout, stderr } = await run(typed, environment(gitlab(), { LC_ALL: 'C', LANG: 'xx_YY.nope' }))
    expect(stdout + stderr).toMatch(/^[\x20-\x7e\t\n]+$/)
  })
})

describe('--json', () => {
  const gitlab = useGitlab()

  test('says everything about a pipeline', async () => {
    const { url } = gitlab()
    const typed = '--ref master --var A=canary --var B=canary --json'
    const { code, stdout, stderr } = await run(typed, environment(gitlab()))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^\{.*\}\n$/)
    expect(stdout).not.toContain('canary')
    const sandboxPipeline = gitlab().pipelines[0]!
    expect(JSON.parse(stdout)).toEqual({
      id: 4711,
      kind: 'pipeline',
      iid: 1,
      project_id: 9,
      ref: 'master',
      sha: sandboxPipeline.sha,
      status: 'created',
      source: 'trigger',
      web_url: `${url}/seed/app/-/pipelines/4711`,
      variables: ['A', 'B'],
      jobs: null,
      server: url,
      api: 'v4',
      build_state: 'triggered',
      exit_code: 0,
      skipped: null,
      error: null,
    })
  })

  // prettier-ignore
  const rows: [typed: string, fault: number | undefined, exit: number, state: string, says: string][] = [
    ['--ref nope', undefined, 5, 'none', none],
    ['--ref master', 403, 4, 'none', none],
    ['--ref master', 400, 5, 'none', none],
    ['--ref master', 301, 5, 'none', none],
    ['--ref master --retry 0', 429, 12, 'none', none],
    ['--ref master', 502, 7, 'unknown', unknown],
    ['--ref master', 201, 7, 'unknown', unknown],
    ['--ref master', 422, 3, 'triggered', 'A pipeline was created; GitLab did not give its id.'],
    ['--ref master --jobs', undefined, 4, 'none', none],
    ['', undefined, 2, 'none', none],
    ['--ref=', undefined, 2, 'none', none],
    ['--ref master --nope', undefined, 2, 'none', none],
    ['--ref master --ref master', undefined, 2, 'none', none],
    ['--ref master --var 1-2=x', undefined, 2, 'none', none],
    ['--ref master --timeout 0', undefined, 2, 'none', none],
    ['--ref master --timeout soon', undefined, 2, 'none', none],
    ['--ref master --api v5', undefined, 2, 'none', none],
    ['--ref master --project ..', undefined, 2, 'none', none],
    ['--ref master --server ftp://x', undefined, 2, 'none', none],
    ['--ref master --token-file /nowhere/token', undefined, 2, 'none', none],
  ]
  test.each(rows)('of a failure: %s (%s): exit %i', async (typed, fault, exit, state, says) => {
    if (fault !== undefined) gitlab().failNext({ kind: 'answer', status: fault, body: '' })
    const { code, stdout, stderr } = await run(`${typed} --json`, environment(gitlab()))
    expect(stdout).toMatch(/^\{.*\}\n$/)
    const object = JSON.parse(stdout) as Record<string, unknown>
    expect(Object.keys(object).sort()).toEqual([...members].sort())
    expect(object).toMatchObject({ id: null, build_state: state, exit_code: code, jobs: null })
    expect(object['error']).toMatchObject({ message: expect.stringMatching(/./) as unknown })
    expect(code).toBe(exit)
    expect(statesIn(stderr)).toEqual([says])
  })

  test('of a run that could not reach the server', async () => {
    const url = await closedPortUrl()
    const { code, stdout } = await run('--ref master --var A=1 --json', environment({ ...gitlab(), url }))
    expect(code).toBe(6)
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ id: null, kind: null, server: url, ref: 'master', project_id: 9, variables: ['A'] },
      ...{ build_state: 'none', exit_code: 6 },
    })
  })

  test('goes together with the line of a terminal', async () => {
    const options = { ...environment(gitlab(), { TERM: 'dumb' }), tty: ['stderr' as const] }
    const { stdout, stderr } = await run('--ref master --json', options)
    expect(JSON.parse(stdout)).toMatchObject({ id: 4711 })
    expect(stderr).toMatch(/^Pipeline 4711 \(ref master\): created \S+\n$/)
  })

  test('with --jobs holds the jobs', async () => {
    const options = environment(gitlab(), { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api })
    const { stdout } = await run('--ref master --jobs --json', options)
    expect(JSON.parse(stdout)).toMatchObject({
      id: 4711,
      jobs: [
        { id: 9001, name: 'run_tests', stage: 'test', status: 'success' },
        { id: 9002, name: 'build_package', stage: 'build', status: 'success' },
        { id: 9003, name: 'upload_package', stage: 'package', status: 'success' },
      ],
    })
  })

  describe('of older GitLabs', () => {
    const old = useGitlab({ gitlab: '8.17' })
    test('leaves null what v3 does not tell', async () => {
      const { stdout } = await run('--ref master --json --project seed/app', environment(old()))
      expect(JSON.parse(stdout)).toEqual({
        ...{ id: 101, kind: 'trigger_request', iid: null, project_id: null, ref: 'master', sha: null },
        ...{ status: null, source: null, web_url: null, variables: [], jobs: null, server: old().url },
        ...{ api: 'v3', build_state: 'triggered', exit_code: 0, skipped: null, error: null },
      })
    })
  })

  describe('of a pipeline that failed at once', () => {
    const old = useGitlab({ gitlab: '10.3' })
    test('names it', async () => {
      const { code, stdout } = await run('--ref broken --json', environment(old()))
      expect(code).toBe(3)
      expect(JSON.parse(stdout)).toMatchObject({
        id: 4711,
        status: 'failed',
        build_state: 'triggered',
        exit_code: 3,
      })
    })
  })
})
