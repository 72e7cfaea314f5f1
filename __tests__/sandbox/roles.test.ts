import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts'
import { call } from './helpers/bearer.ts'

const readers = ['nobody', 'stranger', 'guest', 'reporter', 'developer', 'colleague', 'api'] as const

/** What each reader is answered: a visitor without a login, a user who is no member, guest, reporter, developer, maintainer, owner. */
type Statuses = readonly [number, number, number, number, number, number, number]

type Row = readonly [
  method: string,
  path: string,
  fields: Record<string, string> | undefined,
  statuses: Statuses,
]

const ref = { ref: 'master' }
const schedule = { description: 'x', ref: 'master', cron: '0 0 * * *' }
const variable = { key: 'B', value: '1' }

/** Of the private project 9; pipeline 4711 and schedule 13 belong to `developer`. Everything has ended. */
// prettier-ignore
const privately: readonly Row[] = [
  ['GET', '', undefined, [404, 404, 200, 200, 200, 200, 200]],
  ['GET', '/pipelines', undefined, [404, 404, 200, 200, 200, 200, 200]],
  ['GET', '/pipelines/latest', undefined, [404, 404, 200, 200, 200, 200, 200]],
  ['GET', '/pipelines/4711', undefined, [404, 404, 200, 200, 200, 200, 200]],
  ['GET', '/pipelines/4711/jobs', undefined, [404, 404, 200, 200, 200, 200, 200]],
  ['GET', '/pipelines/4711/bridges', undefined, [404, 404, 200, 200, 200, 200, 200]],
  ['GET', '/pipelines/4711/variables', undefined, [404, 404, 403, 403, 200, 200, 200]],
  ['GET', '/pipelines/4711/test_report', undefined, [404, 404, 200, 200, 200, 200, 200]],
  ['GET', '/pipelines/4711/test_report_summary', undefined, [404, 404, 200, 200, 200, 200, 200]],
  ['POST', '/pipeline', ref, [401, 404, 403, 403, 201, 201, 201]],
  ['PUT', '/pipelines/4711/metadata', { name: 'x' }, [401, 404, 403, 403, 200, 200, 200]],
  ['POST', '/pipelines/4711/retry', undefined, [401, 404, 403, 403, 201, 201, 201]],
  ['POST', '/pipelines/4711/cancel', undefined, [401, 404, 403, 403, 200, 200, 200]],
  ['DELETE', '/pipelines/4711', undefined, [401, 404, 403, 403, 403, 403, 204]],
  ['GET', '/jobs', undefined, [401, 404, 200, 200, 200, 200, 200]],
  ['GET', '/jobs/9002', undefined, [401, 404, 200, 200, 200, 200, 200]],
  ['GET', '/jobs/9002/trace', undefined, [401, 404, 200, 200, 200, 200, 200]],
  ['POST', '/jobs/9002/cancel', undefined, [401, 404, 403, 403, 201, 201, 201]],
  ['POST', '/jobs/9002/retry', undefined, [401, 404, 403, 403, 201, 201, 201]],
  ['POST', '/jobs/9002/play', undefined, [401, 404, 403, 403, 400, 400, 400]],
  ['POST', '/jobs/9002/erase', undefined, [401, 404, 403, 403, 201, 201, 201]],
  ['GET', '/jobs/9002/artifacts', undefined, [404, 404, 200, 200, 200, 200, 200]],
  ['GET', '/jobs/9002/artifacts/report.xml', undefined, [404, 404, 200, 200, 200, 200, 200]],
  ['GET', '/jobs/artifacts/master/download?job=build_package', undefined, [404, 404, 200, 200, 200, 200, 200]],
  ['POST', '/jobs/9002/artifacts/keep', undefined, [401, 404, 403, 403, 200, 200, 200]],
  ['DELETE', '/jobs/9002/artifacts', undefined, [401, 404, 403, 403, 403, 204, 204]],
  ['GET', '/repository/branches', undefined, [404, 404, 403, 200, 200, 200, 200]],
  ['GET', '/repository/tags', undefined, [404, 404, 403, 200, 200, 200, 200]],
  ['GET', '/repository/commits', undefined, [404, 404, 403, 200, 200, 200, 200]],
  ['GET', '/triggers', undefined, [401, 404, 403, 403, 403, 200, 200]],
  ['GET', '/triggers/31', undefined, [401, 404, 403, 403, 403, 200, 200]],
  ['POST', '/triggers', { description: 'x' }, [401, 404, 403, 403, 403, 201, 201]],
  ['POST', '/triggers', {}, [400, 400, 400, 400, 400, 400, 400]],
  ['PUT', '/triggers/31', { description: 'x' }, [401, 404, 403, 403, 403, 403, 200]],
  ['DELETE', '/triggers/31', undefined, [401, 404, 403, 403, 403, 204, 204]],
  ['GET', '/pipeline_schedules', undefined, [401, 404, 200, 200, 200, 200, 200]],
  ['GET', '/pipeline_schedules/13', undefined, [401, 404, 200, 200, 200, 200, 200]],
  ['GET', '/pipeline_schedules/13/pipelines', undefined, [401, 404, 200, 200, 200, 200, 200]],
  ['POST', '/pipeline_schedules', schedule, [401, 404, 403, 403, 201, 201, 201]],
  ['POST', '/pipeline_schedules', {}, [401, 400, 400, 400, 400, 400, 400]],
  ['PUT', '/pipeline_schedules/13', schedule, [401, 404, 403, 403, 200, 403, 403]],
  ['POST', '/pipeline_schedules/13/take_ownership', undefined, [401, 404, 403, 403, 200, 201, 201]],
  ['POST', '/pipeline_schedules/13/play', undefined, [401, 404, 403, 403, 201, 201, 201]],
  ['DELETE', '/pipeline_schedules/13', undefined, [401, 404, 403, 403, 204, 204, 204]],
  ['POST', '/pipeline_schedules/13/variables', variable, [401, 404, 403, 403, 201, 403, 403]],
  ['GET', '/pipeline_schedules/13/variables/A', undefined, [401, 404, 403, 403, 200, 200, 200]],
  ['PUT', '/pipeline_schedules/13/variables/A', { value: '2' }, [401, 404, 403, 403, 200, 403, 403]],
  ['DELETE', '/pipeline_schedules/13/variables/A', undefined, [401, 404, 403, 403, 202, 202, 202]],
]

/** Of the public project 10, with pipeline 4712 and the jobs 9004 to 9006. */
// prettier-ignore
const publicly: readonly Row[] = [
  ['GET', '', undefined, [200, 200, 200, 200, 200, 200, 200]],
  ['GET', '/pipelines/4712', undefined, [200, 200, 200, 200, 200, 200, 200]],
  ['GET', '/pipelines/4712/variables', undefined, [403, 403, 403, 403, 403, 200, 200]],
  ['POST', '/pipeline', ref, [401, 403, 403, 403, 201, 201, 201]],
  ['GET', '/jobs/9005', undefined, [401, 200, 200, 200, 200, 200, 200]],
  ['GET', '/jobs/9005/trace', undefined, [401, 200, 200, 200, 200, 200, 200]],
  ['GET', '/jobs/9005/artifacts', undefined, [200, 200, 200, 200, 200, 200, 200]],
  ['GET', '/repository/branches', undefined, [200, 200, 200, 200, 200, 200, 200]],
  ['GET', '/triggers', undefined, [401, 403, 403, 403, 403, 200, 200]],
  ['GET', '/pipeline_schedules', undefined, [401, 200, 200, 200, 200, 200, 200]],
  ['POST', '/pipelines/4712/cancel', undefined, [401, 403, 403, 403, 200, 200, 200]],
]

async function withWorld(use: (sandbox: Sandbox) => Promise<void>): Promise<void> {
  const sandbox = await startSandbox({ now: () => 1000, paceMs: 0 })
  try {
    sandbox.addPipeline({ username: 'developer' })
    sandbox.addPipeline({ project: 10 })
    const at = '/projects/9/pipeline_schedules'
    await call(sandbox, 'POST', at, 'developer', schedule)
    await call(sandbox, 'POST', `${at}/13/variables`, 'developer', { key: 'A', value: '1' })
    await use(sandbox)
  } finally {
    await sandbox.close()
  }
}

async function statusesOf(project: number, [method, path, fields]: Row): Promise<number[]> {
  const status = async (sandbox: Sandbox, who: (typeof readers)[number]): Promise<number> =>
    (await call(sandbox, method, `/projects/${project}${path}`, who, fields)).status
  const seen: number[] = []
  const all = async (sandbox: Sandbox): Promise<void> => {
    for (const who of readers) seen.push(await status(sandbox, who))
  }
  const fresh = async (): Promise<void> => {
    for (const who of readers) await withWorld(async (sandbox) => void seen.push(await status(sandbox, who)))
  }
  // What changes something is asked of a new world each time.
  await (method === 'GET' ? withWorld(all) : fresh())
  return seen
}

test.each(privately)('private: %s %s %j', async (...row) => {
  expect(await statusesOf(9, row)).toEqual(row[3])
})

test.each(publicly)('public: %s %s %j', async (...row) => {
  expect(await statusesOf(10, row)).toEqual(row[3])
})

test('a maintainer who does not own a trigger token is told so', () =>
  withWorld(async (sandbox) => {
    const put = await call(sandbox, 'PUT', '/projects/9/triggers/31', 'colleague', { description: 'x' })
    expect([put.status, put.json]).toEqual([
      403,
      { message: '403 Forbidden - The current user is not authorized to update the pipeline trigger token' },
    ])
  }))

test('variables and inputs of a schedule are for its owner and for maintainers', () =>
  withWorld(async (sandbox) => {
    const shown = async (who: (typeof readers)[number]): Promise<string[]> => {
      const { json } = await call(sandbox, 'GET', '/projects/9/pipeline_schedules/13', who)
      return Object.keys(json as object).filter((name) => name === 'variables' || name === 'inputs')
    }
    expect(await Promise.all((['reporter', 'developer', 'colleague'] as const).map(shown))).toEqual([
      [],
      ['inputs', 'variables'],
      ['inputs', 'variables'],
    ])
    const rows = (await call(sandbox, 'GET', '/projects/9/pipeline_schedules', 'reporter')).json
    expect((rows as object[])[0]).not.toHaveProperty('inputs')
  }))

// prettier-ignore
const dead: readonly [who: 'expired' | 'revoked' | 'blocked', status: number, json: unknown][] = [
  ['expired', 401, { error: 'invalid_token', error_description: 'Token is expired. You can either do re-authorization or token refresh.' }],
  ['revoked', 401, { error: 'invalid_token', error_description: 'Token was revoked. You have to re-authorize from the user.' }],
  ['blocked', 403, { message: '403 Forbidden - Your account has been blocked.' }],
]

test.each(dead)('a token that is %s: %i', (who, status, json) =>
  withWorld(async (sandbox) => {
    const got = await call(sandbox, 'GET', '/projects/9/pipelines', who)
    expect([got.status, got.json]).toEqual([status, json])
    const challenge = got.headers.get('www-authenticate')
    if (status === 401)
      expect(challenge).toMatch(/^Bearer realm="Protected by OAuth 2\.0", error="invalid_token"/)
  }),
)

// prettier-ignore
const scopes: readonly [method: string, path: string, scope: string][] = [
  ['POST', '/projects/9/pipeline?ref=master', 'mcp ai_workflows api read_api'],
  ['POST', '/projects/9/pipelines/4711/retry', 'mcp ai_workflows api read_api'],
  ['DELETE', '/projects/9/pipelines/1', 'mcp ai_workflows api read_api'],
  ['POST', '/projects/9/jobs/9001/erase', 'ai_workflows api read_api'],
  ['POST', '/projects/9/jobs/9001/artifacts/keep', 'api read_api'],
  ['POST', '/projects/9/triggers?description=x', 'api read_api'],
  ['POST', '/projects/9/pipeline_schedules', 'api read_api'],
]

test.each(scopes)('%s %s with the scope read_api: 403 that names %s', (method, path, scope) =>
  withWorld(async (sandbox) => {
    const got = await call(sandbox, method, path, 'readApi')
    expect([got.status, got.json]).toEqual([
      403,
      {
        error: 'insufficient_scope',
        error_description: 'The request requires higher privileges than provided by the access token.',
        scope,
      },
    ])
  }),
)

test('a job in debug mode shows its log to developers', () =>
  withWorld(async (sandbox) => {
    const { id } = sandbox.addPipeline({ variables: { CI_DEBUG_TRACE: 'true' } })
    const jobs = (await call(sandbox, 'GET', `/projects/9/pipelines/${id}/jobs`)).json as { id: number }[]
    const log = async (who: 'reporter' | 'developer'): Promise<unknown> => {
      const { status, json } = await call(sandbox, 'GET', `/projects/9/jobs/${jobs[0]?.id}/trace`, who)
      return status === 200 ? status : json
    }
    expect([await log('reporter'), await log('developer')]).toEqual([{ message: '403 Forbidden' }, 200])
    sandbox.set('ci_debug_trace', 'true')
    expect((await call(sandbox, 'GET', '/projects/9/jobs/9001/trace', 'reporter')).status).toBe(403)
  }))
