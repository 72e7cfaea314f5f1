import { startSandbox, type GitlabVersion, type Sandbox } from '../../src/sandbox/server.ts'
import { call, rows } from './helpers/bearer.ts'

async function withSandbox(gitlab: GitlabVersion, use: (sandbox: Sandbox) => Promise<void>): Promise<void> {
  const sandbox = await startSandbox({ gitlab, now: () => 1000, paceMs: 0 })
  try {
    sandbox.addPipeline()
    sandbox.addPipeline({ ref: 'develop', status: 'failed' })
    await use(sandbox)
  } finally {
    await sandbox.close()
  }
}

const p = '/projects/9'

/** Lists of 18.9: the answer's totals, `-` where it has none, and the query of the first page's link. */
// prettier-ignore
const lists: readonly [path: string, totals: string, first: string][] = [
  [`${p}/pipelines`, '2 1', 'id=9&order_by=id&page=1&per_page=20&sort=desc'],
  [`${p}/pipelines?ref=master&yaml_errors=no`, '1 1', 'id=9&order_by=id&page=1&per_page=20&ref=master&sort=desc&yaml_errors=false'],
  [`${p}/pipelines?per_page=1000&junk=1`, '2 1', 'id=9&junk=1&order_by=id&page=1&per_page=1000&sort=desc'],
  [`${p}/pipelines?per_page=-1`, '2 1', 'id=9&order_by=id&page=1&per_page=-1&sort=desc'],
  [`${p}/pipelines/4711/jobs?include_retried=True&scope=success`, '3 1', 'id=9&include_retried=true&page=1&per_page=20&pipeline_id=4711&scope%5B%5D=success'],
  [`${p}/pipelines/4711/bridges`, '0 1', 'id=9&page=1&per_page=20&pipeline_id=4711'],
  [`${p}/jobs`, '- -', 'id=9&page=1&per_page=20'],
  [`${p}/repository/commits`, '- -', 'id=9&page=1&per_page=20'],
  [`${p}/repository/branches`, '14 1', 'id=9&page=1&per_page=20'],
  [`${p}/triggers`, '2 1', 'id=9&page=1&per_page=20'],
  [`${p}/pipeline_schedules`, '0 1', 'id=9&page=1&per_page=20'],
  ['/projects?membership=on', '3 1', 'imported=false&include_hidden=false&membership=true&order_by=created_at&owned=false&page=1&per_page=20&repository_checksum_failed=false&simple=false&sort=desc&starred=false&statistics=false&wiki_checksum_failed=false&with_custom_attributes=false&with_issues_enabled=false&with_merge_requests_enabled=false'],
]

test.each(lists)('%s: totals %s, first page ?%s', (path, totals, first) =>
  withSandbox('18.9', async (sandbox) => {
    const { status, headers } = await call(sandbox, 'GET', path)
    expect(status).toBe(200)
    const total = ['x-total', 'x-total-pages'].map((name) => headers.get(name) ?? '-')
    expect(total.join(' ')).toBe(totals)
    const link = headers.get('link') ?? ''
    expect(link).toContain(`<${sandbox.url}/api/v4${path.split('?')[0]}?${first}>; rel="first"`)
    expect(link.includes('rel="last"')).toBe(totals !== '- -')
    expect([headers.get('x-page'), headers.get('x-prev-page'), headers.get('x-next-page')]).toEqual([
      '1',
      '',
      '',
    ])
  }),
)

test('a page in the middle', () =>
  withSandbox('18.9', async (sandbox) => {
    const { headers } = await call(sandbox, 'GET', `${p}/jobs?per_page=1&page=2`)
    const at = (page: number): string => `<${sandbox.url}/api/v4${p}/jobs?id=9&page=${page}&per_page=1>`
    expect(headers.get('link')).toBe(`${at(1)}; rel="prev", ${at(3)}; rel="next", ${at(1)}; rel="first"`)
  }))

/** Follows `rel="next"` to the end; the members `id` or `name` of each page. */
async function pagesOf(sandbox: Sandbox, path: string): Promise<string[]> {
  const pages: string[] = []
  let next: string | undefined = path
  while (next !== undefined && pages.length < 9) {
    const { status, json, headers } = await call(sandbox, 'GET', next)
    if (status !== 200) return [`${status} ${JSON.stringify(json)}`]
    pages.push(
      rows(json)
        .map(({ id, name }) => String(path.includes('repository') ? name : id))
        .join(' '),
    )
    expect(headers.get('x-page')).toBeNull()
    next = /<[^>]*\/api\/v4([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
  }
  return pages
}

const unavailable = '405 {"error":"Keyset pagination is not yet available for this type of request"}'

// prettier-ignore
const keysets: readonly [path: string, pages: string[]][] = [
  [`${p}/jobs?pagination=keyset&per_page=2&order_by=id&sort=desc`, ['9003 9002', '9001']],
  [`${p}/jobs?pagination=keyset&per_page=3`, ['9003 9002 9001']],
  [`${p}/jobs?pagination=keyset&order_by=id&sort=asc`, [unavailable]],
  ['/projects?pagination=keyset&order_by=id&sort=asc&per_page=3', ['9 10 11', '12', '']],
  ['/projects?pagination=keyset&order_by=id&membership=true&per_page=2', ['11 10', '9', '']],
  ['/projects?pagination=keyset', [unavailable]],
  [`${p}/repository/tags?pagination=keyset&per_page=1`, ['both', 'v1.0.0', '']],
]

test.each(keysets)('keyset: %s', (path, pages) =>
  withSandbox('18.9', async (sandbox) => {
    expect(await pagesOf(sandbox, path)).toEqual(pages)
  }),
)

test('the cursor of a keyset is in the link, with every parameter', () =>
  withSandbox('18.9', async (sandbox) => {
    const { headers } = await call(sandbox, 'GET', `${p}/jobs?pagination=keyset&per_page=1`)
    const cursor = Buffer.from('{"id":"9003","_kd":"n"}').toString('base64url')
    expect(headers.get('link')).toBe(
      `<${sandbox.url}/api/v4${p}/jobs?cursor=${cursor}&id=9&page=1&pagination=keyset&per_page=1>; rel="next"`,
    )
  }))

// prettier-ignore
const filters: readonly [query: string, status: number, answer: unknown][] = [
  ['source=x', 400, { error: 'source does not have a valid value' }],
  ['source=push', 200, [4712, 4711]],
  ['yaml_errors=true', 200, []],
  ['yaml_errors=false', 200, [4712, 4711]],
  ['yaml_errors=x', 400, { error: 'yaml_errors is invalid' }],
  ['name=Nightly', 200, [4711]],
  ['name=nothing', 200, []],
  ['per_page=-1', 200, [4712, 4711]],
  ['page=0', 200, [4712, 4711]],
  ['order_by=x&sort=y&scope=z', 400, { error: 'scope does not have a valid value, order_by does not have a valid value, sort does not have a valid value' }],
  ['updated_after=x', 400, { error: 'updated_after is invalid' }],
]

test.each(filters)('pipelines?%s: %i', (query, status, answer) =>
  withSandbox('18.9', async (sandbox) => {
    await call(sandbox, 'PUT', `${p}/pipelines/4711/metadata`, 'api', { name: 'Nightly' })
    const got = await call(sandbox, 'GET', `${p}/pipelines?${query}`)
    expect([got.status, status === 200 ? rows(got.json).map(({ id }) => id) : got.json]).toEqual([
      status,
      answer,
    ])
  }),
)

test('pipelines have a name in lists, by themselves and when it is set; elsewhere none', () =>
  withSandbox('18.9', async (sandbox) => {
    const named = { name: null }
    expect(rows((await call(sandbox, 'GET', `${p}/pipelines`)).json)).toMatchObject([named, named])
    expect((await call(sandbox, 'GET', `${p}/pipelines/4711`)).json).toMatchObject(named)
    expect((await call(sandbox, 'GET', `${p}/pipelines/latest`)).json).toMatchObject(named)
    const put = await call(sandbox, 'PUT', `${p}/pipelines/4711/metadata`, 'api', { name: 'x' })
    expect(put).toMatchObject({ status: 200, json: { name: 'x' } })
    expect((await call(sandbox, 'POST', `${p}/pipelines/4711/cancel`)).json).not.toHaveProperty('name')
    expect(rows((await call(sandbox, 'GET', `${p}/jobs`)).json)[0]?.['pipeline']).not.toHaveProperty('name')
  }))

test.each(['T', 'on', 'yes', 'True', '1'])('membership=%s is true', (text) =>
  withSandbox('18.9', async (sandbox) => {
    const { json } = await call(
      sandbox,
      'GET',
      `/projects?membership=${text}&simple=${text}&search_namespaces=${text}&search=SEED`,
    )
    expect(rows(json).map(({ id }) => id)).toEqual([11, 10, 9])
    expect(rows(json)[0]).not.toHaveProperty('jobs_enabled')
  }),
)

test('10.3 counts the jobs of a project, and repeats in links what was sent', () =>
  withSandbox('10.3', async (sandbox) => {
    const { headers } = await call(sandbox, 'GET', `${p}/jobs?per_page=2&pagination=keyset`)
    expect(headers.get('x-total')).toBe('3')
    expect(headers.get('link')).toContain(`${p}/jobs?pagination=keyset&page=2&per_page=2>; rel="next"`)
  }))
