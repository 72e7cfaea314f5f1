import type { GitlabVersion, Sandbox } from '../../src/sandbox/server.ts'
import { startSandbox } from '../../src/sandbox/server.ts'
import { get } from './helpers/raw.ts'

const versions: GitlabVersion[] = ['8.5', '8.17', '10.3', '18.9']
const sandboxes = new Map<GitlabVersion, Sandbox>()

/** In each world: pipeline 4711 of project 9 with jobs 9001 to 9003, finished; 4712 of the public project 10. */
beforeAll(async () => {
  for (const gitlab of versions) {
    const sandbox = await startSandbox({ gitlab, now: () => 0, paceMs: 0 })
    sandbox.addPipeline({ source: 'trigger', variables: { UPLOAD_TO_S3: 'yes' } })
    sandbox.addPipeline({ project: 10 })
    sandboxes.set(gitlab, sandbox)
  }
})

afterAll(async () => {
  for (const sandbox of sandboxes.values()) await sandbox.close()
})

type TokenName = keyof Sandbox['tokens']
type Who = 'nobody' | 'bad' | `${'private' | 'bearer' | 'job'} ${TokenName}` | `query ${TokenName}`

function headersOf(sandbox: Sandbox, who: Who): string[] {
  if (who === 'nobody' || who.startsWith('query')) return []
  if (who === 'bad') return ['PRIVATE-TOKEN: bad']
  const [kind, name] = who.split(' ') as ['private' | 'bearer' | 'job', TokenName]
  const names = { private: 'PRIVATE-TOKEN:', bearer: 'Authorization: Bearer', job: 'JOB-TOKEN:' }
  return [`${names[kind]} ${sandbox.tokens[name]}`]
}

async function read(
  gitlab: GitlabVersion,
  who: Who,
  path: string,
): Promise<{ status: number; body: string }> {
  const sandbox = sandboxes.get(gitlab)!
  const query = who.startsWith('query')
    ? `?private_token=${sandbox.tokens[who.split(' ')[1] as TokenName]}`
    : ''
  const reply = await get(sandbox.url, `${path}${query}`, headersOf(sandbox, who))
  return { status: reply.status, body: reply.body.toString() }
}

const M = (message: string): string => JSON.stringify({ message })
const E = (error: string): string => JSON.stringify({ error })
const hidden = M('404 Project Not Found')
const unauthorized = M('401 Unauthorized')
const p9 = '/api/v4/projects/9'
const p10 = '/api/v4/projects/10'
const old = '/api/v3/projects/9'

// prettier-ignore
const refusals: [GitlabVersion, Who, path: string, status: number, body: string][] = [
  ['18.9', 'nobody', `${p9}/pipelines/4711`, 404, hidden],
  ['18.9', 'nobody', `${p9}/pipelines/4711/jobs`, 404, hidden],
  ['18.9', 'nobody', p9, 404, hidden],
  ['18.9', 'nobody', `${p9}/jobs/9001`, 401, unauthorized],
  ['18.9', 'nobody', `${p9}/jobs/9001/trace`, 401, unauthorized],
  ['18.9', 'nobody', `${p10}/jobs/9004/trace`, 401, unauthorized],
  ['18.9', 'nobody', `${p10}/pipelines/4712/variables`, 403, M('403 Forbidden')],
  ['18.9', 'nobody', '/api/v4/version', 401, unauthorized],
  ['18.9', 'bad', `${p10}/pipelines`, 401, unauthorized],
  ['18.9', 'private trigger', `${p9}/pipelines`, 401, unauthorized],
  ['18.9', 'private trigger', `${p10}/pipelines`, 401, unauthorized],
  ['18.9', 'bearer trigger', `${p9}/pipelines`, 401, unauthorized],
  ['18.9', 'job trigger', `${p9}/pipelines`, 401, unauthorized],
  ['18.9', 'job finishedJob', `${p9}/pipelines`, 401, unauthorized],
  ['18.9', 'job outsideJob', `${p9}/pipelines`, 403, M('403 Forbidden - Authentication by CI/CD job token not allowed from tool to project #9.')],
  ['18.9', 'job outsideJob', `${p10}/pipelines`, 403, M('403 Forbidden')],
  ['18.9', 'job job', '/api/v4/projects/11/pipelines', 403, M('403 Forbidden - Authentication by CI/CD job token not allowed from app to project #11.')],
  ['18.9', 'private job', `${p9}/pipelines`, 404, hidden],
  ['18.9', 'bearer finishedJob', `${p9}/pipelines`, 404, hidden],
  ['18.9', 'job job', p9, 404, hidden],
  ['18.9', 'job job', `${p9}/jobs/9001`, 401, unauthorized],
  ['18.9', 'job job', `${p9}/pipelines/4711/variables`, 404, hidden],
  ['18.9', 'private api', `${p9}/pipelines/1`, 404, M('404 Not found')],
  ['18.9', 'private api', `${p9}/pipelines/4712`, 404, M('404 Not found')],
  ['18.9', 'private api', `${p9}/pipelines/abc`, 400, E('pipeline_id is invalid')],
  ['18.9', 'private api', `${p9}/pipelines/4711/jobs?scope=bogus`, 400, E('scope does not have a valid value')],
  ['18.9', 'private api', `${p9}/pipelines?status=bogus`, 400, E('status does not have a valid value')],
  ['18.9', 'private api', `${p9}/pipelines?updated_after=bogus`, 400, E('updated_after is invalid')],
  ['18.9', 'private api', `${p9}/pipelines?per_page=0`, 400, E('per_page has a value not allowed')],
  ['18.9', 'private api', `${p9}/pipelines?per_page=abc`, 400, E('per_page is invalid')],
  ['18.9', 'private api', `${p9}/jobs/1`, 404, M('404 Not found')],
  ['18.9', 'private api', `${p9}/repository/branches/none`, 404, M('404 Branch Not Found')],
  ['18.9', 'private api', `${p9}/repository/tags/none`, 404, M('404 Tag Not Found')],
  ['18.9', 'private api', `${p9}/repository/commits/none`, 404, M('404 Commit Not Found')],
  ['18.9', 'private api', '/api/v4/projects/99', 404, hidden],
  ['18.9', 'private api', '/api/v4/nonsense', 404, E('404 Not Found')],
  ['18.9', 'private api', '/api/v4/projects/%FF', 400, 'Bad Request'],
  ['18.9', 'private api', '/api/v4/projects/a%00b', 400, 'Bad Request'],
  ['18.9', 'private api', '/api/v3/version', 410, E('API V3 is no longer supported. Use API V4 instead.')],
  ['10.3', 'nobody', `${p10}/pipelines`, 401, unauthorized],
  ['10.3', 'bearer api', `${p9}/pipelines`, 401, unauthorized],
  ['10.3', 'private api', `${p9}/pipelines?per_page=0`, 500, M('500 Internal Server Error')],
  ['10.3', 'job job', `${p9}/pipelines`, 401, unauthorized],
  ['8.17', 'nobody', `${old}/builds`, 401, unauthorized],
  ['8.17', 'bearer api', `${old}/builds`, 401, unauthorized],
  ['8.17', 'private trigger', `${old}/builds`, 401, unauthorized],
  ['8.17', 'private api', `${old}/builds/1`, 404, M('404 Not Found')],
  ['8.17', 'private api', `${old}/builds?scope=bogus`, 400, E('scope does not have a valid value')],
  ['8.17', 'private api', `${old}/builds?per_page=abc`, 400, E('per_page is invalid')],
  ['8.5', 'nobody', `${old}/builds/9001/trace`, 401, unauthorized],
  ['8.5', 'private api', `${old}/builds?scope=bogus`, 400, M('Scope contains invalid value(s)')],
]

test.each(refusals)('%s: %s reads %s: %i %s', async (gitlab, who, path, status, body) => {
  expect(await read(gitlab, who, path)).toEqual({ status, body })
})

// prettier-ignore
const readings: [GitlabVersion, Who, path: string, part: unknown][] = [
  ['18.9', 'private api', '/api/v4/version', { version: '18.9.0-pre' }],
  ['18.9', 'private api', p9, { id: 9, path_with_namespace: 'seed/app', default_branch: 'master', visibility: 'private' }],
  ['18.9', 'private api', '/api/v4/projects/SEED%2Fgroup%2Fsub.dotted%2Fdeep', { id: 11 }],
  ['18.9', 'bearer api', `${p9}/pipelines/4711`, { id: 4711, project_id: 9, source: 'trigger', status: 'success' }],
  ['18.9', 'query api', `${p9}/pipelines/4711`, { id: 4711 }],
  ['18.9', 'job job', `${p9}/pipelines`, [{ id: 4711, status: 'success' }]],
  ['18.9', 'bearer job', `${p9}/pipelines`, [{ id: 4711, status: 'success' }]],
  ['18.9', 'private job', `${p10}/pipelines`, [{ id: 4712 }]],
  ['18.9', 'bearer job', `${p9}/pipelines/4711/bridges`, []],
  ['18.9', 'job job', `${p9}/pipelines/4711/jobs`, [{ id: 9003 }, { id: 9002 }, { id: 9001 }]],
  ['18.9', 'job job', `${p9}/pipelines/4711/bridges`, []],
  ['18.9', 'nobody', p10, { id: 10, visibility: 'public' }],
  ['18.9', 'nobody', `${p10}/pipelines`, [{ id: 4712, source: 'push' }]],
  ['18.9', 'nobody', `${p10}/pipelines/4712/jobs`, [{ id: 9006 }, { id: 9005 }, { id: 9004 }]],
  ['18.9', 'private api', `${p9}/pipelines/4711/variables`, [{ variable_type: 'env_var', key: 'UPLOAD_TO_S3', value: 'yes', raw: false }]],
  ['18.9', 'private api', `${p9}/pipelines/4711/jobs?scope[]=success&scope[]=failed`, [{ id: 9003 }, { id: 9002 }, { id: 9001 }]],
  ['18.9', 'private api', `${p9}/pipelines/4711/jobs?scope=running`, []],
  ['18.9', 'private api', `${p9}/jobs/9002`, { id: 9002, name: 'build_package', stage: 'build', pipeline: { id: 4711 } }],
  ['18.9', 'private api', `${p9}/repository/branches/feature%2Fx`, { name: 'feature/x', protected: false }],
  ['18.9', 'private api', `${p9}/repository/branches/master`, { name: 'master', default: true }],
  ['18.9', 'private api', `${p9}/repository/tags`, [{ name: 'v1.0.0' }, { name: 'both' }]],
  ['18.9', 'private api', `${p9}/repository/tags/v1.0.0`, { name: 'v1.0.0' }],
  ['18.9', 'private api', `${p9}/repository/commits/master`, { title: 'Package the thing' }],
  ['10.3', 'private api', `${p9}/pipelines`, [{ id: 4711, status: 'success' }]],
  ['10.3', 'private api', `${old}/pipelines/4711`, { id: 4711 }],
  ['10.3', 'private api', `${old}/builds/9001`, { id: 9001, pipeline: { id: 4711 } }],
  ['8.17', 'private api', old, { id: 9, public: false }],
  ['8.17', 'query api', `${old}/builds`, [{ id: 9003, pipeline: { id: 4711 } }, { id: 9002 }, { id: 9001 }]],
  ['8.17', 'private api', `${old}/pipelines`, [{ id: 4711 }]],
  ['8.5', 'private api', `${old}/builds?scope[]=success`, [{ id: 9003 }, { id: 9002 }, { id: 9001 }]],
  ['8.5', 'private api', `${old}/builds?per_page=abc`, [{ id: 9003 }, { id: 9002 }, { id: 9001 }]],
  ['8.5', 'private api', `${old}/repository/branches/master`, { name: 'master' }],
]

test.each(readings)('%s: %s reads %s', async (gitlab, who, path, part) => {
  const { status, body } = await read(gitlab, who, path)
  expect(status).toBe(200)
  expect(JSON.parse(body)).toMatchObject(part as object)
})

test('a build of 8.5 has no pipeline, and its version has no list of them', async () => {
  const { body } = await read('8.5', 'private api', `${old}/builds/9001`)
  expect(JSON.parse(body)).not.toHaveProperty('pipeline')
  expect((await read('8.5', 'private api', `${old}/pipelines`)).status).toBe(404)
})

test('the builds of a commit', async () => {
  const { body } = await read('8.17', 'private api', `${old}/repository/branches/master`)
  const { commit } = JSON.parse(body) as { commit: { id: string } }
  const builds = await read('8.17', 'private api', `${old}/repository/commits/${commit.id}/builds`)
  expect(JSON.parse(builds.body)).toMatchObject([{ id: 9003 }, { id: 9002 }, { id: 9001 }])
  const unknown = await read('8.17', 'private api', `${old}/repository/commits/${'0'.repeat(40)}/builds`)
  expect(unknown.status).toBe(404)
})

test('a pipeline of 10.3 lacks iid, project_id, web_url and source', async () => {
  const { body } = await read('10.3', 'private api', `${p9}/pipelines/4711`)
  const fields = Object.keys(JSON.parse(body) as object)
  expect(fields.filter((name) => ['iid', 'project_id', 'web_url', 'source'].includes(name))).toEqual([])
})

test('a log is a text that shows the variable', async () => {
  const sandbox = sandboxes.get('18.9')!
  const reply = await get(sandbox.url, `${p9}/jobs/9003/trace`, headersOf(sandbox, 'private api'))
  expect(reply.headers).toMatchObject({
    'content-type': 'text/plain',
    'content-disposition': 'infile; filename="9003.log"',
  })
  expect(reply.body.toString()).toContain('uploading, UPLOAD_TO_S3=yes\n')
  expect(reply.body.toString()).toContain('section_start:0:get_sources\r\u001b[0K')
})

test('If-None-Match of a weak tag is 304 without a body', async () => {
  const sandbox = sandboxes.get('18.9')!
  const mine = headersOf(sandbox, 'private api')
  const first = await get(sandbox.url, `${p9}/pipelines`, mine)
  expect(first.headers['etag']).toMatch(/^W\/"[0-9a-f]{32}"$/)
  const second = await get(sandbox.url, `${p9}/pipelines`, [
    ...mine,
    `If-None-Match: ${first.headers['etag']!}`,
  ])
  expect([second.status, second.body.length]).toEqual([304, 0])
})

describe('pages', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startSandbox({ now: () => 90_000_000, prefix: '/gitlab/' })
    for (let index = 0; index < 45; index += 1) {
      const createdAt = index * 1_000_000
      sandbox.addPipeline({
        ref: index % 2 === 0 ? 'master' : 'develop',
        createdAt,
        username: `u${index % 3}`,
      })
    }
  })
  afterAll(() => sandbox.close())

  const list = async (query: string): Promise<{ ids: number[]; headers: Record<string, string> }> => {
    const reply = await get(sandbox.url, `${p9}/pipelines?${query}`, [`PRIVATE-TOKEN: ${sandbox.tokens.api}`])
    const rows = JSON.parse(reply.body.toString()) as { id: number }[]
    return { ids: rows.map(({ id }) => id), headers: reply.headers }
  }

  test('are of twenty, newest first, and lead on', async () => {
    const { ids, headers } = await list('ref=master')
    expect([ids[0], ids.length]).toEqual([4755, 20])
    expect(headers).toMatchObject({
      'x-total': '23',
      'x-total-pages': '2',
      'x-page': '1',
      'x-next-page': '2',
    })
    expect(headers['x-prev-page']).toBe('')
    expect(headers['link']).toContain(
      `<${sandbox.url}${p9}/pipelines?id=9&order_by=id&page=2&per_page=20&ref=master&sort=desc>; rel="next"`,
    )
  })

  // prettier-ignore
  const cases: [query: string, count: number, first: number | undefined][] = [
    ['per_page=1000', 45, 4755], ['per_page=10&page=2', 10, 4745], ['page=0', 20, 4755], ['page=9', 0, undefined],
    ['sort=asc', 20, 4711], ['ref=develop&sort=asc', 20, 4712], ['username=u1', 15, 4754], ['source=push', 20, 4755],
    ['source=trigger', 0, undefined], ['status=success&per_page=100', 45, 4755], ['scope=tags', 0, undefined],
    ['created_after=1970-01-01T11:56:45Z', 1, 4755], ['updated_after=1970-01-01T11:56:45Z', 2, 4755],
    ['created_before=1970-01-01T00:30:00Z', 2, 4712], ['sha=0', 0, undefined],
  ]
  test.each(cases)('%s: %i, first %s', async (query, count, first) => {
    const { ids } = await list(query)
    expect([ids.length, ids[0]]).toEqual([count, first])
  })
})
