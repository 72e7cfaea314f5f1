import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts'
import { expectRefusalMessage } from '../helpers/refusal-message.ts'
import { lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'
import { start } from '../helpers/world.ts'

const a = useGitlab()
const b = useGitlab()
const home = useHome()
let prefixed: Sandbox
beforeEach(async () => {
  prefixed = await startSandbox({ now: () => start, paceMs: 0, prefix: '/gitlab' })
})
afterEach(() => prefixed.close())

const canary = 'c4n4ry-of-server-a'

const typed = (line: string, env: Record<string, string> = {}): Promise<Result> =>
  run(line, home().world({ env }))
const line = '--project 9 --ref master'

/** No request was sent, and no token was shown. */
function expectNothingSent({ code, stdout, stderr }: Result, ...says: string[]): void {
  for (const part of says) expect(stderr).toContain(part)
  expect({ code, stdout }).toEqual({ code: 14, stdout: '' })
  expectRefusalMessage(stderr)
  expect(stderr).not.toContain(canary)
  for (const each of [a(), b(), prefixed]) expect(each.requests).toEqual([])
}

/** Server `a` has a token; `b` has the lines given. */
const writeTwo = (...ofB: string[]): string =>
  home().config(
    [
      'servers:',
      '  a:',
      `    url: ${a().url}`,
      `    token: ${canary}`,
      '  b:',
      `    url: ${b().url}`,
      ...ofB,
      '',
    ].join('\n'),
  )

describe('T18 a token of server A is never sent to B', () => {
  const rows: [name: string, choose: () => [line: string, env?: Record<string, string>]][] = [
    ['--server with its address', () => [`--server ${b().url}`]],
    ['the environment gives its address', () => ['', { GITLAB_TRIGGER_SERVER: b().url }]],
    ['the server of a CI job', () => ['', { GITLAB_CI: 'true', CI_SERVER_URL: b().url }]],
  ]
  test.each(rows)('%s: both origins are named', async (_, choose) => {
    const path = home().config(`servers: { a: { url: '${a().url}', token: ${canary} } }\n`)
    const [more, env] = choose()
    expectNothingSent(await typed(`${line} ${more}`, env), a().url, b().url, path)
  })

  test('an entry of B without a token: both origins are named', async () => {
    const path = writeTwo()
    expectNothingSent(await typed(`${line} --server b`), a().url, b().url, path)
  })

  test('also with --verbose and --json', async () => {
    writeTwo()
    const { code, stdout, stderr } = await typed(`${line} --server ${b().url} --verbose --json`)
    expect(code).not.toBe(0)
    expect(stdout + stderr).not.toContain(canary)
    expect(b().requests).toEqual([])
  })

  test("B's own token goes to B", async () => {
    writeTwo(`    token: ${b().tokens.trigger}`)
    expect(await typed(`${line} --server b`)).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
    expect(lastFields(b())['token']).toBe(b().tokens.trigger)
    expect(a().requests).toEqual([])
  })

  test("A's goes to A, refused or not", async () => {
    writeTwo(`    token: ${b().tokens.trigger}`)
    expect(await typed(`${line} --server a`)).toMatchObject({ code: 4 })
    expect(lastFields(a())['token']).toBe(canary)
    expect(b().requests).toEqual([])
  })

  test('nor an API token', async () => {
    const { trigger } = a().tokens
    home().config(
      `servers:\n  a: { url: '${a().url}', apiToken: ${canary} }\n  b: { url: '${b().url}', token: ${trigger} }\n`,
    )
    await typed(`${line} --server b --jobs`)
    const heads = JSON.stringify(b().requests.map(({ headers }) => headers))
    expect(heads).not.toContain(canary)
    expect(a().requests).toEqual([])
  })
})

describe('T19 the same host is not the same server', () => {
  /** The address of an entry, and one that looks like it. */
  const rows: [name: string, entry: () => string, typed: () => string][] = [
    ['another port', () => a().url, () => b().url],
    ['another scheme', () => a().url.replace('http:', 'https:'), () => a().url],
    ['a path prefix more', () => prefixed.url.replace('/gitlab', ''), () => prefixed.url],
    ['a path prefix less', () => prefixed.url, () => prefixed.url.replace('/gitlab', '')],
    ['another path prefix', () => prefixed.url, () => `${prefixed.url}2`],
    ['a name for the same address', () => a().url, () => a().url.replace('127.0.0.1', 'localhost')],
    ['a path prefix in another case', () => prefixed.url, () => prefixed.url.replace('gitlab', 'GitLab')],
  ]
  test.each(rows)('%s', async (_, entry, url) => {
    home().config(`servers: { work: { url: '${entry()}', token: ${canary} } }\n`)
    expectNothingSent(await typed(`${line} --server ${url()}`), entry(), url())
  })

  const same: [name: string, url: (url: string) => string][] = [
    ['its address', (url) => url],
    ['its address with a slash', (url) => `${url}/`],
    ['its address with the scheme in capitals', (url) => url.replace('http', 'HTTP')],
  ]
  test.each(same)('%s means the entry, with its token', async (_, of) => {
    home().config(`servers: { work: { url: '${prefixed.url}', token: ${prefixed.tokens.trigger} } }\n`)
    expect(await typed(`${line} --server ${of(prefixed.url)}`)).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(posts(prefixed)).toHaveLength(1)
  })

  test('an address in a CI job that equals an entry means it, too', async () => {
    home().config(`servers: { work: { url: '${a().url}', token: ${a().tokens.trigger} } }\n`)
    const env = { GITLAB_CI: 'true', CI_SERVER_URL: a().url, CI_JOB_TOKEN: 'c4n4ry-job' }
    expect(await typed(line, env)).toMatchObject({ code: 0 })
    expect(lastFields(a())['token']).toBe(a().tokens.trigger)
  })
})

describe('T22 CI_JOB_TOKEN goes to the own server of the job only', () => {
  const job = (): Record<string, string> => ({
    GITLAB_CI: 'true',
    CI_SERVER_URL: a().url,
    CI_JOB_TOKEN: canary,
  })
  test.each(['--server b', ''])('%s', async (more) => {
    home().config(`${more === '' ? 'default: b\n' : ''}servers: { b: { url: '${b().url}' } }\n`)
    expectNothingSent(await typed(`${line} ${more}`, job()), 'CI_JOB_TOKEN', a().url, b().url)
  })

  test('a config that gives the own server a name changes nothing', async () => {
    home().config(`default: own\nservers: { own: { url: '${a().url}' } }\n`)
    const env = { ...job(), CI_JOB_TOKEN: a().tokens.job }
    expect(await typed(line, env)).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(lastFields(a())['token']).toBe(a().tokens.job)
  })
})

describe('plain http in a config', () => {
  const write = (...more: string[]): string =>
    home().config(
      ['servers:', '  far:', '    url: http://gitlab.invalid', '    token: c4n4ry-far', ...more, ''].join(
        '\n',
      ),
    )
  test('T37 to another host is refused', async () => {
    const path = write()
    expectNothingSent(await typed(`${line} --server far`), `${path}:3`, 'allowHttp')
  })
  test.each([
    ['allowHttp: true', '', 0],
    ['allowHttp: false', '', 14],
    ['allowHttp: false', '--allow-http', 0],
  ])('%s %s: %s', async (key, flag, code) => {
    write(`    ${key}`)
    expect(await typed(`${line} --server far --dry-run ${flag}`)).toMatchObject({ code })
  })
})

describe('T26 a server that no file defines', () => {
  test.each<[line: string, env: Record<string, string>, says: string[]]>([
    ['--server wrok', {}, ['--server', 'did you mean "work"?']],
    ['', { GITLAB_TRIGGER_SERVER: 'wrok' }, ['GITLAB_TRIGGER_SERVER', 'did you mean "work"?']],
    ['--server gitlab.example.com', {}, ['--server', 'https://gitlab.example.com']],
    ['--server work:8080', {}, ['--server', 'https://']],
    [`--server ${canary}`, {}, ['--server', 'work']],
  ])('%s %j', async (more, env, says) => {
    home().config(`servers: { work: { url: '${a().url}', token: x } }\n`)
    const done = await typed(`${line} ${more}`, env)
    expect([2, 14]).toContain(done.code)
    for (const part of says) expect(done.stderr).toContain(part)
    expect(done.stderr).not.toContain(canary)
    expectRefusalMessage(done.stderr)
  })
})
