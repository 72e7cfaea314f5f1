import { join } from 'node:path'
import type { Fault } from '../../src/sandbox/server.ts'
import { jsonAnswer, requestsBy, apiEnvironment } from '../helpers/api.ts'
import { runInTime, whenStalled } from '../helpers/clock.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { filesBelow } from '../helpers/home.ts'
import { rawServer } from '../helpers/raw-server.ts'
import { run } from '../helpers/run.ts'
import { statesIn } from '../helpers/pipeline-sentences.ts'
import { useFolder } from '../helpers/world.ts'
import { expectRefusalMessage } from '../helpers/refusal-message.ts'

const gitlab = useGitlab()
const folder = useFolder()

/** `{}` in a line is a file that is not there yet. */
const typed = (line: string): string[] => line.replace('{}', join(folder().path, 'new.token')).split(' ')

const reads = [
  ['tokens list', '/triggers?'],
  ['tokens create --description x', '/triggers?'],
  ['tokens update 31 --description x', '/triggers?'],
  ['tokens revoke 31 --yes', '/triggers?'],
  ['tokens rotate 31 --yes --save-to {}', '/triggers?'],
  ['projects x', '/projects?'],
  ['projects --mine', '/projects?'],
  ['refs', '/repository/tags'],
] as const

const readStatuses: [status: number, body: unknown, code: number, says: string][] = [
  [400, { error: 'page is invalid' }, 5, '400 page is invalid'],
  [401, { message: '401 Unauthorized' }, 4, 'the token from environment variable GITLAB_TRIGGER_API_TOKEN'],
  [401, { error: 'invalid_token', error_description: 'Token is expired.' }, 4, 'Token is expired.'],
  [403, { message: '403 Forbidden' }, 4, 'It needs '],
  [403, { error: 'insufficient_scope', error_description: 'higher privileges' }, 4, 'has too narrow a scope'],
  [404, { message: '404 Project Not Found' }, 4, 'cannot see'],
]

describe.each(reads)('%s: what is read is answered', (line, path) => {
  test.each(readStatuses)('%s %j: exit %s', async (status, body, code, says) => {
    gitlab().failNext(jsonAnswer('GET', path, status, body))
    const result = await run(typed(line), apiEnvironment(gitlab()))
    expect(result).toMatchObject({ code, stdout: '' })
    expect(result.stderr).toContain(says)
    expectRefusalMessage(result.stderr)
    // Nothing was changed, no second time was asked, and no file is left.
    expect(gitlab().requests.filter((request) => request.path.includes(path))).toHaveLength(1)
    expect(gitlab().requests.filter(({ method }) => method !== 'GET')).toEqual([])
    expect(filesBelow(folder().path)).toEqual([])
  })

  test('with --json its reader gets an object all the same', async () => {
    gitlab().failNext(jsonAnswer('GET', path, 401, { message: '401 Unauthorized' }))
    const { code, stdout } = await run([...typed(line), '--json'], apiEnvironment(gitlab()))
    expect(code).toBe(4)
    expect(JSON.parse(stdout)).toMatchObject({
      exit_code: 4,
      error: { message: expect.stringContaining('401') as string },
    })
  })
})

test.each(reads.filter(([line]) => line.startsWith('tokens')))('403 on %s says which role', async (line) => {
  const { code, stderr } = await run(
    typed(line),
    apiEnvironment(gitlab(), { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.reporter }),
  )
  expect(code).toBe(4)
  expect(stderr).toContain(
    'the role of Maintainer in the project (the token is from environment variable GITLAB_TRIGGER_API_TOKEN)',
  )
})

test.each(reads.filter(([line]) => !line.startsWith('projects')))(
  '%s of a project that has moved',
  async (line) => {
    const { code, stdout, stderr } = await run(
      [...typed(line), '-p', 'seed/former'],
      apiEnvironment(gitlab()),
    )
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' })
    expect(stderr).toContain('301 This resource has been moved permanently')
    expect(stderr).toContain('The project has moved; its id is 9: use --project 9.')
  },
)

const acts = [
  ['tokens create --description x', 'POST', 'created', 'tokens list'],
  ['tokens create --description x --save-to {}', 'POST', 'created', 'tokens list'],
  ['tokens update 31 --description x', 'PUT', 'changed', 'tokens list'],
  ['tokens revoke 31 --yes', 'DELETE', 'revoked', 'tokens list'],
  ['tokens rotate 31 --yes --save-to {}', 'POST', 'created', 'token 31, still works'],
] as const

/** What proves that nothing was done. */
const refusals: [status: number, body: unknown, code: number, says: string][] = [
  [400, { message: '400 Bad request - {"expires_at":["must be before 2027-11-22"]}' }, 5, 'must be before'],
  [401, { message: '401 Unauthorized' }, 4, 'GITLAB_TRIGGER_API_TOKEN'],
  [
    403,
    { error: 'insufficient_scope', error_description: 'higher privileges' },
    4,
    'an API token with the scope api',
  ],
  [404, { message: '404 Not found' }, 4, 'does not exist'],
  [405, { message: 'Non GET methods are not allowed for moved projects' }, 5, 'may have moved'],
  [412, { message: '412 Precondition Failed' }, 5, 'changed it at the same time'],
  [429, 'Retry later\n', 12, 'try again later'],
]

const losses: Fault[] = [
  {
    kind: 'answer',
    status: 500,
    body: '{"message":"500 Internal Server Error"}',
    contentType: 'application/json',
  },
  { kind: 'answer', status: 502, body: 'GitLab is not responding' },
  { kind: 'answer', status: 408 },
  { kind: 'answer', status: 409, body: '{"message":"409 Conflict: Resource lock"}' },
  { kind: 'reset' },
  { kind: 'reset after' },
  { kind: 'reset after', createThen: true },
]

describe.each(acts)('%s: the %s', (line, method, done, check) => {
  test.each(refusals)('is refused with %s %j: exit %s', async (status, body, code, says) => {
    gitlab().failNext(jsonAnswer(method, '/triggers', status, body))
    const { stdout, stderr, ...result } = await run(typed(line), apiEnvironment(gitlab()))
    expect(result.code).toBe(code)
    expect(stdout.replace('31\tnot revoked\n', '')).toBe('')
    expect(stderr).toContain(says)
    expectRefusalMessage(stderr)
    expect(requestsBy(gitlab(), method)).toHaveLength(1)
    expect(filesBelow(folder().path)).toEqual([])
  })

  test.each(losses)('is lost (%j): exit 7, what to check, and never again', async (fault) => {
    gitlab().failNext({ ...fault, method })
    const { stdout, stderr, ...result } = await run(typed(line), apiEnvironment(gitlab()))
    // A token that is gone has been revoked, whatever became of the answer.
    if (fault.createThen && method === 'DELETE') {
      expect({ code: result.code, stdout }).toEqual({ code: 0, stdout: '31\trevoked\n' })
      return
    }
    expect(result.code).toBe(7)
    expect(stdout.replace('31\tunknown\n', '')).toBe('')
    if (fault.createThen && method === 'POST') {
      expect(stderr).toMatch(
        /token (41|42) is new and was most likely created.*: gitlab-trigger tokens revoke --server http:\S+ --project 9 (41|42)\. /,
      )
    }
    expect(stderr).toMatch(new RegExp(`it is not known whether .*was ${done}: `))
    expect(stderr).toContain(check)
    expectRefusalMessage(stderr)
    expect(requestsBy(gitlab(), method)).toHaveLength(1)
    expect(requestsBy(gitlab(), 'DELETE')).toHaveLength(method === 'DELETE' ? 1 : 0)
    expect(filesBelow(folder().path)).toEqual([])
  })

  test('is held back until the time is over: exit 7', async () => {
    gitlab().failNext({ kind: 'stall', method })
    const { code, stderr } = await runInTime(gitlab(), typed(line), apiEnvironment(gitlab()))
    expect(code).toBe(7)
    expect(stderr).toContain('it is not known whether')
    expect(statesIn(stderr)).toEqual([])
  })

  test('is held back until Ctrl-C: exit 130, and it is not known', async () => {
    gitlab().failNext({ kind: 'stall', method })
    const { code, stderr } = await runInTime(gitlab(), typed(line), apiEnvironment(gitlab()), (world) => {
      whenStalled(gitlab(), () => {
        world.interrupt('SIGINT')
      })
    })
    expect(code).toBe(130)
    expect(stderr).toContain('it is not known whether')
    expect(filesBelow(folder().path)).toEqual([])
  })
})

test('the answer to a token that was made breaks off: exit 7, and nothing of it is shown', async () => {
  gitlab().failNext({ kind: 'cut', method: 'POST' })
  const { code, stdout, stderr } = await run('tokens create --description x --json', apiEnvironment(gitlab()))
  expect(code).toBe(7)
  expect(stderr).toContain('it is not known whether a token was created: the answer broke off')
  expect(JSON.parse(stdout)).toMatchObject({ token: null, exit_code: 7 })
  expect(stdout + stderr).not.toMatch(/glptt|[0-9a-f]{30}/)
})

test('nobody listens any more when a token is to be made: nothing was done, exit 6', async () => {
  const server = await rawServer((socket, _, isWhole) => {
    const answer = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n[]'
    if (isWhole) socket.end(answer, () => void server.close())
  })
  const options = apiEnvironment(gitlab(), { GITLAB_TRIGGER_SERVER: server.url })
  const { code, stderr } = await run('tokens create --description x', options)
  expect(code).toBe(6)
  expect(stderr).toContain(
    `a trigger token of project 9 cannot be created: ${server.url} was not reached: the connection was refused`,
  )
  expectRefusalMessage(stderr)
})

describe('page after page', () => {
  test.each([
    ['tokens list', () => gitlab().addToken({ description: 'x' }), 149, 151],
    [
      'projects --mine --limit 1000',
      () => gitlab().addProject({ path: `seed/p${gitlab().requests.length}`, members: ['seed'] }),
      150,
      153,
    ],
    [
      'refs',
      () => {
        gitlab().addRef(`branch-${Math.random()}`)
      },
      150,
      166,
    ],
  ] as const)('%s', async (line, add, count, all) => {
    for (let at = 0; at < count; at += 1) add()
    const { code, stdout } = await run(line, apiEnvironment(gitlab()))
    expect(code).toBe(0)
    expect(stdout.split('\n').length - 1).toBe(all)
    expect(gitlab().requests.filter(({ path }) => path.includes('page=2'))).toHaveLength(1)
  })

  test.each([
    ['tokens list', () => gitlab().addToken({ description: 'x' }), 10_003],
    [
      'projects --mine --limit 20000',
      () => gitlab().addProject({ path: 'seed/more', members: ['seed'] }),
      10_004,
    ],
    [
      'refs b*',
      () => {
        gitlab().addRef('b')
      },
      10_005,
    ],
  ] as const)('%s: 10,000 rows and more, without totals', async (line, add, all) => {
    for (let at = 0; at < 10_001; at += 1) add()
    const { code, stdout } = await run(line, apiEnvironment(gitlab()))
    expect(code).toBe(0)
    expect(stdout.split('\n').length - 1).toBe(all)
  })

  test.each([
    'tokens update {id} --description y',
    'tokens revoke {id} --yes',
    'tokens rotate {id} --yes --save-to {}',
  ])('%s of a token on page 2', async (line) => {
    const ids = Array.from({ length: 120 }, () => gitlab().addToken({ description: 'x' }).id)
    const { code, stderr } = await run(
      typed(line.replace('{id}', String(ids.at(-1)))),
      apiEnvironment(gitlab()),
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  test('whose a token on page 2 is', async () => {
    for (let at = 0; at < 120; at += 1) gitlab().addToken({ description: 'x' })
    const { id, token } = gitlab().addToken({ description: 'the last' })
    const { stdout } = await run('tokens test', apiEnvironment(gitlab(), { GITLAB_TRIGGER_TOKEN: token }))
    expect(stdout).toContain(`It is token ${id}: the last, of seed, never used.`)
  })

  test('where only the Link header leads on', async () => {
    const page = (number: number): Fault => ({
      ...jsonAnswer('GET', `page=${number}`, 200, [{ id: number, token: 'abcd', description: 'x' }]),
      kind: 'answer',
      status: 200,
      headers:
        number < 3
          ? { link: `<https://elsewhere.example/api/v4/x?per_page=100&page=${number + 1}>; rel="next"` }
          : {},
    })
    for (const number of [1, 2, 3]) gitlab().failNext(page(number))
    const { code, stdout } = await run('tokens list', apiEnvironment(gitlab()))
    expect({ code, ids: stdout.split('\n').map((line) => line.split('\t')[0]) }).toEqual({
      code: 0,
      ids: ['1', '2', '3', ''],
    })
  })
})
