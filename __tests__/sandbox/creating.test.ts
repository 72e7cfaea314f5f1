import { startSandbox, type GitlabVersion, type Sandbox } from '../../src/sandbox/server.ts'
import { call, type Got } from './helpers/bearer.ts'

type Settings = Record<string, string>
type TokenName = keyof Sandbox['tokens']

async function withSandbox(
  gitlab: GitlabVersion,
  settings: Settings,
  project: number,
  use: (sandbox: Sandbox) => Promise<void>,
): Promise<void> {
  const sandbox = await startSandbox({ gitlab, now: () => 90_000 })
  try {
    for (const [name, value] of Object.entries(settings)) sandbox.set(name, value, project)
    await use(sandbox)
  } finally {
    await sandbox.close()
  }
}

const base = (text: string): object => ({ message: { base: [text] } })
const M404 = { message: '404 Not Found' }
const noVariables = base('Insufficient permissions to set pipeline variables')
const noRight = base('Insufficient permissions to create a new pipeline')
const off = base('Pipelines are disabled!')
const least = 'ci_pipeline_variables_minimum_override_role'

/** `POST /trigger/pipeline` on 18.9: settings, project, token, fields, status, body or source, and what is left. */
// prettier-ignore
const triggers: readonly [Settings, project: number, TokenName, fields: Record<string, string>, status: number, body: object, left: number][] = [
  // Who may set variables: GitLab's own payload is let through for trigger tokens, not for job tokens.
  [{ [least]: 'no_one_allowed' }, 9, 'trigger', {}, 201, { source: 'trigger' }, 1],
  [{ [least]: 'no_one_allowed' }, 9, 'trigger', { 'variables[A]': '1' }, 400, noVariables, 0],
  [{ [least]: 'no_one_allowed' }, 9, 'trigger', { 'inputs[environment]': 'x' }, 201, {}, 1],
  [{ [least]: 'no_one_allowed' }, 9, 'job', {}, 400, noVariables, 0],
  [{ [least]: 'no_one_allowed' }, 9, 'job', { 'inputs[environment]': 'x' }, 400, noVariables, 0],
  [{ [least]: 'owner' }, 9, 'trigger', { 'variables[A]': '1' }, 201, {}, 1],
  [{ [least]: 'owner' }, 9, 'colleagueTrigger', { 'variables[A]': '1' }, 400, noVariables, 0],
  [{ [least]: 'maintainer' }, 9, 'colleagueTrigger', { 'variables[A]': '1' }, 201, {}, 1],
  [{ [least]: 'maintainer', role: 'developer' }, 9, 'job', {}, 400, noVariables, 0],
  [{ [least]: 'developer', role: 'developer' }, 9, 'job', { 'variables[A]': '1' }, 201, { source: 'pipeline' }, 1],
  // A trigger token acts as its owner, a job token as the user who runs the job.
  [{ role: 'reporter' }, 9, 'trigger', {}, 400, noRight, 0],
  [{ role: 'guest' }, 9, 'job', {}, 400, noRight, 0],
  [{ role: 'none' }, 9, 'job', {}, 404, M404, 0],
  [{ role: 'none' }, 9, 'trigger', {}, 400, noRight, 0],
  [{ role: 'developer' }, 9, 'trigger', {}, 201, {}, 1],
  [{ role: 'reporter' }, 9, 'trigger', { ref: 'nope' }, 400, noRight, 0],
  [{ archived: 'true' }, 9, 'trigger', {}, 400, noRight, 0],
  [{ builds_access_level: 'disabled' }, 9, 'trigger', {}, 400, off, 0],
  // Allowlists of job tokens: a private project hides itself, a public one does not.
  [{ job_token_allowlist: '' }, 11, 'job', {}, 404, M404, 0],
  [{ job_token_allowlist: '9' }, 11, 'job', {}, 201, { source: 'pipeline', project_id: 11 }, 1],
  [{ job_token_allowlist: '' }, 10, 'job', {}, 400, noRight, 0],
  [{}, 10, 'outsideJob', {}, 400, noRight, 0],
  [{}, 9, 'outsideJob', {}, 404, M404, 0],
  [{}, 12, 'outsideJob', { ref: 'main' }, 201, { source: 'pipeline' }, 1],
  [{}, 9, 'finishedJob', {}, 401, { message: 'Job is not running' }, 0],
  [{ job_token_allowlist: '' }, 11, 'finishedJob', {}, 401, { message: 'Job is not running' }, 0],
  [{}, 9, 'expiredJob', {}, 401, { message: 'Job token has expired' }, 0],
  [{}, 99, 'finishedJob', {}, 404, M404, 0],
]

test.each(triggers)(
  '%j: project %i by %s with %j: %i',
  async (settings, project, token, fields, status, body, left) =>
    withSandbox('18.9', settings, project === 99 ? 9 : project, async (sandbox) => {
      const sent = { ref: 'master', token: sandbox.tokens[token], ...fields }
      const got = await call(sandbox, 'POST', `/projects/${project}/trigger/pipeline`, 'nobody', sent)
      expect([got.status, got.json]).toEqual([status, status === 201 ? expect.objectContaining(body) : body])
      expect(sandbox.pipelines).toHaveLength(left)
    }),
)

test.each(['10.3', '18.9'] as const)('%s: the role of the owner counts', (gitlab) =>
  withSandbox(gitlab, { role: 'reporter' }, 9, async (sandbox) => {
    const sent = { ref: 'master', token: sandbox.tokens.trigger }
    const got = await call(sandbox, 'POST', '/projects/9/trigger/pipeline', 'nobody', sent)
    expect([got.status, got.json]).toEqual([400, noRight])
  }),
)

const tooMany = base('Too many pipelines created in the last minute. Try again later.')

test.each([
  ['pipelines_per_minute', 'develop', 201],
  ['pipelines_per_user', 'develop', 400],
] as const)('%s: the third is refused, on another commit %s: %i', (name, other, status) =>
  withSandbox('18.9', { [name]: '2' }, 9, async (sandbox) => {
    const trigger = (ref: string, token: string = sandbox.tokens.trigger): Promise<Got> =>
      call(sandbox, 'POST', '/projects/9/trigger/pipeline', 'nobody', { ref, token })
    expect([(await trigger('master')).status, (await trigger('master')).status]).toEqual([201, 201])
    expect(await trigger('master')).toMatchObject({ status: 400, json: tooMany })
    expect((await trigger(other)).status).toBe(status)
    expect((await trigger('master', sandbox.tokens.colleagueTrigger)).status).toBe(201)
    // It is no limit of requests: nothing says when to come again.
    expect((await trigger('master')).headers.get('retry-after')).toBeNull()
  }),
)

test('reads_per_minute: 429 as JSON with Retry-After, of the lists that GitLab limits', () =>
  withSandbox('18.9', { reads_per_minute: '1' }, 9, async (sandbox) => {
    for (const path of ['/projects', '/projects/9', '/projects/9/jobs']) {
      expect((await call(sandbox, 'GET', path)).status).toBe(200)
      const got = await call(sandbox, 'GET', path)
      const error = 'This endpoint has been requested too many times. Try again later.'
      expect([got.status, got.json, got.headers.get('retry-after')]).toEqual([
        429,
        { message: { error } },
        '60',
      ])
      expect((await call(sandbox, 'GET', path, 'colleague')).status).toBe(200)
    }
    expect((await call(sandbox, 'GET', '/projects/9/pipelines')).status).toBe(200)
    expect((await call(sandbox, 'GET', '/projects/9/pipelines')).status).toBe(200)
  }))

/** `POST /pipeline` as JSON: nothing is left of what cannot run. */
// prettier-ignore
const pipelines: readonly [body: unknown, status: number, answer: object][] = [
  [{ ref: 'master' }, 201, { source: 'api', ref: 'master', status: 'created', before_sha: '0'.repeat(40) }],
  [{ ref: 'master', variables: [{ key: 'A', value: '1' }, { key: 'F', value: 'x', variable_type: 'file' }] }, 201, { source: 'api' }],
  [{ ref: 'master', inputs: { replicas: 3 } }, 201, { source: 'api' }],
  [{}, 400, { error: 'ref is missing' }],
  [{ ref: 'master', variables: { A: '1' } }, 400, { error: 'variables is invalid' }],
  [{ ref: 'master', variables: [{ key: 'A', value: '1', variable_type: 'x' }] }, 400, { error: 'variables[0][variable_type] does not have a valid value' }],
  [{ ref: 'master', variables: [{ key: 'A', value: '1' }, { key: 'A', value: '2' }] }, 400, base('Duplicate variable name: A')],
  [{ ref: 'master', variables: [{ key: 'A-B', value: '1' }] }, 400, { message: { 'variables.key': ["can contain only letters, digits and '_'."] } }],
  [{ ref: 'nope' }, 400, base('Reference not found')],
  [{ ref: 'both' }, 400, base('Ref is ambiguous')],
  [{ ref: 'broken' }, 400, base('jobs config should contain at least one visible job')],
  [{ ref: 'empty' }, 400, base('Pipeline will not run for the selected trigger. The rules configuration prevented any jobs from being added to the pipeline.')],
  [{ ref: 'master', inputs: { nope: 1 } }, 400, base('`.gitlab-ci.yml`: unknown input arguments: nope')],
]

test.each(pipelines)('POST /pipeline %j: %i', (body, status, answer) =>
  withSandbox('18.9', {}, 9, async (sandbox) => {
    const response = await fetch(`${sandbox.url}/api/v4/projects/9/pipeline`, {
      method: 'POST',
      headers: { 'private-token': sandbox.tokens.api, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const json: unknown = await response.json()
    expect([response.status, json]).toEqual([
      status,
      status === 201 ? expect.objectContaining(answer) : answer,
    ])
    expect(json).not.toHaveProperty('name')
    expect(sandbox.pipelines).toHaveLength(status === 201 ? 1 : 0)
  }),
)

test('the variables of a pipeline: types, and the payload of a trigger, which alone is raw', () =>
  withSandbox('18.9', {}, 9, async (sandbox) => {
    const sent = {
      ref: 'master',
      'variables[][key]': 'F',
      'variables[][value]': 'x',
      'variables[][variable_type]': 'file',
    }
    await call(sandbox, 'POST', '/projects/9/pipeline', 'api', sent)
    const token = sandbox.tokens.trigger
    await call(sandbox, 'POST', '/projects/9/trigger/pipeline', 'nobody', {
      ref: 'master',
      token,
      'variables[A]': '1',
    })
    expect((await call(sandbox, 'GET', '/projects/9/pipelines/4711/variables')).json).toEqual([
      { variable_type: 'file', key: 'F', value: 'x', raw: false },
    ])
    expect((await call(sandbox, 'GET', '/projects/9/pipelines/4712/variables')).json).toEqual([
      { variable_type: 'env_var', key: 'A', value: '1', raw: false },
      {
        variable_type: 'file',
        key: 'TRIGGER_PAYLOAD',
        value: '{"ref":"master","variables":{"A":"1"},"id":"9"}',
        raw: true,
      },
    ])
  }))
