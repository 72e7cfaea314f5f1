import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { rawServer, type RawServer } from '../helpers/raw-server.ts'
import { run } from '../helpers/run.ts'
import { none, statesIn, unknown } from '../helpers/pipeline-sentences.ts'

describe('a redirect is never followed', () => {
  const gitlab = useGitlab()
  let other: RawServer
  beforeEach(async () => {
    other = await rawServer((socket, _, isWhole) => {
      if (isWhole) socket.end('HTTP/1.1 201 Created\r\ncontent-length: 8\r\n\r\n{"id":1}')
    })
  })
  afterEach(() => other.close())

  test.each([300, 301, 302, 303, 305, 307, 308])('%i to another host (T27, T28)', async (status) => {
    const location = `${other.url}/api/v4/projects/9/trigger/pipeline`
    gitlab().failNext({ kind: 'answer', status, headers: { location } })
    const { code, stdout, stderr } = await run('--ref master', environment(gitlab()))
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' })
    expect(statesIn(stderr)).toEqual([none])
    expect(stderr).toContain(other.url)
    expect(stderr).toContain(String(status))
    expect(other.received).toHaveLength(0)
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('without a Location', async () => {
    gitlab().failNext({ kind: 'answer', status: 302 })
    const { code, stderr } = await run('--ref master', environment(gitlab()))
    expect(code).toBe(5)
    expect(stderr).toMatch(/302[\s\S]*never followed/)
    expect(statesIn(stderr)).toEqual([none])
  })

  test('GET after a redirect of a read (--jobs): not followed either', async () => {
    gitlab().failNext({ kind: 'answer', method: 'GET', status: 302, headers: { location: `${other.url}/x` } })
    const { code } = await run(
      '--ref master --jobs',
      environment(gitlab(), { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api }),
    )
    expect(code).toBe(4)
    expect(other.received).toHaveLength(0)
    expect(posts(gitlab())).toHaveLength(0)
  })
})

describe.each(['', '/gitlab'])('a redirect within the host, prefix "%s"', (prefix) => {
  const gitlab = useGitlab({ prefix })
  const rows: [name: string, location: (url: string) => string, says: (url: string) => string[]][] = [
    [
      'from http to https (T29)',
      (url) => `${url.replace('http:', 'https:')}/api/v4/projects/9/trigger/pipeline`,
      (url) => [`use ${url.replace('http:', 'https:')} `],
    ],
    ['nowhere', () => '', () => ['It has no Location']],
    ['to the root, as a read-only GitLab does (T30)', (url) => `${url}/`, (url) => ['read-only', `${url}/`]],
    ['to a relative root (T30)', () => `${prefix}/`, (url) => ['read-only', `${url}/`]],
    [
      'to the sign-in page',
      (url) => `${url}/users/sign_in`,
      (url) => [
        `It points to ${url}/users/sign_in, a sign-in page, so ${url} is not the address of its API`,
        'never followed',
      ],
    ],
  ]
  test.each(rows)('%s, of a read', async (_, locationOf, saysOf) => {
    const { url } = gitlab()
    gitlab().failNext({
      kind: 'answer',
      method: 'GET',
      status: 302,
      headers: { location: locationOf(url) },
    })
    const { code, stderr } = await run('status 4711', environment(gitlab()))
    expect(code).toBe(5)
    for (const each of saysOf(url)) expect(stderr).toContain(each)
  })

  test.each(rows)('%s', async (_, locationOf, saysOf) => {
    const { url } = gitlab()
    gitlab().failNext({ kind: 'answer', status: 301, headers: { location: locationOf(url) } })
    const { code, stdout, stderr } = await run('--ref master', environment(gitlab()))
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' })
    for (const each of saysOf(url)) expect(stderr).toContain(each)
    expect(statesIn(stderr)).toEqual([none])
    expect(posts(gitlab())).toHaveLength(1)
  })
})

describe('a success that is none (T77, T78)', () => {
  const gitlab = useGitlab()
  const rows: [body: string, status?: number, type?: string][] = [
    [''],
    ['{}'],
    ['[]'],
    ['null'],
    ['true'],
    ['4711'],
    ['[{"id":4711}]'],
    ['{"id":"4711"}'],
    ['{"id":0}'],
    ['{"id":-1}'],
    ['{"id":1.5}'],
    ['{"id":9007199254740992}'],
    ['{"id":1e400}'],
    ['{"id":null}'],
    ['{"id":[4711]}'],
    ['{"__proto__":{"id":4711}}'],
    ['{"pipeline":{"id":4711}}'],
    ['{"id":4711}}'],
    ['{"id":4711} {"id":4712}'],
    ['<html>4711</html>', 201, 'text/html'],
  ]
  test.each(rows)('201 %s', async (body, status = 201, contentType = 'application/json') => {
    gitlab().failNext({ kind: 'answer', status, body, contentType })
    const { code, stdout, stderr } = await run('--ref master', environment(gitlab()))
    expect({ code, stdout }).toEqual({ code: 7, stdout: '' })
    expect(statesIn(stderr)).toEqual([unknown])
    expect(stderr).toMatch(/not understood/)
    expect(stderr).toContain(contentType)
    expect(stderr).toContain(`${body.length} bytes`)
    expect(stderr).toMatch(/\/projects\/9 or run: gitlab-trigger pipelines .*--ref master --source trigger$/m)
    expect(posts(gitlab())).toHaveLength(1)
  })

  test.each([
    [200, '<!DOCTYPE html><title>Sign in · GitLab</title>', 'text/html', /Sign in/],
    [200, '<html><body>Welcome to the airport Wi-Fi</body></html>', 'text/html', /Wi-Fi/],
    [200, '{"id":4711}', 'application/json', /200/],
    [202, '{"id":4711}', 'application/json', /202/],
    [204, '', 'text/plain', /204/],
  ])('%i %s (T78)', async (status, body, contentType, says) => {
    gitlab().failNext({ kind: 'answer', status, body, contentType })
    const { code, stdout, stderr } = await run('--ref master', environment(gitlab()))
    expect({ code, stdout }).toEqual({ code: 7, stdout: '' })
    expect(statesIn(stderr)).toEqual([unknown])
    expect(stderr).toMatch(/but not as GitLab does/)
    expect(stderr).toMatch(says)
    expect(posts(gitlab())).toHaveLength(1)
  })

  test.each(['\uFEFF{"id":4711}', ' {"id":4711}\r\n', '{"id":4711,"id":4712}', '{"id":4712}'])(
    '201 %j is one',
    async (body) => {
      gitlab().failNext({ kind: 'answer', status: 201, body, contentType: 'application/json' })
      const { code, stdout } = await run('--ref master', environment(gitlab()))
      expect(code).toBe(0)
      expect(stdout).toMatch(/^471[12]\n$/)
    },
  )

  test('the id of a v3 trigger request obeys the same rule', async () => {
    gitlab().failNext({ kind: 'answer', status: 201, body: '{"id":"1","variables":{}}' })
    const result = await run('--ref master --api v3', environment(gitlab()))
    expect(result).toMatchObject({ code: 7, stdout: '' })
    expect(result.stderr).toMatch(/Check first whether it was created \(the builds of project 9, /)
  })
})
