import type { Sandbox } from '../../src/sandbox/server.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { call, members, rows, type Got } from './helpers/bearer.ts'

const p = '/projects/9/pipeline_schedules'
const fields = { description: 'Nightly', ref: 'master', cron: '30 0 * * *' }

const gitlab = useGitlab()

const made = (more: Record<string, string> = {}): Promise<Got> =>
  call(gitlab(), 'POST', p, 'api', { ...fields, ...more })

describe('create', () => {
  test('201 with every field; UTC and active unless said', async () => {
    expect(await made()).toMatchObject({
      status: 201,
      json: {
        id: 13,
        description: 'Nightly',
        ref: 'refs/heads/master',
        cron: '30 0 * * *',
        cron_timezone: 'UTC',
        next_run_at: '2026-11-23T00:30:00.000Z',
        active: true,
        created_at: '2026-11-22T12:00:00.000Z',
        updated_at: '2026-11-22T12:00:00.000Z',
        owner: { username: 'seed' },
        last_pipeline: null,
      },
    })
  })

  // It is Sunday, 2026-11-22, 12:00 UTC.
  test.each([
    ['0 3 * * *', 'UTC', '2026-11-23T03:00'],
    ['0 12 * * *', 'UTC', '2026-11-23T12:00'],
    ['1 12 * * *', 'UTC', '2026-11-22T12:01'],
    ['*/20 8-18/2 * * *', 'UTC', '2026-11-22T12:20'],
    ['0 3 * * 1-5', 'UTC', '2026-11-23T03:00'],
    ['0 3 * * sat,wed', 'UTC', '2026-11-25T03:00'],
    ['0 3 * * 7', 'UTC', '2026-11-29T03:00'],
    ['0 3 1 * *', 'UTC', '2026-12-01T03:00'],
    ['0 3 1 jan *', 'UTC', '2027-01-01T03:00'],
    ['0 3 24 * 5', 'UTC', '2026-11-24T03:00'],
    ['0 0 29 2 *', 'UTC', '2028-02-29T00:00'],
    ['0 3 * * *', 'Europe/Berlin', '2026-11-23T02:00'],
    ['0 3 1 7 *', 'Europe/Berlin', '2027-07-01T01:00'],
    ['0 3 * * *', 'America/New_York', '2026-11-23T08:00'],
  ])('%s in %s is due at %s', async (cron, zone, due) => {
    const { json } = await made({ cron, cron_timezone: zone })
    expect(members(json)['next_run_at']).toBe(`${due}:00.000Z`)
  })

  test('neither creation nor a change shows variables and inputs', async () => {
    const put = await call(gitlab(), 'PUT', `${p}/${String(members((await made()).json)['id'])}`, 'api', {
      cron: '0 1 * * *',
    })
    for (const { json } of [await made(), put]) {
      expect(Object.keys(members(json)).slice(-3)).toEqual(['updated_at', 'owner', 'last_pipeline'])
    }
  })

  test('with a zone, not active, with inputs', async () => {
    const more = { cron_timezone: 'Europe/Berlin', active: 'false' }
    const inputs = { 'inputs[][name]': 'environment', 'inputs[][value]': 'prod' }
    const { json } = await made({ ...more, ...inputs })
    expect(json).toMatchObject({ cron_timezone: 'Europe/Berlin', active: false })
    const shown = { inputs: [{ name: 'environment', value: 'prod' }] }
    expect((await call(gitlab(), 'GET', p)).json).toMatchObject([shown])
    expect((await call(gitlab(), 'GET', `${p}/13`)).json).toMatchObject(shown)
  })

  test.each<[what: string, more: Record<string, string | undefined>, json: unknown]>([
    ['without a description', { description: undefined }, { error: 'description is missing' }],
    ['without a ref', { ref: undefined }, { error: 'ref is missing, ref is empty' }],
    [
      'with nothing',
      { description: undefined, ref: undefined, cron: undefined },
      { error: 'description is missing, ref is missing, ref is empty, cron is missing' },
    ],
    ['with a blank ref', { ref: ' ' }, { error: 'ref is empty' }],
    ['with a blank description', { description: '' }, { message: { description: ["can't be blank"] } }],
    ['with a ref that is not there', { ref: 'gone' }, { message: { ref: ['is ambiguous'] } }],
    ['with a ref that is two', { ref: 'both' }, { message: { ref: ['is ambiguous'] } }],
    [
      'on a protected ref',
      { ref: 'protected' },
      { message: { base: ['The current user is not authorized to create the pipeline schedule'] } },
    ],
    ['neither active nor not', { active: 'x' }, { error: 'active is invalid' }],
    ['with an input without a name', { 'inputs[][value]': '1' }, { error: 'inputs[0][name] is missing' }],
    ['without a time', { cron: undefined }, { error: 'cron is missing' }],
    ['at no time', { cron: 'soon' }, { message: { cron: [' is invalid syntax'] } }],
    ['nowhere', { cron_timezone: 'Mars' }, { message: { cron_timezone: [' is invalid syntax'] } }],
  ])('%s: 400', async (_, more, json) => {
    // What is undefined is left out.
    const sent = JSON.parse(JSON.stringify({ ...fields, ...more })) as Record<string, string>
    expect(await call(gitlab(), 'POST', p, 'api', sent)).toMatchObject({ status: 400, json })
    expect((await call(gitlab(), 'GET', p)).json).toEqual([])
  })
})

describe('read', () => {
  test('a list of rows, by pages and by whether they are active', async () => {
    await made()
    await made({ active: 'false', description: 'Other' })
    const list = async (query: string): Promise<unknown[]> =>
      rows((await call(gitlab(), 'GET', `${p}${query}`)).json).map(({ description }) => description)
    expect(await list('')).toEqual(['Nightly', 'Other'])
    expect(await list('?scope=active')).toEqual(['Nightly'])
    expect(await list('?scope=inactive')).toEqual(['Other'])
    expect(await list('?per_page=1&page=2')).toEqual(['Other'])
    const [row] = rows((await call(gitlab(), 'GET', p)).json)
    expect(Object.keys(row ?? {})).not.toContain('variables')
  })

  test.each<[path: string, status: number, json: unknown]>([
    ['13', 200, { id: 13 }],
    ['99', 404, { message: '404 Pipeline Schedule Not Found' }],
    ['abc', 400, { error: 'pipeline_schedule_id is invalid' }],
  ])('%s: %s', async (path, status, json) => {
    await made()
    expect(await call(gitlab(), 'GET', `${p}/${path}`)).toMatchObject({ status, json })
  })

  test('of another project there is none', async () => {
    await made()
    expect((await call(gitlab(), 'GET', '/projects/10/pipeline_schedules/13')).status).toBe(404)
  })
})

test('update changes what is sent and nothing else', async () => {
  await made()
  const put = (more: Record<string, string>): Promise<Got> => call(gitlab(), 'PUT', `${p}/13`, 'api', more)
  const json = { ...fields, ref: 'refs/heads/master', cron: '0 6 * * 1', cron_timezone: 'UTC', active: false }
  expect(await put({ cron: '0 6 * * 1', active: 'false' })).toMatchObject({ status: 200, json })
  expect(await put({ cron: 'soon' })).toMatchObject({ status: 400 })
  expect((await call(gitlab(), 'GET', `${p}/13`)).json).toMatchObject(json)
})

test.each([
  ['0', false],
  ['no', false],
  ['False', false],
  ['off', false],
  ['1', true],
  ['yes', true],
  ['T', true],
  ['on', true],
])('active=%s: %s', async (active, is) => {
  await made({ active: is ? 'false' : 'true' })
  const put = await call(gitlab(), 'PUT', `${p}/13`, 'api', { active })
  expect(put).toMatchObject({ status: 200, json: { active: is } })
})

test('a list by an unknown scope: 400', async () => {
  expect(await call(gitlab(), 'GET', `${p}?scope=x`)).toMatchObject({
    status: 400,
    json: { error: 'scope does not have a valid value' },
  })
})

test('delete: 204, then 404', async () => {
  await made()
  expect(await call(gitlab(), 'DELETE', `${p}/13`)).toMatchObject({ status: 204, json: '' })
  expect((await call(gitlab(), 'DELETE', `${p}/13`)).status).toBe(404)
})

test('variables: 201, the same name again 400, without a value 400', async () => {
  await made()
  const add = (sent: Record<string, string>): Promise<Got> =>
    call(gitlab(), 'POST', `${p}/13/variables`, 'api', sent)
  expect(await add({ key: 'A', value: 'a,b\nc' })).toMatchObject({
    status: 201,
    json: { key: 'A', value: 'a,b\nc', variable_type: 'env_var' },
  })
  expect(await add({ key: 'F', value: 'x', variable_type: 'file' })).toMatchObject({ status: 201 })
  expect(await add({ key: 'A', value: 'b' })).toMatchObject({ status: 400 })
  expect(await add({ key: 'B' })).toMatchObject({ status: 400, json: { error: 'value is missing' } })
  const { variables } = members((await call(gitlab(), 'GET', `${p}/13`)).json)
  expect(variables).toEqual([
    { variable_type: 'env_var', key: 'A', value: 'a,b\nc', raw: false },
    { variable_type: 'file', key: 'F', value: 'x', raw: false },
  ])
})

describe('play', () => {
  const play = (sandbox: Sandbox, who: keyof Sandbox['tokens'] = 'api'): Promise<Got> =>
    call(sandbox, 'POST', `${p}/13/play`, who)

  test('201 that does not tell the pipeline; it has the variables, and the owner as its user', async () => {
    await made()
    await call(gitlab(), 'POST', `${p}/13/variables`, 'api', { key: 'A', value: '1' })
    expect(await play(gitlab(), 'colleague')).toMatchObject({ status: 201, json: { message: '201 Created' } })
    const [pipeline] = gitlab().pipelines
    expect(pipeline).toMatchObject({ source: 'schedule', ref: 'master', username: 'seed' })
    expect([...(pipeline?.variables ?? [])]).toEqual([['A', '1']])
    expect((await call(gitlab(), 'GET', `${p}/13/pipelines`)).json).toMatchObject([{ id: 4711 }])
    expect((await call(gitlab(), 'GET', `${p}/13`)).json).toMatchObject({ last_pipeline: { id: 4711 } })
  })

  test('as often as one likes', async () => {
    await made()
    expect([(await play(gitlab())).status, (await play(gitlab())).status]).toEqual([201, 201])
    expect(gitlab().pipelines).toHaveLength(2)
  })

  test('of a ref that does not exist: 201, and no pipeline', async () => {
    await made({ ref: 'refs/heads/gone' })
    expect((await play(gitlab())).status).toBe(201)
    expect(gitlab().pipelines).toEqual([])
  })
})

describe('who may', () => {
  const deeds: readonly [method: string, path: string, sent?: Record<string, string>][] = [
    ['POST', p, fields],
    ['PUT', `${p}/13`, { description: 'x' }],
    ['DELETE', `${p}/13`],
    ['POST', `${p}/13/variables`, { key: 'A', value: '1' }],
    ['POST', `${p}/13/play`],
  ]

  test.each<[who: keyof Sandbox['tokens'] | 'nobody', reads: number, acts: number]>([
    ['api', 200, 0],
    ['nobody', 401, 401],
    ['trigger', 401, 401],
    ['job', 401, 401],
    ['reporter', 200, 403],
    ['readApi', 200, 403],
  ])('%s: reading %s, acting %s', async (who, reads, acts) => {
    await made()
    for (const path of [p, `${p}/13`, `${p}/13/pipelines`])
      expect((await call(gitlab(), 'GET', path, who)).status).toBe(reads)
    if (acts === 0) return
    for (const [method, path, sent] of deeds) {
      expect((await call(gitlab(), method, path, who, sent)).status).toBe(acts)
    }
    expect((await call(gitlab(), 'GET', p)).json).toMatchObject([{ id: 13, description: 'Nightly' }])
    expect(gitlab().pipelines).toEqual([])
  })
})
