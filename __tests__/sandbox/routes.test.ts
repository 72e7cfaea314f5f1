import { startSandbox, type GitlabVersion, type Sandbox } from '../../src/sandbox/server.ts'
import { call, members, rows } from './helpers/bearer.ts'

async function withSandbox(
  use: (sandbox: Sandbox) => Promise<void>,
  gitlab: GitlabVersion = '18.9',
): Promise<void> {
  const sandbox = await startSandbox({ now: () => 1000, paceMs: 0, gitlab })
  try {
    sandbox.addPipeline()
    await use(sandbox)
  } finally {
    await sandbox.close()
  }
}

const p = '/projects/9'
const M = (text: string): object => ({ message: text })
const E = (text: string): object => ({ error: text })

/** The CI file of project 9: its inputs are declared in the header. */
const seedFile = `spec:
  inputs:
    environment:
      type: string
      default: ''
    replicas:
      type: number
      default: 1
    dry:
      type: boolean
      default: false
    regions:
      type: array
      default: []
---
stages: [build, test, package]
`

/** Of pipeline 4711, whose job 9002 (build_package) has artifacts; everything has ended. */
// prettier-ignore
const answers: readonly [method: string, path: string, who: keyof Sandbox['tokens'] | 'nobody', status: number, json: unknown][] = [
  ['GET', '/user', 'api', 200, { id: 1, username: 'seed', name: 'Seed User', state: 'active', email: 'seed@example.com' }],
  ['GET', '/user', 'reporter', 200, { username: 'reporter' }],
  ['GET', '/user', 'readApi', 200, { username: 'seed' }],
  ['GET', '/user', 'nobody', 401, M('401 Unauthorized')],
  ['GET', '/user', 'trigger', 401, M('401 Unauthorized')],
  ['GET', '/metadata', 'api', 200, { version: '18.9.0-pre', revision: /^[0-9a-f]{11}$/, kas: { enabled: false, externalUrl: null, externalK8sProxyUrl: null, version: null }, enterprise: false }],
  ['GET', '/version', 'api', 200, { version: '18.9.0-pre', enterprise: false }],
  ['GET', '/metadata', 'nobody', 401, M('401 Unauthorized')],
  ['GET', '/job', 'api', 404, M('404 Job Not Found')],
  ['GET', '/job', 'nobody', 401, M('401 Unauthorized')],
  ['GET', `${p}/pipelines/4711/test_report_summary`, 'api', 200, {
    total: { time: 0.5, count: 2, success: 1, failed: 0, skipped: 1, error: 0, suite_error: null },
    test_suites: [{ name: 'run_tests', total_time: 0.5, total_count: 2, success_count: 1, failed_count: 0, skipped_count: 1, error_count: 0, build_ids: [9001], suite_error: null }],
  }],
  ['GET', `${p}/pipelines/1/test_report_summary`, 'api', 404, M('404 Not found')],
  ['GET', `${p}/jobs/9002/artifacts/report.xml`, 'api', 200, '<testsuite name="run_tests" tests="2"/>\n'],
  ['GET', `${p}/jobs/9002/artifacts/dist/package.txt`, 'api', 200, 'made by build_package\n'],
  ['GET', `${p}/jobs/9002/artifacts/nothing.txt`, 'api', 404, 'Not Found\n'],
  ['GET', `${p}/jobs/9002/artifacts/..%2Fevil`, 'api', 400, M('400 Bad request')],
  ['GET', `${p}/jobs/9001/artifacts/report.xml`, 'api', 404, M('404 Not Found')],
  ['GET', `${p}/jobs/artifacts/master/raw/report.xml?job=build_package`, 'api', 200, '<testsuite name="run_tests" tests="2"/>\n'],
  ['GET', `${p}/jobs/artifacts/master/download`, 'api', 400, E('job is missing')],
  ['GET', `${p}/jobs/artifacts/master/download?job=nothing`, 'api', 404, M('404 Not found')],
  ['GET', `${p}/jobs/artifacts/feature/x/download?job=build_package`, 'api', 404, M('404 Not found')],
  ['POST', `${p}/jobs/9001/artifacts/keep`, 'api', 404, M('404 Not Found')],
  ['DELETE', `${p}/pipelines/4711`, 'api', 204, ''],
  ['DELETE', `${p}/pipelines/1`, 'api', 404, M('404 Not found')],
  ['GET', `${p}/repository/files/.gitlab-ci.yml/raw?ref=master`, 'api', 200, seedFile],
  ['GET', `${p}/repository/files/.gitlab-ci.yml/raw`, 'guest', 403, M('403 Forbidden')],
  ['GET', `${p}/repository/files/.gitlab-ci.yml/raw?ref=nothing`, 'api', 404, M('404 Commit Not Found')],
  ['GET', `${p}/repository/files/ci%2Fother.yml/raw?ref=master`, 'api', 404, M('404 File Not Found')],
  ['GET', `${p}/repository/commits?ref_name=develop`, 'api', 200, [{ title: 'Package the thing' }]],
  ['GET', `${p}/repository/commits?ref_name=nothing`, 'api', 200, []],
  ['GET', `${p}/repository/commits?since=x`, 'api', 400, E('since is invalid')],
  ['GET', `${p}/repository/commits?since=2020-01-01`, 'api', 200, []],
]

test.each(answers)('%s %s as %s: %i', (method, path, who, status, json) =>
  withSandbox(async (sandbox) => {
    const got = await call(sandbox, method, path, who)
    expect(got.status).toBe(status)
    if (typeof json === 'string' || (json as object[]).length === 0) expect(got.json).toEqual(json)
    else {
      const { revision, ...rest } = json as { revision?: RegExp }
      expect(got.json).toMatchObject(Array.isArray(json) ? json : rest)
      if (revision !== undefined) expect(members(got.json)['revision']).toMatch(revision)
    }
  }),
)

test('GET /job tells the job of a job token, by either header', () =>
  withSandbox(async (sandbox) => {
    for (const headers of [
      { 'job-token': sandbox.tokens.job },
      { authorization: `Bearer ${sandbox.tokens.job}` },
    ]) {
      const got = await call(sandbox, 'GET', '/job', 'nobody', undefined, headers)
      expect(got).toMatchObject({
        status: 200,
        json: {
          id: 8000,
          status: 'running',
          user: { username: 'seed' },
          pipeline: { id: 4000, project_id: 9 },
        },
      })
    }
    const over = await call(sandbox, 'GET', '/job', 'nobody', undefined, {
      'job-token': sandbox.tokens.finishedJob,
    })
    expect([over.status, over.json]).toEqual([401, M('401 Unauthorized')])
    expect(sandbox.pipelines.map(({ id }) => id)).toEqual([4711])
  }))

test('the archive by ref and job name is that of the job', () =>
  withSandbox(async (sandbox) => {
    const get = async (path: string): Promise<[number, string | null, string | null, number]> => {
      const response = await fetch(`${sandbox.url}/api/v4${p}${path}`, {
        headers: { 'private-token': sandbox.tokens.api },
      })
      const { length } = Buffer.from(await response.arrayBuffer())
      return [
        response.status,
        response.headers.get('content-type'),
        response.headers.get('content-disposition'),
        length,
      ]
    }
    const byJob = await get('/jobs/9002/artifacts')
    expect(byJob.slice(0, 3)).toEqual([
      200,
      'application/octet-stream',
      `attachment; filename="artifacts.zip"; filename*=UTF-8''artifacts.zip`,
    ])
    expect(await get('/jobs/artifacts/master/download?job=build_package')).toEqual(byJob)
  }))

test('an archive expires unless it is kept; it can be deleted', () =>
  withSandbox(async (sandbox) => {
    const job = async (): Promise<Record<string, unknown>> =>
      members((await call(sandbox, 'GET', `${p}/jobs/9002`)).json)
    expect(await job()).toMatchObject({
      artifacts_expire_at: '1970-01-31T00:00:01.000Z',
      artifacts_file: { filename: 'artifacts.zip' },
    })
    expect((await call(sandbox, 'POST', `${p}/jobs/9002/artifacts/keep`)).json).toMatchObject({
      artifacts_expire_at: null,
    })
    expect((await call(sandbox, 'DELETE', `${p}/jobs/9002/artifacts`)).status).toBe(204)
    expect(await job()).toMatchObject({ artifacts: [] })
    expect(await job()).not.toHaveProperty('artifacts_file')
    expect((await call(sandbox, 'GET', `${p}/jobs/9002/artifacts`)).status).toBe(404)
  }))

test('an erased job has no log and no artifacts; it is erased once', () =>
  withSandbox(async (sandbox) => {
    const erase = `${p}/jobs/9002/erase`
    expect(await call(sandbox, 'POST', erase)).toMatchObject({
      status: 201,
      json: { id: 9002, erased_at: '1970-01-01T00:00:01.000Z', artifacts: [] },
    })
    expect((await call(sandbox, 'GET', `${p}/jobs/9002/trace`)).json).toBe('')
    const again = await call(sandbox, 'POST', erase)
    expect([again.status, again.json]).toEqual([403, M('403 Forbidden - Job is not erasable!')])
  }))

test('a pipeline that is deleted is gone with its jobs, and its number is not given again', () =>
  withSandbox(async (sandbox) => {
    await call(sandbox, 'DELETE', `${p}/pipelines/4711`)
    expect(rows((await call(sandbox, 'GET', `${p}/pipelines`)).json)).toEqual([])
    expect((await call(sandbox, 'GET', `${p}/jobs/9001`)).status).toBe(404)
    expect(sandbox.addPipeline().id).toBe(4712)
  }))

// prettier-ignore
const missing: readonly [GitlabVersion, path: string][] = [
  ['10.3', '/v4/metadata'], ['10.3', `/v4${p}/pipelines/4711/variables`], ['10.3', `/v4${p}/pipelines/4711/test_report_summary`],
  ['8.17', '/v3/metadata'], ['8.5', `/v3${p}/pipelines`],
]

test.each(missing)('%s has no %s', (gitlab, path) =>
  withSandbox(async (sandbox) => {
    const { status } = await fetch(`${sandbox.url}/api${path}`, {
      headers: { 'private-token': sandbox.tokens.api },
    })
    expect(status).toBe(404)
  }, gitlab),
)
