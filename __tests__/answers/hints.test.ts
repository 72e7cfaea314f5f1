import { apiEnvironment, jsonAnswer } from '../helpers/api.ts'
import { jobEnvironment } from '../helpers/environment.ts'
import { environment, useGitlab } from '../helpers/gitlab.ts'
import { run, type Line, type Result } from '../helpers/run.ts'

// What a refusal asks for is what the user does not have yet (docs/gitlab.md#2.5, #2.8, #3, #7).

const gitlab = useGitlab()
const api = (line: Line, token: string = gitlab().tokens.api): Promise<Result> =>
  run(line, apiEnvironment(gitlab(), { GITLAB_TRIGGER_API_TOKEN: token }))
const create = (...more: string[]): string[] => ['schedule', 'gitlab', 'create', '--at', '@daily', ...more]

test('the log of a job in debug mode: the role of Developer', async () => {
  gitlab().set('ci_debug_trace', 'true')
  gitlab().addPipeline()
  const { code, stderr } = await api('logs 4711', gitlab().tokens.reporter)
  expect(code).toBe(4)
  expect(stderr).toMatch(/needs the role of Developer where the job is in debug mode \(CI_DEBUG_TRACE/)
})

test('tokens update by a Maintainer who is not its owner: who is, and what a Maintainer may', async () => {
  const { id } = gitlab().addToken({ description: 'x', owner: 'owner' })
  const { code, stderr } = await api(`tokens update ${id} --description y`)
  expect(code).toBe(4)
  expect(stderr).toContain(
    `Only its owner (owner) may change it; a Maintainer may revoke it: gitlab-trigger tokens revoke ${id}`,
  )
  expect(stderr).not.toContain('the role of Maintainer')
})

test.each(['gone', 'both'])('a schedule for %s, which is no ref or two: in full', async (ref) => {
  const { code, stderr } = await api(create('--ref', ref))
  expect(code).toBe(5)
  expect(stderr).toContain(
    `no branch or tag ${ref}, or both: give it in full, --ref refs/heads/${ref} or --ref refs/tags/${ref}`,
  )
})

test('a schedule with variables where the project lets nobody set them: inputs, not a role', async () => {
  gitlab().failNext(jsonAnswer('POST', '/variables', 403, { message: '403 Forbidden' }))
  const { code, stderr } = await api(create('--ref', 'master', '--var', 'A=1'))
  expect(code).toBe(4)
  expect(stderr).toMatch(
    /403 Forbidden \(variable A\)\n.*pipeline variables .*inputs \(--input\) are not affected/,
  )
  expect(stderr).not.toContain('the role of')
})

test.each(['tokens list', 'status 4711', 'schedule gitlab list', 'refs'])(
  'a job token as API token: %s says what it is',
  async (line) => {
    gitlab().addPipeline()
    const { code, stderr } = await api(line, gitlab().tokens.job)
    expect({ code, requests: gitlab().requests }).toEqual({ code: 2, requests: [] })
    expect(stderr).toBe(
      "gitlab-trigger: environment variable GITLAB_TRIGGER_API_TOKEN: that is a CI job's token (glcbt-), not an API token\n" +
        'GitLab ignores it there. Leave it out: in a CI job CI_JOB_TOKEN is used for reading by itself; what it may not read needs an access token with read_api.\n',
    )
  },
)

test('--wait with a job token that the project does not let in: the allowlist first', async () => {
  const env = jobEnvironment(gitlab(), { CI_JOB_TOKEN: gitlab().tokens.outsideJob })
  const { code, stderr } = await run('--project 9 --ref master --wait', env)
  expect(code).toBe(4)
  expect(stderr).toMatch(
    /^Add this job's project to the project's job token allowlist .* Or: Set GITLAB_TRIGGER_API_TOKEN/m,
  )
})

test.each([
  ['tokens list', 'GET'],
  ['tokens revoke 31 --yes', 'DELETE'],
  ['cancel 4711', 'POST'],
])('a fine-grained token without a permission: %s names no scope and no role', async (line, method) => {
  gitlab().script('master', { pipeline: ['running'] })
  gitlab().addPipeline()
  gitlab().failNext(
    jsonAnswer(method, '', 403, {
      error: 'insufficient_granular_scope',
      error_description:
        'Access denied: Your Personal Access Token lacks the required permissions: [read_trigger].',
    }),
  )
  const { code, stderr } = await api(line)
  expect(code).toBe(4)
  expect(stderr).toContain('[read_trigger]')
  expect(stderr).toContain('GITLAB_TRIGGER_API_TOKEN lacks the permission that GitLab names')
  expect(stderr).not.toMatch(/read_api|the role of|too narrow/)
})

test('tokens create --expires: an expired one still works, and cannot be revoked', async () => {
  const { code, stderr } = await api('tokens create --description x --expires 2027-01-31')
  expect(code).toBe(0)
  expect(stderr).toMatch(/does not refuse token \d+ after 2027-01-31.*: revoke it before it expires/)
})

test('tokens revoke of one that has expired: it is not listed, and works', async () => {
  const { id } = gitlab().addToken({ description: 'x', expiresAt: Date.UTC(2026, 0, 1) })
  const { code, stderr } = await api(`tokens revoke ${id} --yes`)
  expect(code).toBe(4)
  expect(stderr).toContain(
    'An expired one is not listed and cannot be revoked, but works until GitLab deletes it',
  )
})

test.each(['tokens revoke --help', 'tokens create --help'])('%s says so too', async (line) => {
  const { stdout } = await run(line)
  expect(stdout.replace(/\s+/g, ' ')).toMatch(/expired ones still work|works until GitLab deletes it/)
})

// prettier-ignore
const triggers: [status: number, words: unknown, says: RegExp, not: RegExp][] = [
  [400, { base: ['Missing CI config file'] }, /There is no \.gitlab-ci\.yml on master/, /inputs/],
  [400, { base: ['There are too many inputs'] }, /at most 20 inputs/, /spec:inputs/],
  [422, { base: ['`size` input: provided value is not a number'] }, /The pipeline exists .*spec:inputs/, /its page tells/],
  [422, { base: ['jobs config should contain at least one visible job'] }, /its page shows why/, /spec:inputs/],
]
test.each(triggers)('a trigger is answered with %s %j', async (status, message, says, not) => {
  gitlab().failNext(jsonAnswer('POST', '/trigger/', status, { message }))
  const { stderr } = await run('--ref master --api v4', environment(gitlab()))
  expect(stderr).toMatch(says)
  expect(stderr).not.toMatch(not)
})

// prettier-ignore
test.each([
  ['with an API token', true, 'run -r broken', '4711\n', /Pipeline 4711 was created\.\n.*its page shows why.* Its page: http\S+\/pipelines\/4711\n/],
  ['with it, and --json', true, 'run -r broken --json=id,build_state', '{"id":4711,"build_state":"triggered","exit_code":3,"error":', /Pipeline 4711 was created/],
  ['without one', false, 'run -r broken', '', /GitLab did not give its id\.\n.*its page shows why.* To find it: http\S+\/projects\/9\n/],
  ['of several', true, 'run -r broken -r nowhere', '4711\n-\n', /broken: .*visible job\n.*Pipeline 4711 was created\.\n/],
])('a CI file that makes no pipeline that runs, whose id GitLab does not answer: %s', async (_, hasToken, line, stdout, says) => {
  const more = hasToken ? { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api } : {}
  const result = await run(line, environment(gitlab(), more))
  expect(result.code).toBe(3)
  expect(result.stdout.slice(0, stdout.length || undefined)).toBe(stdout)
  expect(result.stderr).toMatch(says)
})
