import { apiEnvironment } from '../helpers/api.ts'
import { runInTime } from '../helpers/clock.ts'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { run } from '../helpers/run.ts'
import { made, none, statesIn } from '../helpers/pipeline-sentences.ts'
import type { WorldOptions } from '../helpers/world.ts'
import type { Fault, Sandbox } from '../../src/sandbox/server.ts'

const ofPublic = { GITLAB_TRIGGER_PROJECT: '10' }
const three = '4711\n9001\n9002\n9003\n'

const anonymous = (sandbox: Sandbox): WorldOptions =>
  environment(sandbox, { ...ofPublic, GITLAB_TRIGGER_TOKEN: sandbox.tokens.publicTrigger })
const asJob = ({ url, tokens }: Sandbox): WorldOptions => ({
  env: { GITLAB_CI: 'true', CI_SERVER_URL: url, CI_JOB_TOKEN: tokens.job, GITLAB_TRIGGER_PROJECT: '9' },
})

describe('--jobs on v4: who may read', () => {
  const gitlab = useGitlab()

  test.each([
    ['an API token', apiEnvironment, 'private-token'],
    ["the job's own token", asJob, 'job-token'],
    ['anybody, of a public project', anonymous, undefined],
  ] as const)('%s', async (_, optionsOf, header) => {
    const { code, stdout } = await run('--ref master --jobs', optionsOf(gitlab()))
    expect({ code, stdout }).toEqual({ code: 0, stdout: three })
    expect(posts(gitlab())).toHaveLength(1)
    const gets = gitlab().requests.filter(({ method }) => method === 'GET')
    expect(gets.length).toBeGreaterThan(1)
    for (const { headers, path } of gets) {
      const sent = ['private-token', 'job-token', 'authorization'].filter((name) => name in headers)
      expect(sent).toEqual(header === undefined ? [] : [header])
      expect(path).not.toContain('token')
    }
  })

  const refusals: [name: string, env: (sandbox: Sandbox) => Record<string, string>][] = [
    ['nobody, of a private project', () => ({})],
    ['a wrong API token', () => ({ GITLAB_TRIGGER_API_TOKEN: 'glpat-nobody' })],
    ['a trigger token as API token', ({ tokens }) => ({ GITLAB_TRIGGER_API_TOKEN: tokens.trigger })],
  ]
  test.each(refusals)('%s: refused before the POST', async (_, env) => {
    for (const api of ['v4', 'auto']) {
      const { code, stdout, stderr } = await run(
        `--ref master --jobs --api ${api}`,
        environment(gitlab(), env(gitlab())),
      )
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
      expect(statesIn(stderr)).toEqual([none])
      expect(stderr).toMatch(/--jobs.*\n.*\n.*GITLAB_TRIGGER_API_TOKEN/)
      // v3 is not there, which has nothing to do with it.
      expect(stderr).not.toMatch(/410|V3/)
      expect(posts(gitlab())).toHaveLength(0)
    }
  })

  test('whether they may be read cannot be asked: exit 6, no POST', async () => {
    for (let at = 0; at < 20; at += 1) gitlab().failNext({ kind: 'reset after', method: 'GET' })
    const { code, stderr } = await run('--ref master --jobs', apiEnvironment(gitlab()))
    expect(code).toBe(6)
    expect(statesIn(stderr)).toEqual([none])
    expect(posts(gitlab())).toHaveLength(0)
  })

  test('a trigger that is refused is refused as ever', async () => {
    const { code, stdout, stderr } = await run('--ref nope --jobs', apiEnvironment(gitlab()))
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' })
    expect(statesIn(stderr)).toEqual([none])
  })
})

describe('--jobs on v4: waiting', () => {
  const gitlab = useGitlab({ jobsAfterPolls: 4, paceMs: 10_000_000 })

  test('for jobs that appear later: each look after a pause that grows', async () => {
    const { code, stdout, world } = await run('--ref master --jobs', apiEnvironment(gitlab()))
    expect({ code, stdout }).toEqual({ code: 0, stdout: three })
    expect(world.sleeps).toHaveLength(4)
    expect([...world.sleeps].sort((a, b) => a - b)).toEqual(world.sleeps)
    expect(gitlab().requests.filter(({ path }) => path.includes('/pipelines/4711/jobs'))).toHaveLength(5)
  })

  const body = '<html><title>GitLab is being upgraded</title></html>'
  const passing: [name: string, fault: Fault][] = [
    ...[500, 502, 503, 429, 404].map((status): [string, Fault] => [
      String(status),
      { kind: 'answer', status },
    ]),
    ['a page', { kind: 'answer', status: 200, body, contentType: 'text/html' }],
    ['a reset', { kind: 'reset' }],
    ['no answer', { kind: 'reset after' }],
    ['half an answer', { kind: 'cut' }],
  ]
  test.each(passing)('one bad look does not end it: %s (T85)', async (_, fault) => {
    gitlab().failNext({ path: '/pipelines/4711/jobs', ...fault })
    const { code, stdout } = await run('--ref master --jobs', apiEnvironment(gitlab()))
    expect({ code, stdout }).toEqual({ code: 0, stdout: three })
    expect(posts(gitlab())).toHaveLength(1)
  })

  test.each([401, 403])('a %i that stays: exit 8, the id is out', async (status) => {
    for (let count = 0; count < 200; count++) {
      gitlab().failNext({ kind: 'answer', path: '/pipelines/4711', status, body: '{"message":"no more"}' })
    }
    const { code, stdout, stderr } = await run('--ref master --jobs', apiEnvironment(gitlab()))
    expect({ code, stdout }).toEqual({ code: 8, stdout: '4711\n' })
    expect(statesIn(stderr)).toEqual([made(4711)])
    expect(stderr).toContain(`${status} no more`)
    expect(posts(gitlab())).toHaveLength(1)
  })
})

describe('--jobs on v4: the end', () => {
  const gitlab = useGitlab({ jobsAfterPolls: 1_000_000, paceMs: 10_000_000 })

  test.each(['', '--timeout 20s', '--json'])('time limit: exit 8, the id is out %s', async (flags) => {
    const { code, stdout, stderr, world } = await run(
      `--ref master --jobs ${flags}`,
      apiEnvironment(gitlab()),
    )
    expect(code).toBe(8)
    if (flags === '--json') expect(JSON.parse(stdout)).toMatchObject({ id: 4711, jobs: null, exit_code: 8 })
    else expect(stdout).toBe('4711\n')
    expect(statesIn(stderr)).toEqual([made(4711)])
    expect(stderr).toMatch(flags === '--timeout 20s' ? /time limit of 20 s/ : /time limit of 90 s/)
    const waited = world.sleeps.reduce((sum, ms) => sum + ms, 0)
    expect(waited).toBeLessThan(100_000)
  })

  test('the server goes silent: exit 8 at the limit', async () => {
    gitlab().failNext({ kind: 'stall', path: '/pipelines/4711/jobs' })
    const { code, stdout, stderr } = await runInTime(
      gitlab(),
      '--ref master --jobs',
      apiEnvironment(gitlab()),
    )
    expect({ code, stdout }).toEqual({ code: 8, stdout: '4711\n' })
    expect(statesIn(stderr)).toEqual([made(4711)])
  })

  test.each(['success', 'failed', 'canceled', 'skipped'])(
    'a pipeline that is %s without jobs',
    async (status) => {
      const body = JSON.stringify({ id: 4711, status })
      gitlab().failNext({ kind: 'answer', path: /pipelines\/4711$/, status: 200, body })
      const { code, stdout, stderr } = await run(
        '--ref master --jobs',
        environment(gitlab(), {
          GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api,
          CI: 'true',
        }),
      )
      expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n' })
      expect(stderr).toMatch(/no jobs/)
    },
  )
})

describe('--jobs on v4: many', () => {
  const gitlab = useGitlab()
  const jobs = (...ids: number[]): string => JSON.stringify(ids.map((id) => ({ id, name: `job ${id}` })))
  const page = (number: number, next: string, text: string): Fault => ({
    ...{ kind: 'answer', path: new RegExp(`/jobs\\?.*\\bpage=${number}\\b`), status: 200, body: text },
    headers: { 'x-next-page': next },
  })

  test('every page is read, each id is printed once, in order', async () => {
    gitlab().failNext(page(1, '2', jobs(9205, 9204, 9203)))
    gitlab().failNext(page(2, '3', jobs(9202)))
    gitlab().failNext(page(3, '', jobs(9201)))
    const { code, stdout } = await run('--ref master --jobs', apiEnvironment(gitlab()))
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n9201\n9202\n9203\n9204\n9205\n' })
  })

  test('a job that moves to the next page meanwhile is printed once', async () => {
    gitlab().failNext(page(1, '2', jobs(9203, 9202)))
    gitlab().failNext(page(2, '', jobs(9202, 9201)))
    const { stdout } = await run('--ref master --jobs', apiEnvironment(gitlab()))
    expect(stdout).toBe('4711\n9201\n9202\n9203\n')
  })

  test.each(['1', '0', '-1', 'x', '2; drop'])('a next page of %j does not go round', async (next) => {
    gitlab().failNext(page(1, next, jobs(9201)))
    const { code, stdout } = await run('--ref master --jobs', apiEnvironment(gitlab()))
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n9201\n' })
  })

  test('entries that are no jobs are left out', async () => {
    gitlab().failNext(page(1, '', '[null, 7, {"id":"9001"}, {"id":-1}, {"id":9202}]'))
    const { stdout } = await run('--ref master --jobs', apiEnvironment(gitlab()))
    expect(stdout).toBe('4711\n9202\n')
  })
})
