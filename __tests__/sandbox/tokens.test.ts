import { useGitlab } from '../helpers/gitlab.ts'
import { start } from '../helpers/world.ts'
import { call, members, rows, type Got } from './helpers/bearer.ts'
import type { GitlabVersion, Sandbox } from '../../src/sandbox/server.ts'

const p = '/projects/9'

describe('trigger tokens on 18.9', () => {
  const gitlab = useGitlab()

  test('a list has every field; a token is whole only for its owner', async () => {
    const { status, json } = await call(gitlab(), 'GET', `${p}/triggers`)
    expect(status).toBe(200)
    expect(rows(json)).toEqual([
      expect.objectContaining({
        id: 31,
        token: gitlab().tokens.trigger,
        description: 'nightly',
        last_used: null,
      }),
      expect.objectContaining({
        id: 34,
        token: gitlab().tokens.colleagueTrigger.replace('glptt-', '').slice(0, 4),
        expires_at: null,
        owner: expect.objectContaining({ username: 'colleague' }) as unknown,
      }),
    ])
    const others = await call(gitlab(), 'GET', `${p}/triggers`, 'colleague')
    expect(rows(others.json).map(({ token }) => String(token).length)).toEqual([4, 46])
  })

  test.each<[name: string, who: keyof Sandbox['tokens'] | 'nobody', path: string, status: number]>([
    ['nobody', 'nobody', p, 401],
    ['a trigger token', 'trigger', p, 401],
    ['a reporter', 'reporter', p, 403],
    ['one who is no member', 'api', '/projects/12', 403],
    ['no such project', 'api', '/projects/99', 404],
  ])('%s may not read them: %s %s', async (_, who, path, status) => {
    expect((await call(gitlab(), 'GET', `${path}/triggers`, who)).status).toBe(status)
  })

  test.each<[method: string, path: string]>([
    ['POST', `${p}/triggers`],
    ['PUT', `${p}/triggers/31`],
    ['DELETE', `${p}/triggers/31`],
  ])('%s %s wants the scope api', async (method, path) => {
    const { status, json } = await call(
      gitlab(),
      method,
      path,
      'readApi',
      method === 'DELETE' ? undefined : { description: 'x' },
    )
    expect({ status, error: members(json)['error'] }).toEqual({ status: 403, error: 'insufficient_scope' })
  })

  test.each<[path: string, status: number, json: unknown]>([
    ['99', 404, { message: '404 Not found' }],
    ['33', 404, { message: '404 Not found' }],
    ['abc', 400, { error: 'trigger_id is invalid' }],
  ])('show %s: %s', async (path, status, json) => {
    expect(await call(gitlab(), 'GET', `${p}/triggers/${path}`)).toMatchObject({ status, json })
  })

  test('create: 201 with the whole token; without a description 400', async () => {
    const made = await call(gitlab(), 'POST', `${p}/triggers`, 'api', { description: 'new' })
    expect(made).toMatchObject({
      status: 201,
      json: { id: 41, description: 'new', owner: { username: 'seed' } },
    })
    expect(members(made.json)['token']).toMatch(/^glptt-[0-9a-f]{40}$/)
    expect(await call(gitlab(), 'POST', `${p}/triggers`, 'api', { x: 'y' })).toMatchObject({
      status: 400,
      json: { error: 'description is missing' },
    })
  })

  test.each<[expires: string, status: number, json: unknown]>([
    ['2026-12-24T00:00:00Z', 201, { expires_at: '2026-12-24T00:00:00.000Z' }],
    ['tomorrow-ish', 400, { error: 'expires_at is invalid' }],
    ['2030-01-01', 400, { message: '400 Bad request - {"expires_at":["must be before 2027-11-22"]}' }],
  ])('create until %s: %s', async (expires, status, json) => {
    const fields = { description: 'new', expires_at: expires }
    expect(await call(gitlab(), 'POST', `${p}/triggers`, 'api', fields)).toMatchObject({ status, json })
  })

  test('update changes the description; without one it becomes null', async () => {
    const put = (fields: Record<string, string>): Promise<Got> =>
      call(gitlab(), 'PUT', `${p}/triggers/31`, 'api', fields)
    expect(await put({ description: 'other' })).toMatchObject({ status: 200, json: { description: 'other' } })
    expect(await put({ x: 'y' })).toMatchObject({ status: 200, json: { description: null } })
  })

  test('delete: 204, then 404; at once the token triggers no more', async () => {
    const trigger = (): Promise<Got> =>
      call(gitlab(), 'POST', `${p}/trigger/pipeline`, 'nobody', {
        token: gitlab().tokens.trigger,
        ref: 'master',
      })
    expect((await trigger()).status).toBe(201)
    expect(await call(gitlab(), 'DELETE', `${p}/triggers/31`)).toMatchObject({ status: 204, json: '' })
    expect((await call(gitlab(), 'DELETE', `${p}/triggers/31`)).status).toBe(404)
    expect(await trigger()).toMatchObject({ status: 404, json: { message: '404 Not Found' } })
  })

  test.each([
    ['Mon, 31 Aug 2015 00:00:00 GMT', 412],
    ['Wed, 02 Sep 2015 00:00:00 GMT', 204],
    ['nonsense', 204],
  ])('delete if unmodified since %s: %s', async (since, status) => {
    const got = await call(gitlab(), 'DELETE', `${p}/triggers/31`, 'api', undefined, {
      'if-unmodified-since': since,
    })
    expect(got.status).toBe(status)
    if (status === 412) expect(got.json).toEqual({ message: '412 Precondition Failed' })
  })

  test('last_used moves when a pipeline starts, which runs as the owner', async () => {
    const { colleagueTrigger: token } = gitlab().tokens
    await call(gitlab(), 'POST', `${p}/trigger/pipeline`, 'nobody', { token, ref: 'master' })
    const { json } = await call(gitlab(), 'GET', `${p}/triggers/34`)
    expect(members(json)['last_used']).toBe(new Date(start).toISOString())
    expect(gitlab().pipelines[0]?.username).toBe('colleague')
    expect(members((await call(gitlab(), 'GET', `${p}/triggers/31`)).json)['last_used']).toBeNull()
  })

  test('one that has expired is not listed, not found, cannot be revoked, and still triggers', async () => {
    const { id, token } = gitlab().addToken({ expiresAt: start })
    const live = gitlab().addToken({ expiresAt: start + 1 })
    const { json } = await call(gitlab(), 'GET', `${p}/triggers`)
    expect(rows(json).map((row) => row['id'])).toEqual([31, 34, live.id])
    expect((await call(gitlab(), 'GET', `${p}/triggers/${id}`)).status).toBe(404)
    const fields = { token, ref: 'master' }
    expect((await call(gitlab(), 'DELETE', `${p}/triggers/${id}`)).status).toBe(404)
    expect((await call(gitlab(), 'POST', `${p}/trigger/pipeline`, 'nobody', fields)).status).toBe(201)
  })

  test('above 10,000 rows the totals and the last page are left out', async () => {
    for (let at = 0; at < 9998; at += 1) gitlab().addToken()
    const counted = await call(gitlab(), 'GET', `${p}/triggers?per_page=100`)
    expect(counted.headers.get('x-total')).toBe('10000')
    expect(counted.headers.get('link')).toContain('rel="last"')
    gitlab().addToken()
    const { headers } = await call(gitlab(), 'GET', `${p}/triggers?per_page=100&page=3`)
    expect([headers.get('x-total'), headers.get('x-total-pages'), headers.get('x-next-page')]).toEqual([
      null,
      null,
      '4',
    ])
    expect(headers.get('link')).not.toContain('rel="last"')
  })
})

describe.each<GitlabVersion>(['8.5', '8.17'])('trigger tokens on %s, v3', (version) => {
  const gitlab = useGitlab({ gitlab: version })

  test('a list has no id, no description, no owner; tokens are whole', async () => {
    const { json } = await call(gitlab(), 'GET', `/v3${p}/triggers`)
    const nothing = { created_at: '2015-09-01T08:30:00.000Z', updated_at: '2015-09-01T08:30:00.000Z' }
    expect(json).toEqual([
      { token: gitlab().tokens.trigger, ...nothing, deleted_at: null, last_used: null },
      { token: gitlab().tokens.colleagueTrigger, ...nothing, deleted_at: null, last_used: null },
    ])
  })

  test('create takes no description; delete answers 200 with the token, then 404', async () => {
    const { status, json } = await call(gitlab(), 'POST', `/v3${p}/triggers`, 'api', {})
    expect({ status, keys: Object.keys(members(json)) }).toEqual({
      status: 201,
      keys: ['token', 'created_at', 'updated_at', 'last_used', 'deleted_at'],
    })
    const path = `/v3${p}/triggers/${String(members(json)['token'])}`
    expect((await call(gitlab(), 'GET', path)).status).toBe(200)
    expect(await call(gitlab(), 'DELETE', path)).toMatchObject({
      status: 200,
      json: { token: members(json)['token'] },
    })
    expect(await call(gitlab(), 'DELETE', path)).toMatchObject({
      status: 404,
      json: { message: '404 Trigger Not Found' },
    })
  })
})

describe('trigger tokens on 10.3', () => {
  const gitlab = useGitlab({ gitlab: '10.3' })

  test('v4 has ids; tokens are whole for every maintainer; an update without description changes nothing', async () => {
    const { json } = await call(gitlab(), 'GET', `${p}/triggers`)
    expect(rows(json).map((row) => String(row['token']).length)).toEqual([30, 30])
    expect(rows(json)[0]).not.toHaveProperty('expires_at')
    expect(await call(gitlab(), 'PUT', `${p}/triggers/31`, 'api', { x: 'y' })).toMatchObject({
      status: 200,
      json: { description: 'nightly' },
    })
  })
})

describe('projects', () => {
  const gitlab = useGitlab()

  test.each<[query: string, who: keyof Sandbox['tokens'] | 'nobody', ids: number[]]>([
    ['', 'api', [12, 11, 10, 9]],
    ['', 'nobody', [12, 10]],
    ['?membership=true', 'api', [11, 10, 9]],
    ['?membership=true', 'nobody', []],
    ['?search=APP', 'api', [9]],
    ['?search=seed', 'api', []],
    ['?search=seed&search_namespaces=true', 'api', [11, 10, 9]],
    ['?search=ap', 'api', []],
  ])('GET /projects%s as %s', async (query, who, ids) => {
    const { status, json } = await call(gitlab(), 'GET', `/projects${query}`, who)
    expect({ status, ids: rows(json).map(({ id }) => id) }).toEqual({ status: 200, ids })
  })

  test('nobody is told little of each', async () => {
    const known = rows((await call(gitlab(), 'GET', '/projects')).json)[0]
    const little = rows((await call(gitlab(), 'GET', '/projects', 'nobody')).json)[0]
    expect(known).toMatchObject({ visibility: 'public', jobs_enabled: true })
    expect(little).not.toHaveProperty('jobs_enabled')
  })

  test('one that has moved: 301 with text to who reads, 405 to others, and a trigger follows in silence', async () => {
    const path = `/projects/${encodeURIComponent('seed/former')}`
    const to = `${gitlab().url}/api/v4/projects/9/triggers`
    const { status, headers, json } = await call(gitlab(), 'GET', `${path}/triggers`)
    expect({ status, json }).toEqual({
      status: 301,
      json: `This resource has been moved permanently to ${to}`,
    })
    expect([headers.get('location'), headers.get('content-type')]).toEqual([to, 'text/plain'])
    expect(await call(gitlab(), 'POST', `${path}/triggers`, 'api', { description: 'x' })).toMatchObject({
      status: 405,
      json: { message: 'Non GET methods are not allowed for moved projects' },
    })
    // Where a private project is, is not reported.
    expect((await call(gitlab(), 'GET', path, 'nobody')).status).toBe(404)
    const fields = { token: gitlab().tokens.trigger, ref: 'master' }
    expect((await call(gitlab(), 'POST', `${path}/trigger/pipeline`, 'nobody', fields)).status).toBe(201)
  })
})

describe('projects on 8.17', () => {
  const gitlab = useGitlab({ gitlab: '8.17' })

  test('v3 wants a login and lists what one is a member of', async () => {
    expect((await call(gitlab(), 'GET', '/v3/projects', 'nobody')).status).toBe(401)
    expect(rows((await call(gitlab(), 'GET', '/v3/projects')).json).map(({ id }) => id)).toEqual([11, 10, 9])
  })
})

describe('branches and tags', () => {
  const gitlab = useGitlab()

  test.each<[kind: string, search: string, names: string[]]>([
    ['branches', 'F', ['feature/x', 'failing']],
    ['branches', '^f', ['feature/x', 'failing']],
    ['branches', 'g$', ['failing']],
    ['tags', 'v1', ['v1.0.0']],
    ['tags', 'nothing', []],
  ])('%s with %s', async (kind, search, names) => {
    const { json } = await call(
      gitlab(),
      'GET',
      `${p}/repository/${kind}?search=${encodeURIComponent(search)}`,
    )
    expect(rows(json).map(({ name }) => name)).toEqual(names)
  })
})
