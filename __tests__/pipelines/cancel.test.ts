import type { Fault, Script } from '../../src/sandbox/server.ts'
import { failTimes, useFollower, type Follower } from '../helpers/follower.ts'
import { statesIn } from '../helpers/pipeline-sentences.ts'

const follower = useFollower()
const { gitlab, follow } = follower
/** stderr is a terminal, so that the message of success is seen. */
const watched = { env: { CI: 'true' } }
const slow: Script = { by: 'clock', job: { run_tests: { runs: 600 } } }
const below: Script = {
  by: 'clock',
  jobs: [
    { name: 'other', stage: 's', downstream: { project: 11, jobs: [{ name: 'y', stage: 'y', runs: 600 }] } },
    { name: 'z', stage: 'z' },
  ],
}
const add = (
  script: Script,
  request: Parameters<ReturnType<Follower['gitlab']>['addPipeline']>[0] = {},
): void => {
  gitlab().script('master', script)
  gitlab().addPipeline(request)
}
const actions = (word: string): string[] =>
  gitlab()
    .requests.filter(({ method, path }) => method === 'POST' && path.endsWith(`/${word}`))
    .map(({ path }) => path.replace(/^.*projects\//, ''))
const answer = (status: number, body = ''): Fault => ({
  kind: 'answer',
  status,
  body,
  contentType: 'application/json',
})

describe('cancel', () => {
  // prettier-ignore
  const rows: [name: string, Script, code: number, stdout: string, says: RegExp, cancels: number][] = [
    ['what has not started', { ...slow, startsAfter: 60 }, 0, '4711 canceled\n', /^Pipeline 4711 was canceled\.\n$/, 1],
    ['what was in the past', { pipeline: ['success'] }, 0, '4711 success\n', /^Pipeline 4711 had already finished \(success\)\.\n$/, 0],
    ['what had failed already', { pipeline: ['failed'] }, 0, '4711 failed\n', /^Pipeline 4711 had already finished \(failed\)\.\n$/, 0],
    ['what is over before it could be canceled', { pipeline: ['running', 'running', 'running', 'success'] }, 0, '4711 success\n', /finished before it could be canceled \(success\)\.\n$/, 1],
    ['what waits for a person', { manual: ['run_tests'] }, 0, '4711 manual\n', /^Pipeline 4711 is waiting for manual action, which GitLab does not cancel; none of its jobs is running\.\n$/, 1],
    ['what does not stop', { pipeline: ['canceling'], jobs: [{ name: 'a', stage: 'a', statuses: ['canceling'] }] }, 8, '4711 running\n', /pipeline 4711 was asked to cancel, and was (canceling|running) when it was last read: the time limit of 90 s has passed\n/, 1],
  ]
  test.each(rows)('%s', async (name, script, code, stdout, says, cancels) => {
    add(script)
    // GitLab accepts the request, and the pipeline has finished all the same.
    if (name.includes('before')) gitlab().failNext({ ...answer(200, '{"id":4711}'), path: '/cancel' })
    const result = await follow('cancel 4711', undefined, watched)
    expect(result.stderr).toMatch(says)
    expect(result.code).toBe(code)
    expect(actions('cancel')).toHaveLength(cancels)
    if (name !== 'what does not stop') expect(result.stdout).toBe(stdout)
  })

  test('what runs is looked at until it has stopped', async () => {
    add(slow, { createdAt: Date.UTC(2026, 10, 22, 11, 59) })
    const result = await follow('cancel 4711 --json', undefined, watched)
    expect(result).toMatchObject({ code: 0, stderr: 'Pipeline 4711 was canceled.\n' })
    expect(JSON.parse(result.stdout)).toMatchObject({ id: 4711, status: 'canceled', exit_code: 0 })
  })

  const early = { createdAt: Date.UTC(2026, 10, 22, 11, 59) }
  test.each([
    [
      '',
      ['11/pipelines/4712/cancel'],
      /had already finished \(success\); what it had started was asked to cancel: 4712\.\n/,
    ],
    ['--no-downstream', ['9/pipelines/4711/cancel'], /had already finished \(success\)\.\n/],
  ])('what is downstream in another project of one that is over %s', async (flags, paths, says) => {
    add(below, early)
    const { code, stderr } = await follow(`cancel 4711 ${flags}`, undefined, watched)
    expect({ code, paths: actions('cancel') }).toEqual({ code: 0, paths })
    expect(stderr).toMatch(says)
  })

  test('what is downstream and may not be canceled is named', async () => {
    add(below, early)
    gitlab().failNext({
      ...answer(403, '{"message":"403 Forbidden"}'),
      path: '/projects/11/pipelines/4712/cancel',
    })
    const { code, stderr } = await follow('cancel 4711', undefined, watched)
    expect(code).toBe(0)
    expect(stderr).toMatch(/not canceled: pipeline 4712 of project 11: 403 Forbidden\.\n/)
  })

  // prettier-ignore
  const faults: [name: string, prepare: () => void, code: number, says: RegExp][] = [
    ['the answer is lost', () => { gitlab().failNext({ kind: 'reset after', path: '/cancel', createThen: true }) }, 0, /was (canceled|in the past)/],
    ['a bad check first', () => { failTimes(gitlab(), 2, { ...answer(502), path: /4711\/jobs/ }) }, 0, /was canceled/],
    ['a bad look afterwards', () => { gitlab().script(4711, { ...slow, startsAfter: 60, by: 'polls', pollFaults: { 3: answer(502), 4: { kind: 'reset' } } }) }, 0, /was canceled/],
    ['no answer at all', () => { failTimes(gitlab(), 9, { kind: 'reset after', path: '/cancel' }) }, 7, /whether pipeline 4711 was canceled is not known: the (server closed the connection|connection was reset)/],
    ['a limit', () => { failTimes(gitlab(), 9, { ...answer(429), path: '/cancel' }) }, 12, /cannot be changed: 429/],
  ]
  test.each(faults)('%s', async (_, prepare, code, says) => {
    add({ ...slow, startsAfter: 60 })
    prepare()
    const result = await follow('cancel 4711', undefined, watched)
    expect(result.stderr).toMatch(says)
    expect(result.stderr).not.toContain('bug of')
    expect(result.code).toBe(code)
  })

  test('several: each is told, the worst counts', async () => {
    add({ pipeline: ['success'] })
    add({ ...slow, startsAfter: 60 })
    failTimes(gitlab(), 1, { ...answer(403, '{"message":"403 Forbidden"}'), path: '4712/cancel' })
    const { code, stdout, stderr } = await follow('cancel 4711 4712', undefined, watched)
    expect({ code, stdout }).toEqual({ code: 4, stdout: '4711 success\n4712 created\n' })
    expect(stderr).toMatch(/^gitlab-trigger: pipeline 4712 of project 9 cannot be changed: 403 Forbidden\n/m)
  })
})

describe.each(['cancel', 'retry'])('%s: who may', (verb) => {
  const refused: [name: string, env: () => Record<string, string>, says: RegExp][] = [
    [
      'read_api',
      () => ({ GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.readApi }),
      /too narrow a scope: it needs an API token with the scope api/,
    ],
    [
      'a reporter',
      () => ({ GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.reporter }),
      /403 Forbidden\nIt needs the role of Developer in the project \(the token is from environment variable GITLAB_TRIGGER_API_TOKEN\)/,
    ],
    [
      'a job token',
      () => ({
        GITLAB_TRIGGER_API_TOKEN: '',
        GITLAB_CI: 'true',
        CI_SERVER_URL: gitlab().url,
        CI_JOB_TOKEN: gitlab().tokens.job,
      }),
      /cannot be changed without an API token\nSet GITLAB_TRIGGER_API_TOKEN/,
    ],
  ]
  test.each(refused)('%s: exit 4', async (_, env, says) => {
    add({ pipeline: ['running'] })
    const { code, stderr } = await follow(`${verb} 4711`, undefined, { env: env() })
    expect(stderr).toMatch(says)
    expect(code).toBe(4)
    expect(statesIn(stderr)).toEqual([])
  })

  test('a token that is not accepted, of a public project', async () => {
    gitlab().addPipeline({ project: 10 })
    const { code, stderr } = await follow(`${verb} 4711 --project 10`, undefined, {
      env: { GITLAB_TRIGGER_API_TOKEN: 'glpat-nobodynobodynobody1' },
    })
    expect(code).toBe(4)
    expect(stderr).toContain('is not accepted (401 Unauthorized)')
  })

  test('the page of a job is refused: it would be done to all jobs', async () => {
    add({})
    const { code, stderr } = await follow(`${verb} ${gitlab().url}/seed/app/-/jobs/9001`)
    expect(code).toBe(2)
    expect(stderr).toContain(' is the page of a job, not of a pipeline')
    expect(statesIn(stderr)).toEqual([])
    expect(gitlab().requests).toEqual([])
  })

  test('one that is not there', async () => {
    const { code, stderr } = await follow(`${verb} 9999`)
    expect(code).toBe(4)
    expect(stderr).toContain('pipeline 9999 of project 9 cannot be read: 404 Not found')
  })
})

describe('retry', () => {
  const failed: Script = { by: 'clock', failsInStage: 'build' }
  const early = { createdAt: Date.UTC(2026, 10, 22, 11, 59) }

  test('runs what failed again, and with --wait waits', async () => {
    add(failed, early)
    const { code, stdout, stderr } = await follow('retry 4711 --wait', undefined, watched)
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711 success\n' })
    expect(stderr).toMatch(/^Retrying the failed and canceled jobs of pipeline 4711 \(now \w+\)\.\n/)
    expect(actions('retry')).toHaveLength(1)
  })

  test('without --wait it tells how it is now', async () => {
    add(failed, early)
    const { code, stdout } = await follow('retry 4711')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^4711 (running|pending)\n$/)
  })

  test('what succeeded has nothing to retry', async () => {
    add({}, early)
    gitlab().script(4711, { pipeline: ['success'] })
    const { code, stderr, tookMs } = await follow('retry 4711', undefined, watched)
    expect({ code, tookMs }).toEqual({ code: 0, tookMs: 0 })
    expect(stderr).toBe('Nothing to retry: pipeline 4711 succeeded.\n')
  })

  test.each([
    ['success', ''],
    [
      'skipped',
      'GitLab was asked to retry the failed and canceled jobs of pipeline 4711, which is still skipped.\n',
    ],
  ])('what there is to say of one that is %s where nobody watches', async (status, says) => {
    add({}, early)
    gitlab().script(4711, { pipeline: [status] })
    const { code, stderr } = await follow('retry 4711')
    expect({ code, stderr }).toEqual({ code: 0, stderr: says })
  })

  test('GitLab may take a moment to set it going: that is no second failure', async () => {
    add({ pipeline: { 1: 'failed', 8: 'running', 12: 'success' } })
    gitlab().failNext({ ...answer(201, '{"id":4711}'), path: '/retry' })
    expect(await follow('retry 4711 --wait')).toMatchObject({ code: 0, stdout: '4711 success\n' })
  })

  // prettier-ignore
  const faults: [name: string, fault: Fault, code: number, says: RegExp][] = [
    ['lost, but it goes', { kind: 'reset after', createThen: true }, 0, /^The response was lost, but pipeline 4711 was retried \(now \w+\)\.\n$/],
    ['a 502, but it goes', { ...answer(502), createThen: true }, 0, /^The response was lost, but pipeline 4711 was retried/],
    ['lost, and it does not go', { kind: 'reset after' }, 7, /whether pipeline 4711 was retried is not known: .*\nCheck first: gitlab-trigger status/],
    ['a 502, and it does not go', answer(502), 7, /is not known: 502/],
    ['a limit', answer(429, '{"message":"Retry later"}'), 12, /cannot be changed: 429 Retry later/],
  ]
  test.each(faults)('an answer is never asked for twice: %s', async (_, fault, code, says) => {
    add(failed, early)
    gitlab().failNext({ ...fault, path: '/retry' })
    const result = await follow('retry 4711', undefined, watched)
    expect(result.stderr).toMatch(says)
    expect(result.code).toBe(code)
    expect(actions('retry')).toHaveLength(1)
  })

  test('lost, of one that goes anyway: not known', async () => {
    add(slow, early)
    gitlab().failNext({ kind: 'reset after', path: '/retry' })
    expect(await follow('retry 4711')).toMatchObject({ code: 7 })
    expect(actions('retry')).toHaveLength(1)
  })

  test('named twice it is retried once', async () => {
    add(failed, early)
    await follow('retry 4711 #4711')
    expect(actions('retry')).toHaveLength(1)
  })

  test('several, one of them refused: the others are waited for', async () => {
    add(failed, early)
    add(failed, early)
    gitlab().failNext({ ...answer(403, '{"message":"403 Forbidden"}'), path: '4711/retry' })
    const { code, stdout, stderr } = await follow('retry 4711 4712 --wait')
    expect({ code, stdout }).toEqual({ code: 4, stdout: '4711 failed\n4712 success\n' })
    expect(stderr).toMatch(/^gitlab-trigger: pipeline 4711 .*403 Forbidden/m)
  })

  test('flags of waiting mean nothing without it', async () => {
    const { code, stderr } = await follow('retry 4711 --run-timeout 1m')
    expect(code).toBe(2)
    expect(stderr).toContain('--run-timeout needs --wait or --follow')
  })
})

describe('status', () => {
  test.each([
    ['the pipeline', /pipelines\/4711$/],
    ['its jobs', /4711\/jobs/],
    ['its variables', /4711\/variables/],
  ])('a bad answer is no bug of ours: %s', async (_, path) => {
    add({ pipeline: ['running'] })
    failTimes(gitlab(), 2, { ...answer(502), path })
    const { code, stdout } = await follow('status 4711')
    expect(code).toBe(0)
    expect(stdout).toContain('4711')
  })

  const noDownstream = (id: number, project: number): string =>
    `the pipelines downstream of pipeline ${id} of project ${project} cannot be read: `
  // prettier-ignore
  test.each<[what: string, path: RegExp, status: number, code: number, shown: RegExp, says: string]>([
    ['the bridges', /4711\/bridges/, 403, 4, /success.* \(what is downstream is not shown: 403\)\n(.*\n)*.*✓ z/, noDownstream(4711, 9)],
    ['the bridges', /4711\/bridges/, 500, 6, /\(what is downstream is not shown: 500\)/, noDownstream(4711, 9)],
    ['the jobs', /4711\/jobs/, 403, 4, /\(its jobs are not shown: 403\)/, 'the jobs of pipeline 4711 of project 9 cannot be read: '],
    ['the bridges below', /4712\/bridges/, 403, 4, /→ 4712.*what is downstream is not shown: 403/, noDownstream(4712, 11)],
    ['the pipeline below', /4712$/, 403, 4, /→ 4712.*: not shown: 403/, 'the jobs of pipeline 4712 of project 11 cannot be read: '],
  ])('what could not be read is said, and counts: %s (%s answers %i)', async (_, path, status, code, shown, says) => {
    const deploy = { name: 'deploy', stage: 'd', downstream: { project: 11, jobs: [{ name: 'y', stage: 'y' }] } }
    add({ by: 'clock', jobs: [{ name: 'z', stage: 's' }, deploy] }, { createdAt: Date.UTC(2026, 10, 22, 11, 50) })
    for (const line of ['status 4711', 'status 4711 --json', 'logs 4711']) {
      failTimes(gitlab(), 99, { ...answer(status), path })
      const result = await follow(line, undefined, { env: { TERM: 'xterm', LANG: 'C.UTF-8' } })
      expect({ line, code: result.code }).toEqual({ line, code })
      expect(result.stderr).toContain(says)
      if (line === 'status 4711') expect(result.stdout).toMatch(shown)
      if (!line.endsWith('--json')) continue
      expect(JSON.parse(result.stdout)).toMatchObject({
        ...{ id: 4711, status: 'success', exit_code: code, error: { message: expect.stringContaining(says) as string } },
        ...(path.source.includes('4711') && { hidden: String(status) }),
      })
    }
  })

  test('GitLab that does not answer: exit 6', async () => {
    add({})
    failTimes(gitlab(), 99, { ...answer(502) })
    const { code, stderr, tookMs } = await follow('status 4711')
    expect(code).toBe(6)
    expect(statesIn(stderr)).toEqual([])
    expect(tookMs).toBeLessThan(90_000)
  })
})

describe('one id that names nothing takes nothing away from what is known of the others', () => {
  const none = 'pipeline 9999 of project 9 cannot be read: 404 Not found'
  const left = (done: string): string =>
    `pipeline 4711 was not ${done}, since pipeline 9999, which was named with it, cannot be read`
  // prettier-ignore
  test.each<[line: string, script: Script, status: string, code: number, message: string | undefined]>([
    ['wait 4711 9999', { pipeline: ['success'] }, 'success', 0, undefined],
    ['wait 9999 4711', { pipeline: ['success'] }, 'success', 0, undefined],
    ['wait 4711 9999', { pipeline: ['failed'] }, 'failed', 3, 'Pipeline 4711 failed'],
    ['wait 4711 9999', slow, 'running', 4, left('waited for')],
    ['status 4711 9999', slow, 'running', 0, undefined],
    ['cancel 4711 9999', slow, 'running', 4, left('canceled')],
    ['retry 9999 4711', { pipeline: ['failed'] }, 'failed', 4, left('retried')],
    ['retry 4711 9999 --wait', { pipeline: ['failed'] }, 'failed', 4, left('retried')],
  ])('%s', async (line, script, status, code, message) => {
    add(script, { createdAt: Date.UTC(2026, 10, 22, 11, 59) })
    const { stdout, ...result } = await follow(`${line} --json`)
    const objects = stdout.trim().split('\n').map((each) => JSON.parse(each) as { id: number })
    const [good, bad] = objects.sort((one, other) => one.id - other.id)
    expect(good).toMatchObject({ id: 4711, status, exit_code: code })
    expect(good).toHaveProperty('error', message === undefined ? null : expect.objectContaining({ message: expect.stringContaining(message) as string }))
    expect(bad).toMatchObject({ id: 9999, status: null, jobs: null, exit_code: 4, error: { message: none } })
    expect(result.code).toBe(code === 3 ? 3 : 4)
    expect(result.stderr).toContain(none)
    expect(result.stderr).toContain(message ?? '')
    expect(actions('cancel').concat(actions('retry'))).toEqual([])
  })

  test('both: each is named, and the same members are there', async () => {
    const { code, stdout, stderr } = await follow('status 9998 9999 --json')
    expect(code).toBe(4)
    const [one, other] = stdout
      .trim()
      .split('\n')
      .map((each) => Object.keys(JSON.parse(each) as object))
    expect(one).toEqual(other)
    for (const id of [9998, 9999]) expect(stderr).toContain(`pipeline ${id} of project 9 cannot be read`)
  })
})

test('retry --json tells the jobs too', async () => {
  add({ failsInStage: 'build' })
  await follow('wait 4711')
  const { stdout } = await follow('retry 4711 --json')
  const { jobs } = JSON.parse(stdout) as { jobs: { name: string }[] }
  expect(new Set(jobs.map(({ name }) => name))).toEqual(
    new Set(['run_tests', 'build_package', 'upload_package']),
  )
})
