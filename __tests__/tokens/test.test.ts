import { jsonAnswer, requestsBy, apiEnvironment } from '../helpers/api.ts'
import { runInTime } from '../helpers/clock.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { run, type Result } from '../helpers/run.ts'
import { statesIn } from '../helpers/pipeline-sentences.ts'
import type { GitlabVersion } from '../../src/sandbox/server.ts'

const gitlab = useGitlab()

const test1 = (env: Record<string, string> = {}, line = ''): Promise<Result> =>
  run(`tokens test ${line}`, apiEnvironment(gitlab(), env))

test('a good one: which kind, whose, from where; nothing is started', async () => {
  const { code, stdout, stderr } = await test1()
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toBe(
    `The token from environment variable GITLAB_TRIGGER_TOKEN is valid for project 9 at ${gitlab().url}.\n` +
      'It looks like a trigger token.\nIt is token 31: nightly, of seed, never used.\n',
  )
  expect(gitlab().pipelines).toEqual([])
})

test("somebody else's is told by its four characters, as most likely", async () => {
  const { stdout } = await test1({ GITLAB_TRIGGER_TOKEN: gitlab().tokens.colleagueTrigger })
  expect(stdout).toContain('Most likely it is token 34: release, of colleague, never used.')
})

test.each(['', 'glpat-of-nobody'])(
  'without an API token that may read (%j): good all the same',
  async (api) => {
    const { code, stdout } = await test1({ GITLAB_TRIGGER_API_TOKEN: api }, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      is_good: true,
      kind: 'a trigger token',
      token: null,
      exit_code: 0,
    })
  },
)

test.each(['', '--json'])('of a project that has moved: good, and its new id %s', async (json) => {
  const { code, stdout, stderr } = await test1({ GITLAB_TRIGGER_PROJECT: 'seed/former' }, json)
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: 'warning: project seed/former has moved; its id is 9: use --project 9.\n',
  })
  if (json) expect(JSON.parse(stdout)).toMatchObject({ is_good: true, moved_to: 9, token: null })
})

test('whose it is does not come in time: it is good all the same', async () => {
  for (let at = 0; at < 2; at += 1) gitlab().failNext({ kind: 'stall', method: 'GET', path: '/triggers' })
  const { code, stdout } = await runInTime(gitlab(), 'tokens test', apiEnvironment(gitlab()))
  expect(code).toBe(0)
  expect(stdout).toContain('is valid for project 9')
  expect(stdout).not.toContain('It is token')
})

const bad: [name: string, env: () => Record<string, string>][] = [
  ['of another project', () => ({ GITLAB_TRIGGER_TOKEN: gitlab().tokens.otherTrigger })],
  ['a personal token', () => ({ GITLAB_TRIGGER_TOKEN: gitlab().tokens.api })],
  ['of nobody', () => ({ GITLAB_TRIGGER_TOKEN: 'c4n4ry-of-nobody' })],
  ['no such project', () => ({ GITLAB_TRIGGER_PROJECT: '99' })],
]
test.each(bad)('%s: exit 4', async (_, env) => {
  const { code, stdout } = await test1(env(), '--json')
  expect(code).toBe(4)
  expect(JSON.parse(stdout)).toMatchObject({ is_good: false, exit_code: 4 })
})

test('no token: exit 2, and nothing is asked', async () => {
  const { code, stderr } = await test1({ GITLAB_TRIGGER_TOKEN: '' })
  expect(code).toBe(2)
  expect(stderr).toContain('no token given')
  expect(gitlab().requests).toEqual([])
})

test("in a job: the job's own token", async () => {
  const { url, tokens } = gitlab()
  const env = {
    GITLAB_CI: 'true',
    CI_SERVER_URL: url,
    CI_JOB_TOKEN: tokens.job,
    GITLAB_TRIGGER_PROJECT: '9',
  }
  const { code, stdout } = await run('tokens test', { env })
  expect(code).toBe(0)
  expect(stdout).toContain("It looks like a CI job's token.")
  expect(gitlab().pipelines).toEqual([])
})

// prettier-ignore
const answered: [status: number, body: unknown, code: number, good: false | null, says: string][] = [
  [400, { message: { base: ['Pipelines are disabled!'] } }, 5, null, 'Pipelines are disabled!'],
  [400, { message: { base: ['Insufficient permissions to create a new pipeline'] } }, 4, false, 'Insufficient permissions'],
  [401, { message: 'Job is not running' }, 4, false, 'Job is not running'],
  [403, { message: '403 Forbidden' }, 4, false, '403 Forbidden'],
  [404, { message: '404 Not Found' }, 4, false, 'GitLab does not say which is wrong'],
  [412, { message: '412 Precondition Failed' }, 5, null, '412'],
  [500, { message: '500 Internal Server Error' }, 6, null, 'Nothing was started'],
]
test.each(answered)('the trial is answered with %s %j: exit %s', async (status, body, exit, good, says) => {
  gitlab().failNext(jsonAnswer('POST', '/trigger/pipeline', status, body))
  const { code, stdout, stderr } = await test1({}, '--json')
  expect(code).toBe(exit)
  expect(JSON.parse(stdout)).toMatchObject({ is_good: good, exit_code: exit })
  expect(stderr).toContain(says)
  expect(statesIn(stderr)).toEqual([])
  expect(requestsBy(gitlab(), 'POST')).toHaveLength(1)
})

test('a limit that lasts longer than --timeout: exit 12, nothing is known of the token', async () => {
  gitlab().failNext({ kind: 'answer', method: 'POST', status: 429, headers: { 'retry-after': '300' } })
  const { code, stdout, world } = await test1({}, '--json')
  expect({ code, sleeps: world.sleeps }).toEqual({ code: 12, sleeps: [] })
  expect(JSON.parse(stdout)).toMatchObject({ is_good: null })
})

test('the list of tokens is not answered three times: good, and what is not known is told', async () => {
  for (let count = 0; count < 3; count += 1)
    gitlab().failNext(jsonAnswer('GET', '/triggers', 502, { message: 'bad' }))
  const { code, stdout, stderr } = await test1()
  expect({ code, lines: stdout.split('\n').length }).toEqual({ code: 0, lines: 3 })
  expect(stderr).toBe(
    'warning: the list of trigger tokens, which shows the owner of this one, could not be read: 502 bad; continuing without it.\n',
  )
})

test.each([
  [1, 45_000, false],
  [2, 50_000, true],
])(
  'a pause that the server asks for does not count where the list is waited for 10 s; %i answers do not come',
  async (stalled, took, isMissed) => {
    gitlab().failNext({
      ...{ kind: 'answer', method: 'GET', path: '/triggers', status: 429 },
      headers: { 'retry-after': '40' },
    })
    for (let each = 0; each < stalled; each += 1)
      gitlab().failNext({ kind: 'stall', method: 'GET', path: '/triggers' })
    const { code, stderr, tookMs } = await runInTime(gitlab(), 'tokens test', apiEnvironment(gitlab()))
    expect({ code, tookMs }).toEqual({ code: 0, tookMs: took })
    expect(stderr.includes('could not be read in time; continuing without it.')).toBe(isMissed)
  },
)

test.each([401, 403, 404])(
  'the list of tokens is answered with %s: good, and no word of whose',
  async (status) => {
    gitlab().failNext(jsonAnswer('GET', '/triggers', status, { message: String(status) }))
    const { code, stdout, stderr } = await test1()
    expect({ code, stderr, lines: stdout.split('\n').length }).toEqual({ code: 0, stderr: '', lines: 3 })
  },
)

describe.each<[GitlabVersion, whose: string]>([
  ['10.3', 'It is token 31: nightly, of seed, never used.'],
  ['8.17', 'It is token 022b..., never used.'],
  ['8.5', 'It is token 022b..., never used.'],
])('on %s', (version, whose) => {
  const old = useGitlab({ gitlab: version })

  test('a good one, and one of another project', async () => {
    const { code, stdout } = await run('tokens test', apiEnvironment(old()))
    expect(code).toBe(0)
    expect(stdout).toContain(whose)
    const other = { GITLAB_TRIGGER_TOKEN: old().tokens.otherTrigger }
    expect((await run('tokens test', apiEnvironment(old(), other))).code).toBe(4)
    expect(old().pipelines).toEqual([])
  })
})
