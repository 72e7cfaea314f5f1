import { run } from '../helpers/run.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { call, members } from './helpers/bearer.ts'

const gitlab = useGitlab()

async function control(method: string, path: string, body?: unknown): Promise<[number, unknown]> {
  const response = await fetch(`${gitlab().url}/sandbox${path}`, {
    method,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return [response.status, await response.json()]
}

const usual = {
  role: 'owner',
  visibility: 'private',
  archived: false,
  builds_access_level: 'enabled',
  ci_pipeline_variables_minimum_override_role: 'developer',
  job_token_allowlist: [],
  ci_debug_trace: false,
  pipelines_per_minute: 0,
  pipelines_per_user: 0,
  reads_per_minute: 0,
}

test('the control API shows the settings of a project and changes them', async () => {
  expect(await control('GET', '/projects/9')).toEqual([200, expect.objectContaining(usual)])
  const changes = {
    ci_pipeline_variables_minimum_override_role: 'no_one_allowed',
    job_token_allowlist: [11, 12],
    role: 'reporter',
    pipelines_per_minute: 25,
  }
  expect(await control('PUT', '/projects/9', changes)).toEqual([
    200,
    expect.objectContaining({ ...usual, ...changes }),
  ])
  expect((await call(gitlab(), 'POST', '/projects/9/pipeline', 'api', { ref: 'master' })).status).toBe(403)
  expect(
    (await control('PUT', '/projects/9', { members: { seed: 'developer', new: 'guest' } }))[1],
  ).toMatchObject({
    role: 'developer',
    members: { new: 'guest', colleague: 'maintainer' },
  })
  expect(await control('GET', '/projects/seed%2Fdocs')).toMatchObject([
    200,
    { visibility: 'public', job_token_allowlist: [9] },
  ])
})

test.each<[path: string, body: unknown, status: number, message: RegExp]>([
  [
    '/projects/9',
    { role: 'king' },
    400,
    /^role must be guest, reporter, developer, maintainer, owner or none/,
  ],
  ['/projects/9', { visibility: 'secret' }, 400, /^visibility must be private or public$/],
  ['/projects/9', { job_token_allowlist: ['x'] }, 400, /^job_token_allowlist must be project numbers/],
  ['/projects/9', { nothing: 1 }, 400, /^unknown setting "nothing"; known are role, members/],
  ['/projects/9', '{', 400, /^send a JSON object$/],
  ['/projects/99', {}, 404, /^the sandbox has no project 99$/],
])('PUT %s %j: %i', async (path, body, status, message) => {
  expect(await control('PUT', path, body)).toEqual([
    status,
    { message: expect.stringMatching(message) as unknown },
  ])
})

test('the maintainers of a project alone are told who may set variables', async () => {
  gitlab().set('ci_pipeline_variables_minimum_override_role', 'owner')
  const shown = async (who: 'colleague' | 'developer'): Promise<unknown> =>
    members((await call(gitlab(), 'GET', '/projects/9', who)).json)[
      'ci_pipeline_variables_minimum_override_role'
    ]
  expect([await shown('colleague'), await shown('developer')]).toEqual(['owner', undefined])
})

test('a new API token acts as its user, within its scopes, until its end', async () => {
  const made = async (body: unknown): Promise<string> =>
    String(members((await control('POST', '/tokens', body))[1])['token'])
  const status = async (token: string, method = 'GET'): Promise<number> =>
    (
      await call(
        gitlab(),
        method,
        '/projects/9/pipelines/1/cancel'.replace(method === 'GET' ? '/1/cancel' : '', ''),
        'nobody',
        undefined,
        { 'private-token': token },
      )
    ).status
  expect(await status(await made({ username: 'developer', scopes: ['read_api'] }))).toBe(200)
  expect(await status(await made({ username: 'developer', scopes: ['read_api'] }), 'POST')).toBe(403)
  expect(await status(await made({ username: 'developer' }), 'POST')).toBe(404)
  expect(await status(await made({ username: 'developer', expires_at: '2020-01-01' }))).toBe(401)
  expect(await status(await made({ username: 'nobody-knows' }))).toBe(404)
  expect(await status(await made({ username: 'developer', scopes: ['read_user'] }))).toBe(403)
  expect(await control('POST', '/tokens', {})).toEqual([400, { message: 'username must be a text' }])
  expect(await control('POST', '/tokens', { username: 'x', scopes: ['sudo'] })).toEqual([
    400,
    { message: 'scopes must be of api, read_api, read_user' },
  ])
})

test.each([
  ['--set role', /--set role: expected NAME=VALUE/],
  ['--set role=king', /--set role=king: role must be guest, reporter/],
  ['--set nothing=1', /unknown setting "nothing"; known are role, members/],
  ['--gitlab 17', /--gitlab: "17" is not one of 8\.5, 8\.17, 10\.3, 18\.9, 19/],
])('sandbox %s is a usage error', async (line, says) => {
  const { code, stderr } = await run(`sandbox ${line} -- true`, {})
  expect(code).toBe(2)
  expect(stderr).toMatch(says)
})

test('each version tells what is new in it, and what is not known of it', async () => {
  expect((await control('GET', '/version'))[1]).toMatchObject({ gitlab: '18.9.0-pre', unknown: [] })
})

describe('19', () => {
  const newer = useGitlab({ gitlab: '19' })

  test('is 18.9 with what is known of 19.x', async () => {
    const response = await fetch(`${newer().url}/sandbox/version`)
    const {
      gitlab: number,
      new: told,
      unknown,
    } = (await response.json()) as { gitlab: string; new: string[]; unknown: string[] }
    expect(number).toBe('19.1.0-pre')
    expect(told.join()).toContain('byte_offset')
    expect(unknown.length).toBeGreaterThan(0)
    expect((await call(newer(), 'GET', '/projects/9')).json).not.toHaveProperty('ci_job_token_scope_enabled')
    expect((await call(newer(), 'GET', '/projects/9')).json).toMatchObject({ id: 9 })
    const far = await call(newer(), 'GET', '/projects?page=501&per_page=100', 'nobody')
    expect([far.status, JSON.stringify(far.json)]).toEqual([
      405,
      expect.stringContaining('maximum allowed offset of 50000'),
    ])
    expect((await call(newer(), 'GET', '/projects?page=501&per_page=100')).status).toBe(200)
  })
})
