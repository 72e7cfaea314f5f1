import type { Sandbox, Script } from '../../src/sandbox/server.ts'
import { failTimes, requestPaths, useFollower } from '../helpers/follower.ts'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { run } from '../helpers/run.ts'
import { none, statesIn } from '../helpers/pipeline-sentences.ts'
import type { WorldOptions } from '../helpers/world.ts'
import { jobEnvironment } from '../helpers/environment.ts'

describe('several at once: the worst counts', () => {
  const { gitlab, follow } = useFollower()
  const bad: Script = { failsInStage: 'build' }
  const slow: Script = { by: 'clock', job: { run_tests: { runs: 9999 } } }
  const add = (script: Script): number => {
    gitlab().script('master', script)
    return gitlab().addPipeline().id
  }

  // prettier-ignore
  const rows: [name: string, scripts: Script[], code: number, stdout: string[]][] = [
    ['all good', [{}, {}], 0, ['4711 success', '4712 success']],
    ['one bad', [{}, bad], 3, ['4711 success', '4712 failed']],
    ['one too slow', [{}, slow], 8, ['4711 success', '4712 running']],
    ['one bad, one too slow', [slow, bad], 3, ['4711 running', '4712 failed']],
  ]
  test.each(rows)('%s: exit %i', async (_, scripts, code, stdout) => {
    const ids = scripts.map(add)
    const result = await follow(`wait ${ids.join(' ')} --timeout 5m`)
    expect(result.code).toBe(code)
    expect(result.stdout.trimEnd().split('\n').sort()).toEqual(stdout)
    const failed = stdout.filter((line) => !line.endsWith('success'))
    expect(result.stderr.match(/^(pipeline \d+|gitlab-trigger): /gm) ?? []).toHaveLength(failed.length)
  })

  test('each failure names its pipeline once', async () => {
    const ids = [bad, bad].map(add)
    const { stderr } = await follow(`wait ${ids.join(' ')}`)
    expect(stderr).toMatch(
      /^gitlab-trigger: Pipeline 4711 failed: .*\n(.*\n)+gitlab-trigger: Pipeline 4712 failed: /m,
    )
  })

  test('named twice it is still one', async () => {
    const id = add({})
    const { code, stdout } = await follow(`wait ${id} #${id} ${gitlab().url}/seed/app/-/pipelines/${id}`)
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711 success\n' })
  })

  test.each(['wait', 'status'])('%s passes over what stands for no pipeline', async (command) => {
    const id = add({})
    const plain = await follow(`${command} ${id} --json`)
    const { code, stdout, stderr } = await follow(`${command} - ${id} - --json`)
    const passed = 'Passed over 2 times "-": each stands for a target that was not triggered.\n'
    expect({ code, stderr }).toEqual({ code: 0, stderr: passed + plain.stderr })
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(JSON.parse(stdout)).toMatchObject({ id, exit_code: 0 })
  })

  test.each([
    ['wait - 4711', 0, /^Passed over one "-": it stands for a target that was not triggered\.\n/],
    ['status - 4711', 0, /^Passed over one "-": /],
    ['wait - 4711 -q', 0, /^$/],
    [
      'retry 4711 -',
      2,
      /"-" is not a pipeline: it stands for a target that was not triggered\nLeave it out\. Give the id/,
    ],
    ['cancel - 4711', 2, /"-" is not a pipeline: /],
    ['logs -', 2, /"-" is not a pipeline: /],
    ['open -', 2, /"-" is not a pipeline: /],
    ['play - x', 2, /"-" is not a pipeline: /],
  ])('"-" is named, as what it stands for: %s', async (line, code, says) => {
    add({})
    const result = await follow(line)
    expect(result.stderr).toMatch(says)
    expect(result.code).toBe(code)
  })

  test.each(['wait -', 'status -', 'wait - -', 'status - --json'])(
    '%s: there is no pipeline',
    async (line) => {
      const { code, stdout, stderr } = await follow(line)
      expect({ code, requests: gitlab().requests.length }).toEqual({ code: 2, requests: 0 })
      expect(stderr).toBe(
        'gitlab-trigger: there is no pipeline: "-" stands for a target that was not triggered\n' +
          'Give the id of a pipeline (4711), or the URL of its page.\n',
      )
      if (line.endsWith('--json')) expect(JSON.parse(stdout)).toMatchObject({ id: null, exit_code: 2 })
    },
  )

  test('one that does not exist: nothing is waited for', async () => {
    const id = add(slow)
    const { code, stdout, stderr, tookMs } = await follow(`wait ${id} 9999`)
    expect({ code, stdout, tookMs }).toEqual({ code: 4, stdout: '', tookMs: 0 })
    expect(stderr).toMatch(/pipeline 9999 of project 9 cannot be read: 404 Not found\n/)
  })
})

describe('ids and URLs', () => {
  const gitlab = useGitlab({ prefix: '/git/lab' })
  const home = useHome()
  const world = (lines: string[] = [], env: Record<string, string> = {}): WorldOptions => {
    home().config(serverYaml(gitlab(), `apiToken: ${gitlab().tokens.api}`, ...lines))
    return home().world({ env })
  }
  const at = (path: string): string => gitlab().url + path

  // prettier-ignore
  const good: [name: string, word: (sandbox: Sandbox) => string][] = [
    ['/-/pipelines/', () => at('/seed/app/-/pipelines/4711')],
    ['/pipelines/ of older GitLabs', () => at('/seed/app/pipelines/4711')],
    ['with a tab of the page', () => at('/seed/app/-/pipelines/4711/builds?x=1#y')],
    ['with a slash at the end', () => at('/seed/app/-/pipelines/4711/')],
    ['of a job', () => at('/seed/app/-/jobs/9001')],
    ['of a line of a log', () => at('/seed/app/-/jobs/9001#L12')],
    ['of a job, as builds', () => at('/seed/app/builds/9001')],
    ['percent-encoded', () => at('/seed/%61pp/-/pipelines/4711')],
    ['of the API', () => at('/api/v4/projects/9/pipelines/4711')],
    ['of the API, with a path', () => at('/api/v4/projects/seed%2Fapp/pipelines/4711')],
    ['of the API, with a path in small letters', () => at('/api/v4/projects/seed%2fapp/pipelines/4711/')],
    ['of the API, below the pipeline', () => at('/api/v4/projects/9/pipelines/4711/jobs?per_page=1')],
    ['of the API v3', () => at('/api/v3/projects/9/pipelines/4711')],
    ['of a job of the API', () => at('/api/v4/projects/9/jobs/9001/trace')],
    ['of a build of the API v3', () => at('/api/v3/projects/seed%2Fapp/builds/9001')],
    ['scheme and host in capitals', () => at('/seed/app/-/pipelines/4711').replace('http', 'HTTP')],
  ]
  test.each(good)('a URL alone is enough where its server is configured: %s', async (_, word) => {
    gitlab().addPipeline()
    const { code, stdout, stderr } = await run(['wait', word(gitlab())], world())
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '4711 success\n', stderr: '' })
    expect(gitlab().requests.every(({ headers }) => headers['private-token'] === gitlab().tokens.api)).toBe(
      true,
    )
  })

  test('another project than the one of the environment', async () => {
    gitlab().addPipeline({ project: 11 })
    const word = at('/seed/group/sub.dotted/deep/-/pipelines/4711')
    const { code, stdout } = await run(['wait', word], world([], { GITLAB_TRIGGER_PROJECT: '9' }))
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711 success\n' })
  })

  // prettier-ignore
  test.each<[verb: string, project: string, path: string]>([
    ['wait', 'seed/docs', '/seed/app/-/pipelines/4711'], ['cancel', 'seed/docs', '/seed/app/-/pipelines/4711'],
    ['status', '10', '/api/v4/projects/9/pipelines/4711'], ['retry', 'seed/docs', '/seed/app/-/pipelines/4711'],
    ['logs', 'seed/docs', '/seed/app/-/pipelines/4711'], ['artifacts --to x', 'seed/docs', '/seed/app/-/pipelines/4711'],
    ['open', 'seed/docs', '/seed/app/-/pipelines/4711'], ['play', 'seed/docs', '/seed/app/-/jobs/1'],
    ['wait', '10', '/seed/app/-/pipelines/4711'],
  ])('another project than the typed one is refused: %s -p %s', async (verb, project, path) => {
    const { code, stderr } = await run([...verb.split(' '), '-p', project, at(path)], world(['projects: { seed/app: { id: 9 } }']))
    expect(stderr).toMatch(/--project and the URL are of different projects: the URL is of (seed\/app|9), and --project is (seed\/docs|10)\n/)
    expect({ code, requests: gitlab().requests }).toEqual({ code: 2, requests: [] })
  })

  test.each([
    ['9', '/seed/app/-/pipelines/4711'],
    ['Seed/App', '/seed/app/-/pipelines/4711'],
    ['10', '/api/v4/projects/seed%2Fapp/pipelines/4711'],
  ])('one that may be the same is not: -p %s', async (project, path) => {
    gitlab().addPipeline()
    expect((await run(['wait', '-p', project, at(path)], world())).code).toBe(0)
  })

  // prettier-ignore
  const refused: [name: string, word: () => string, says: RegExp, code: number][] = [
    ['another origin', () => 'https://gitlab.example.net/seed/app/-/pipelines/4711', /of https:\/\/gitlab\.example\.net, which is not a configured server\n.*--server https:\/\/gitlab\.example\.net/, 14],
    ['another path prefix', () => at('/seed/app/-/pipelines/4711').replace('/git/lab', ''), /not a configured server/, 14],
    ['a longer path prefix', () => at('/seed/app/-/pipelines/4711').replace('/git/lab', '/git/labs'), /not a configured server/, 14],
    ['the other scheme', () => at('/seed/app/-/pipelines/4711').replace('http', 'https'), /not a configured server/, 14],
    ['a user and a password', () => at('/seed/app/-/pipelines/4711').replace('://', '://me:c4n4ry@'), /user name or password/, 2],
    ['a look-alike host', () => 'https://127.0.0.1@gitlab.example.net/a/b/-/pipelines/1', /user name or password/, 2],
    ['no number', () => at('/seed/app/-/pipelines'), /not the page of a pipeline or job/, 2],
    ['another page', () => at('/seed/app/-/issues/12'), /not the page of a pipeline or job/, 2],
    ['the API of another origin', () => 'https://gitlab.example.net/api/v4/projects/9/pipelines/4711', /which is not a configured server/, 14],
    ['the API outside of the path prefix', () => at('/api/v4/projects/9/pipelines/4711').replace('/git/lab', ''), /not a configured server/, 14],
    ['the API of a project', () => at('/api/v4/projects/9'), /not the page of a pipeline or job/, 2],
    ['the API of the list', () => at('/api/v4/projects/9/pipelines'), /not the page of a pipeline or job/, 2],
    ['the API of the latest', () => at('/api/v4/projects/9/pipelines/latest'), /not the page of a pipeline or job/, 2],
    ['the API of another version', () => at('/api/v5/projects/9/pipelines/4711'), /not the page of a pipeline or job/, 2],
    ['the API with a path that is encoded twice', () => at('/api/v4/projects/seed%252Fapp/pipelines/4711'), /project path/, 2],
    ['a number that is none', () => at('/seed/app/-/pipelines/99999999999999999999'), /out of range/, 2],
    ['0', () => '0', /out of range/, 2],
    ['a number that is none, alone', () => '99999999999999999999', /out of range/, 2],
    ['dots', () => at('/seed/%2e%2e%2fapp/-/pipelines/4711'), /project path/, 2],
    ['not UTF-8', () => at('/seed/%ff/-/pipelines/4711'), /not valid UTF-8/, 2],
    ['one segment', () => at('/app/-/pipelines/4711'), /full path such as group\/name/, 2],
    ['a token by mistake', () => 'glpat-c4n4ry0123456789abcd', /that is not a pipeline id or URL/, 2],
    ['another scheme', () => 'ftp://gitlab.example.net/a/b/-/pipelines/1', /"ftp:.*" is not a pipeline id or URL/, 2],
    ['empty', () => '', /that is not a pipeline id or URL/, 2],
  ]
  test.each(refused)('%s', async (_, word, says, code) => {
    const { stderr, ...result } = await run(['wait', word()], world())
    expect(stderr).toMatch(says)
    expect(result).toMatchObject({ code, stdout: '' })
    expect(statesIn(stderr)).toEqual([])
    expect(stderr).not.toMatch(/c4n4ry|undefined|bug of/)
    expect(gitlab().requests).toEqual([])
  })

  test('no word at all', async () => {
    const { code, stderr } = await run('wait', world())
    expect(code).toBe(2)
    expect(stderr).toMatch(/pipeline/)
  })

  test('an id needs a project', async () => {
    const { code, stderr } = await run('wait 4711', world())
    expect(code).toBe(2)
    expect(stderr).toContain('no project given')
  })

  test('the line that goes on names the server of the URL', async () => {
    gitlab().script('master', { pipeline: ['running'] })
    gitlab().addPipeline()
    const { code, stderr } = await run(['wait', at('/seed/app/-/pipelines/4711'), '--timeout', '5s'], world())
    expect(code).toBe(8)
    expect(stderr).toContain('To resume waiting: gitlab-trigger wait --server work --project 9 4711\n')
  })
})

describe('who may read', () => {
  const gitlab = useGitlab()
  const bad = 'glpat-nobodynobodynobody1'
  const api =
    (token: string): ((sandbox: Sandbox) => Record<string, string>) =>
    () => ({ GITLAB_TRIGGER_API_TOKEN: token })
  const token =
    (name: 'api' | 'readApi' | 'reporter' | 'trigger') =>
    ({ tokens }: Sandbox) => ({ GITLAB_TRIGGER_API_TOKEN: tokens[name] })

  test.each(['api', 'readApi', 'reporter'] as const)('the token %s', async (name) => {
    gitlab().addPipeline()
    const { code, stdout } = await run('wait 4711', environment(gitlab(), token(name)(gitlab())))
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711 success\n' })
  })

  test('the token of a running job', async () => {
    gitlab().addPipeline()
    const { code, stdout } = await run('wait 4711', jobEnvironment(gitlab(), { GITLAB_TRIGGER_PROJECT: '9' }))
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711 success\n' })
    expect(gitlab().requests[0]?.headers).toMatchObject({ 'job-token': gitlab().tokens.job })
  })

  test('anybody, of a public project', async () => {
    gitlab().addPipeline({ project: 10 })
    const { code, stdout, stderr } = await run('wait 4711 --project 10', environment(gitlab()))
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '4711 success\n', stderr: '' })
  })

  test('anybody, of a public project, though the API token is not accepted: a warning', async () => {
    gitlab().addPipeline({ project: 10 })
    for (const line of ['wait 4711 --project 10', '--project 10 --ref master --wait']) {
      const env = { ...api(bad)(gitlab()), GITLAB_TRIGGER_TOKEN: gitlab().tokens.publicTrigger }
      const { code, stderr } = await run(line, environment(gitlab(), env))
      expect(code).toBe(0)
      expect(stderr).toBe(
        'warning: the API token from environment variable GITLAB_TRIGGER_API_TOKEN is not accepted (401 Unauthorized); reading without it.\n',
      )
    }
  })

  // prettier-ignore
  const refused: [name: string, options: (sandbox: Sandbox) => WorldOptions, says: RegExp][] = [
    ['nobody, of a private project', (sandbox) => environment(sandbox), /404 Project Not Found\n.*private: set GITLAB_TRIGGER_API_TOKEN, or use --api-token-file/],
    ['a token of nobody', (sandbox) => environment(sandbox, api(bad)(sandbox)), /401 Unauthorized\n.*token from environment variable GITLAB_TRIGGER_API_TOKEN: mistyped, revoked or expired/],
    ['a trigger token as API token', (sandbox) => environment(sandbox, token('trigger')(sandbox)), /401 Unauthorized\n.*looks like a trigger token/],
    ['the token of a job that is over', (sandbox) => jobEnvironment(sandbox, { GITLAB_TRIGGER_PROJECT: '9', CI_JOB_TOKEN: sandbox.tokens.finishedJob }), /401 Unauthorized\n.*token from environment variable CI_JOB_TOKEN/],
    ['the token of a job elsewhere', (sandbox) => jobEnvironment(sandbox, { GITLAB_TRIGGER_PROJECT: '9', CI_JOB_TOKEN: sandbox.tokens.outsideJob }), /403 Forbidden - Authentication by CI\/CD job token not allowed from tool to project #9\.\nProject 9 does not let this job in .*token is from environment variable CI_JOB_TOKEN.*allowlist/],
  ]
  test.each(refused)('%s: exit 4 and which token it is about', async (_, options, says) => {
    gitlab().addPipeline()
    const result = await run('wait 4711', options(gitlab()))
    expect(result.stderr).toMatch(says)
    expect(result).toMatchObject({ code: 4, stdout: '' })
    expect(statesIn(result.stderr)).toEqual([])
    for (const secret of Object.values(gitlab().tokens) as string[])
      expect(result.stderr).not.toContain(secret)
  })

  test.each(refused)('run --wait, %s: no POST when nobody may read', async (_, options) => {
    const { env = {} } = options(gitlab())
    const world = { env: { ...env, GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger } }
    const result = await run('--ref master --wait', world)
    expect(result).toMatchObject({ code: 4, stdout: '' })
    expect(result.stderr).toMatch(/--wait: .*\n.*\n.*GITLAB_TRIGGER_API_TOKEN/)
    expect(statesIn(result.stderr)).toEqual([none])
    expect(posts(gitlab())).toEqual([])
  })
})

describe('output', () => {
  const { gitlab, follow } = useFollower()

  test.each([
    [{}, 0, 'success'],
    [{ failsInStage: 'test' }, 3, 'failed'],
    [{ pipeline: ['canceled'] }, 3, 'canceled'],
    [{ stuckWithoutRunner: ['gpu'] }, 8, 'pending'],
  ] as [Script, number, string][])(
    '--json of run --wait has the final status: %j',
    async (script, code, status) => {
      const result = await follow('--ref master --wait --json --queue-timeout 1m', script)
      expect(JSON.parse(result.stdout)).toMatchObject({
        id: 4711,
        status,
        exit_code: code,
        build_state: 'triggered',
      })
      expect(result.code).toBe(code)
      // The id is not only in an object that may never come.
      expect(result.stderr).toMatch(/^Pipeline 4711 \(ref master\)/)
    },
  )

  test('success is silent where nobody looks on; --quiet says nothing at all', async () => {
    expect(await follow('--ref master --wait', {})).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
    expect(await follow('--ref master --wait --quiet', {})).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(await follow('wait 4711 --quiet')).toMatchObject({ code: 0, stdout: '', stderr: '' })
  })

  test('a disk that is full: exit 11, once the end is known', async () => {
    gitlab().addPipeline()
    const { code, stderr } = await follow('wait 4711', undefined, { broken: { stdout: 'ENOSPC' } })
    expect(code).toBe(11)
    expect(stderr).toContain('ENOSPC')
  })
})

describe('recipes that wait', () => {
  const gitlab = useGitlab()
  const home = useHome()
  const typed = async (
    line: string,
    recipe: string,
  ): Promise<{ code: number; stdout: string; stderr: string }> => {
    const { url, tokens } = gitlab()
    const lines = [`token: ${tokens.trigger}`, `apiToken: ${tokens.api}`]
    home().config(`${serverYaml({ url }, ...lines)}recipes:\n  r: { project: 9, ref: master, ${recipe} }\n`)
    const { code, stdout, stderr } = await run(line, home().world())
    return { code, stdout, stderr }
  }
  const manual: Script = { jobs: [{ name: 'deploy', stage: 'd', when: 'manual' }] }

  // prettier-ignore
  const rows: [recipe: string, line: string, Script, code: number, says: RegExp][] = [
    ['wait: true', 'r', {}, 0, /^$/],
    ['follow: true', 'r', { failsInStage: 'test' }, 3, /failed: run_tests/],
    ['wait: true, exitCodes: { 3: 0 }', 'r', { failsInStage: 'test' }, 0, /failed: run_tests/],
    ['wait: true', 'r', manual, 3, /is waiting for manual action: deploy/],
    ['wait: true, onManual: pass', 'r', manual, 0, /^$/],
    ['wait: true, onManual: pass', 'r --on-manual fail', manual, 3, /is waiting for manual action/],
    ['wait: true, play: [deploy]', 'r', manual, 0, /^$/],
    ['wait: true, allowSkipped: true', 'r', { pipeline: ['skipped'] }, 0, /^$/],
    ['wait: true, failOnWarnings: true', 'r', { jobs: [{ name: 'f', stage: 'f', ends: 'failed', allowFailure: true }] }, 3, /with warnings/],
    ['wait: true, queueTimeout: 1m', 'r', { stuckWithoutRunner: ['gpu'] }, 8, /within 60 s: "run_tests"/],
    ['wait: true, runTimeout: 90', 'r', { pipeline: ['running'] }, 8, /has run for 90 s/],
    ['wait: true, runTimeout: 90, cancelOnTimeout: true', 'r', { job: { run_tests: { runs: 9999 } } }, 8, /has run for 90 s and is still running\. Pipeline 4711 was canceled/],
    ['wait: true, queueTimeout: soon', 'r', {}, 14, /queueTimeout: "soon" is not a duration/],
    ['wait: true, onManual: maybe', 'r', {}, 14, /onManual/],
    ['wait: true, onManual: play', 'r', {}, 2, /no job to play given/],
    ['wait: false', 'r', {}, 0, /^$/],
    ['wait: false', 'r --run-timeout 1m', {}, 2, /--run-timeout needs --wait or --follow/],
  ]
  test.each(rows)('%s, %s', async (recipe, line, script, code, says) => {
    gitlab().script('master', script)
    const result = await typed(line, recipe)
    expect(result.stderr).toMatch(says)
    expect(result.code).toBe(code)
  })

  test.each([
    '--on-manual wait',
    '--play x',
    '--allow-skipped',
    '--fail-on-warnings',
    '--queue-timeout 1m',
    '--run-timeout 1m',
    '--retry-grace 1m',
    '--poll-grace 1m',
    '--poll-interval 1m',
    '--logs none',
    '--log-lines 3',
    '--cancel-on-interrupt',
    '--cancel-on-timeout',
  ])('%s is refused where nothing is followed', async (flags) => {
    const { code, stderr } = await run(`--ref master ${flags}`, environment(gitlab()))
    expect(code).toBe(2)
    expect(stderr).toContain(`${flags.split(' ')[0]!} needs --wait or --follow`)
    expect(gitlab().requests).toEqual([])
  })

  test.each([
    '--on-manual perhaps',
    '--queue-timeout soon',
    '--run-timeout 0',
    '--poll-interval -1',
    '--retry-grace 25h',
    '--on-manual play',
  ])('nonsense is refused before anything is sent: %s', async (flags) => {
    const { code, stderr } = await run(`--ref master --wait ${flags}`, environment(gitlab()))
    expect(code).toBe(2)
    expect(statesIn(stderr)).toEqual([none])
    expect(gitlab().requests).toEqual([])
  })
})

describe('run --wait: the trigger itself', () => {
  const { gitlab, follow } = useFollower()

  // A crontab line with it triggers all the same.
  test.each([
    ['--ref master --wait', 'Add --logs failed'],
    ['--ref master --follow --logs all', 'Give --logs failed in place of'],
    ['--ref master --ref develop --wait', 'Add --logs failed'],
    ['wait 4711', 'Add --logs failed'],
    ['wait 4711 --logs run_tests', 'Give --logs failed in place of'],
    ['retry 4711 --wait', 'Add --logs failed'],
  ])('where no lines of failed jobs are printed, --log-lines has no effect: %s', async (line, instead) => {
    gitlab().addPipeline()
    const plain = await follow(line)
    const { code, stderr } = await follow(`${line} --log-lines 3`)
    expect(stderr.split('--log-lines 3 has no effect: the logs of failed jobs are not printed')).toHaveLength(
      2,
    )
    expect(stderr).toContain(instead)
    expect([plain.code, code]).toEqual([0, 0])
  })

  test('a refused one is refused as ever, and nothing is waited for', async () => {
    const { code, stdout, stderr, tookMs } = await follow('--ref nope --wait')
    expect({ code, stdout, tookMs }).toEqual({ code: 5, stdout: '', tookMs: 0 })
    expect(statesIn(stderr)).toEqual([none])
    expect(requestPaths(gitlab()).filter((line) => line.includes('/jobs'))).toEqual([])
  })

  test('whether it may be read cannot be asked: exit 6, no POST', async () => {
    failTimes(gitlab(), 20, { kind: 'answer', status: 502, method: 'GET' })
    const { code, stderr } = await follow('--ref master --wait')
    expect(code).toBe(6)
    expect(statesIn(stderr)).toEqual([none])
    expect(posts(gitlab())).toEqual([])
  })

  test('one whose answer is lost is looked up, and waited for', async () => {
    gitlab().failNext({ kind: 'answer', status: 502, method: 'POST', createThen: true })
    const { code, stdout } = await follow('--ref master --wait', { by: 'clock' })
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n' })
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('a job token triggers and waits', async () => {
    const { url, tokens } = gitlab()
    const env = { GITLAB_CI: 'true', CI_SERVER_URL: url, CI_JOB_TOKEN: tokens.job, GITLAB_TRIGGER_TOKEN: '' }
    const { code, stdout } = await follow('--ref master --wait', {}, { env, withoutApiToken: true })
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n' })
  })
})

describe('--events', () => {
  const { gitlab, follow } = useFollower()
  const bad: Script = { failsInStage: 'build' }
  const typesOf = (stdout: string): string[] => {
    const lines = stdout.trim().split('\n').filter(Boolean)
    return lines.map((line) => (JSON.parse(line) as { type: string }).type)
  }
  const lastOf = (stdout: string): unknown => JSON.parse(stdout.trim().split('\n').at(-1) ?? '')

  // prettier-ignore
  const rows: [line: string, scripts: Script[], code: number, overs: number, last: object][] = [
    ['wait 4711', [{}], 0, 1, { type: 'ended', exit_code: 0 }],
    ['wait 4711', [bad], 3, 1, { type: 'failed', exit_code: 3, build_state: 'triggered', build_id: 4711 }],
    ['wait 4711 4712', [{}, {}], 0, 2, { type: 'ended' }],
    ['wait 4711 4712', [bad, {}], 3, 2, { type: 'failed', build_id: 4711 }],
    ['wait 9999', [{}], 4, 0, { type: 'failed', exit_code: 4, build_state: 'none', build_id: null }],
    ['retry 4711 --wait', [{}], 0, 1, { type: 'ended' }],
    ['retry 9999 --wait', [{}], 4, 0, { type: 'failed', exit_code: 4 }],
  ]
  test.each(rows)('%s %j: exit %i', async (line, scripts, code, overs, last) => {
    for (const script of scripts) {
      gitlab().script('master', script)
      gitlab().addPipeline()
    }
    const result = await follow(`${line} --events`)
    expect(result.code).toBe(code)
    expect(typesOf(result.stdout).filter((type) => type === 'over')).toHaveLength(overs)
    expect(lastOf(result.stdout)).toMatchObject({ version: 1, ...last })
  })

  test.each(['retry 4711 --events', 'wait 4711 --events --json', 'wait 4711 --events --quiet'])(
    '%s: exit 2, nothing sent',
    async (line) => {
      expect((await follow(line)).code).toBe(2)
      expect(gitlab().requests).toEqual([])
    },
  )
})

describe('run --wait --json tells what wait --json does', () => {
  const now = useFollower()
  const then = useFollower({ gitlab: '8.17' })
  const failing: Script = { by: 'clock', failsInStage: 'build' }

  // prettier-ignore
  test.each<[name: string, server: typeof now, script: Script, code: number]>([
    ['a success', now, { by: 'clock' }, 0],
    ['a failure', now, failing, 3],
    ['a limit', now, { by: 'clock', job: { run_tests: { runs: 9999 } } }, 8],
    ['downstream', now, { by: 'clock', jobs: [{ name: 'go', stage: 's', downstream: { depend: true } }] }, 0],
    ['API v3', then, failing, 3],
  ])('%s', async (_, { follow }, script, code) => {
    const triggered = await follow('--ref master --wait --json --run-timeout 2m', script)
    expect(triggered.code).toBe(code)
    const own = JSON.parse(triggered.stdout) as Record<string, unknown>
    const waited = await follow('status 4711 --json', undefined, {
      prepare: (world) => {
        world.advance(triggered.tookMs)
      },
    })
    const { id, kind, ...rest } = JSON.parse(waited.stdout) as Record<string, unknown>
    for (const name of ['exit_code', 'error', 'variables', 'timeline']) Reflect.deleteProperty(rest, name)
    expect(own).toMatchObject(rest)
    expect([own['id'], own['kind']]).toEqual(own['api'] === 'v3' ? [101, 'trigger_request'] : [id, kind])
  })

  test('where nothing was triggered, or the line is wrong, the members are there and null', async () => {
    const objectOf = async (line: string): Promise<Record<string, unknown>> =>
      JSON.parse((await now.follow(line)).stdout) as Record<string, unknown>
    const good = await objectOf('--ref master --wait --json')
    for (const line of [
      '--ref nope --wait --json',
      '--ref master --wait --json --bogus',
      '--follow --json',
    ]) {
      const object = await objectOf(line)
      expect(object).toMatchObject({ has_warnings: null, user: null, finished_at: null, jobs: null })
      expect(Object.keys(object).sort()).toEqual(Object.keys(good).sort())
    }
  })
})
