import type { JobPlan, Sandbox } from '../../src/sandbox/server.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { run, type Line, type Result } from '../helpers/run.ts'
import type { WorldOptions } from '../helpers/world.ts'

/** The log of a job of the sandbox begins and ends with lines of its runner; this is what stands between. */
function middle(stdout: string): string {
  return stdout
    .replace(/^[^]*?\$ make \w+\n/, '')
    .replace(/(\w+: done\n)?(make: \*\*\*|Job succeeded|ERROR: Job)[^]*$/, '')
}

const jobs: readonly JobPlan[] = [
  { name: 'build', stage: 'build', log: { text: 'one\ntwo\n' } },
  { name: 'lint', stage: 'test', ends: 'failed', allowFailure: true, log: { text: 'spaces\n' } },
  {
    name: 'unit',
    stage: 'test',
    ends: 'failed',
    failureReason: 'script_failure',
    log: { text: 'a\nb\nc\n' },
  },
  { name: 'deploy', stage: 'deploy', when: 'manual' },
]

function world(gitlab: Sandbox, options: WorldOptions = {}): WorldOptions {
  const env = {
    GITLAB_TRIGGER_SERVER: gitlab.url,
    GITLAB_TRIGGER_PROJECT: '9',
    GITLAB_TRIGGER_API_TOKEN: gitlab.tokens.api,
  }
  return { ...options, env: { ...env, ...options.env } }
}

describe('logs of a pipeline that is over', () => {
  const gitlab = useGitlab()
  const logs = (line: Line, options?: WorldOptions): Promise<Result> => run(line, world(gitlab(), options))

  beforeEach(() => {
    gitlab().script('master', { by: 'clock', jobs })
    gitlab().addPipeline()
  })

  test('of one job: its text alone', async () => {
    const { code, stdout, stderr } = await logs('logs 4711 --job build')
    expect([code, stderr, middle(stdout)]).toEqual([0, '', 'one\ntwo\n'])
    expect(stdout).toMatch(
      /^Running with gitlab-runner 18.9.0 \(sandbox\)\nGetting source from Git repository\n/,
    )
  })

  // prettier-ignore
  test.each<[line: string, lines: string[]]>([
    ['logs 4711 --job unit --lines 2', ['make: *** [build] Error 1', 'ERROR: Job failed: exit code 1']],
    ['logs 4711 --job 9003 --lines 1', ['ERROR: Job failed: exit code 1']],
    ['logs {url}/seed/app/-/jobs/9003 --lines 1', ['ERROR: Job failed: exit code 1']],
    ['logs {url}/seed/app/-/pipelines/4711 --job build --lines 3', ['two', 'build: done', 'Job succeeded']],
    ['logs 4711 --job build --job unit --lines 1', [
      'build, the last line of its log: {url}/seed/app/-/jobs/9001', 'Job succeeded',
      'unit failed (script_failure), the last line of its log: {url}/seed/app/-/jobs/9003', 'ERROR: Job failed: exit code 1']],
    ['logs 4711 --failed --lines 1', [
      'lint failed (script_failure), the last line of its log: {url}/seed/app/-/jobs/9002', 'ERROR: Job failed: exit code 1',
      'unit failed (script_failure), the last line of its log: {url}/seed/app/-/jobs/9003', 'ERROR: Job failed: exit code 1']],
  ])('%s', async (line, lines) => {
    const { code, stdout, stderr } = await logs(line.replace('{url}', gitlab().url))
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toBe(lines.map((each) => `${each.replace('{url}', gitlab().url)}\n`).join(''))
  })

  test('of all jobs: every line behind the name of its job, the manual one has none', async () => {
    const { code, stdout } = await logs('logs 4711')
    const names = stdout
      .trimEnd()
      .split('\n')
      .map((line) => /^\[(\w+)\] /.exec(line)?.[1])
    expect([code, [...new Set(names)]]).toEqual([0, ['build', 'lint', 'unit']])
    expect(stdout).toContain('[build] one\n[build] two\n')
  })

  test('of several pipelines', async () => {
    gitlab().addPipeline()
    const { stdout } = await logs('logs 4711 4712 --job build')
    expect(stdout).toMatch(/\[4711 > build\] one\n[^]*\[4712 > build\] one\n/)
  })

  test('of a job that a retry has replaced', async () => {
    await fetch(`${gitlab().url}/api/v4/projects/9/jobs/9003/retry`, {
      method: 'POST',
      headers: { 'private-token': gitlab().tokens.api },
    })
    const { code, stdout } = await logs(`logs ${gitlab().url}/seed/app/-/jobs/9003`)
    expect([code, middle(stdout)]).toEqual([0, 'a\nb\nc\n'])
  })

  // prettier-ignore
  test.each<[line: string, message: RegExp]>([
    ['logs 4711 --job unti', /pipeline 4711 has no job "unti"\nDid you mean unit\?/],
    ['logs 4711 --job nothing', /no job "nothing"\nIts jobs: build, lint, unit, deploy\./],
    ['logs 4711 --job 12', /no job "12"/],
    ['logs 4711 --raw', /--raw prints one log, and 3 jobs match\nChoose one with --job: build \(9001\), lint \(9002\), unit \(9003\)\./],
    ['logs 4711 --lines 0', /--lines: "0" is not a number from 1 to 999999/],
    ['logs 4711 --lines x', /--lines: "x" is not a number/],
    ['logs 4711 --raw --lines 3', /--raw.*--lines/],
    ['logs 4711 --failed --job unit', /--failed.*--job/],
    ['logs 4711 -f --lines 3', /--lines.*--follow|--follow.*--lines/],
    ['logs', /missing|no pipeline/],
  ])('refused: %s', async (line, message) => {
    const { code, stdout, stderr } = await logs(line)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
  })

  test('--raw is byte-exact: nothing is dropped, tamed or masked', async () => {
    const text = `\x1b]0;x\x07\r\n\0\x1b[31m${gitlab().tokens.api}`
    gitlab().script('master', { by: 'clock', jobs: [{ name: 'build', stage: 'build', log: { text } }] })
    gitlab().addPipeline()
    const raw = await fetch(`${gitlab().url}/api/v4/projects/9/jobs/9005/trace`, {
      headers: { 'private-token': gitlab().tokens.api },
    })
    const exact = await raw.text()
    expect(exact).toContain(text)
    const env = { GITHUB_ACTIONS: 'true', FORCE_COLOR: '1' }
    expect((await logs('logs 4712 --job build --raw', { env })).stdout).toBe(exact)
    expect((await logs('logs 4712 --raw -f', { env })).stdout).toBe(exact)
    expect((await logs('logs 4712 --job build')).stdout).toMatch(/\$ make build\n\n\^@\*\*\*/)
  })

  test('--raw never goes to a terminal', async () => {
    const { code, stdout, stderr } = await logs('logs 4711 --raw --job build', { tty: ['stdout'] })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('--raw cannot print to a terminal')
    expect(gitlab().requests).toEqual([])
  })

  test('colours go to a terminal, and end with the log', async () => {
    const colored = await logs('logs 4711 --job build', { tty: ['stdout'] })
    expect(colored.stdout).toMatch(/\x1b\[32;1m\$ make build\x1b\[0;m\n[^]*\x1b\[0m$/)
    const plain = await logs('logs 4711 --job build', { tty: ['stdout'], env: { NO_COLOR: '1' } })
    expect(plain.stdout).not.toContain('\x1b')
  })

  test('a colour stays in its line, and goes on in the next one of its job', async () => {
    const text = '\x1b[31mred\nstill\x1b[0m no\n\x1b[1;32mA\x1b[mB\n'
    gitlab().script('master', {
      by: 'clock',
      jobs: [
        { name: 'a', stage: 'x', log: { text } },
        { name: 'b', stage: 'x' },
      ],
    })
    gitlab().addPipeline()
    const { stdout } = await logs('logs 4712', { tty: ['stdout'] })
    const lines = stdout
      .split('\n')
      .filter((line) => /red|still|A/.test(line))
      .map((line) => line.replace(/^.*?\] ?\x1b\[\d+m /, ''))
    expect(lines).toEqual(['\x1b[31mred\x1b[0m', '\x1b[31mstill\x1b[0m no', '\x1b[1;32mA\x1b[mB'])
  })

  test('no failed job, no job that has started', async () => {
    gitlab().script('master', { by: 'clock', jobs: [{ name: 'deploy', stage: 'x', when: 'manual' }] })
    gitlab().addPipeline()
    const env = { CI: 'true' }
    expect(await logs('logs 4712 --failed', { env })).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'No job of pipeline 4712 has failed.\n',
    })
    expect((await logs('logs 4712', { env })).stderr).toBe(
      'Pipeline 4712 has no log yet: none of the selected jobs has started.\n',
    )
  })
})

describe('logs that may not be read', () => {
  const gitlab = useGitlab()
  const logs = (line: Line, options?: WorldOptions): Promise<Result> => run(line, world(gitlab(), options))
  beforeEach(() => {
    gitlab().script('master', { by: 'clock', jobs: jobs.slice(0, 2) })
    gitlab().addPipeline()
  })

  test('one is refused: GitLab says why, the others are printed', async () => {
    gitlab().failNext({
      kind: 'answer',
      status: 403,
      path: '/jobs/9001/trace',
      body: '{"message":"403 Forbidden"}',
      contentType: 'application/json',
    })
    const { code, stdout, stderr } = await logs('logs 4711')
    expect(code).toBe(4)
    expect(stderr).toContain('the log of job 9001 (build) cannot be read: 403 Forbidden')
    expect(stderr).toContain('GITLAB_TRIGGER_API_TOKEN')
    expect(stdout).toMatch(/^\[lint\] /)
  })

  test('a job token may see the pipeline and its jobs, but no log', async () => {
    const env = {
      GITLAB_TRIGGER_API_TOKEN: '',
      CI_JOB_TOKEN: gitlab().tokens.job,
      CI_SERVER_URL: gitlab().url,
      GITLAB_CI: 'true',
    }
    const { code, stdout, stderr } = await logs('logs 4711 --job build', { env })
    expect([code, stdout]).toEqual([4, ''])
    expect(stderr).toMatch(/the log of job 9001 \(build\) cannot be read: 40\d/)
  })

  test('a server that is down for good', async () => {
    for (let index = 0; index < 40; index += 1)
      gitlab().failNext({ kind: 'answer', status: 502, path: '/trace' })
    const { code, stdout, stderr } = await logs('logs 4711 --job build')
    expect([code, stdout]).toEqual([6, ''])
    expect(stderr).toMatch(
      /the log of job 9001 \(build\) was not read completely: lost connection to the server for \d+ s: 502/,
    )
  })
})

describe('a stdout that is not there any more', () => {
  const gitlab = useGitlab()
  test.each([
    ['EPIPE', 0],
    ['ENOSPC', 11],
  ])('%s: exit %i', async (code, exit) => {
    gitlab().addPipeline()
    const result = await run('logs 4711', world(gitlab(), { broken: { stdout: code } }))
    expect(result.code).toBe(exit)
    expect(result.stderr === '').toBe(exit === 0)
  })
})
