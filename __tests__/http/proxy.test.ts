import type { Duplex } from 'node:stream'
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts'
import { closedPortUrl } from '../helpers/run-against.ts'
import { newAuthority } from '../helpers/certificates.ts'
import { environment, posts } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { startProxy, type ProxyOptions, type TestProxy } from '../helpers/proxy.ts'
import { run, runIn, type Line, type Result } from '../helpers/run.ts'
import { none, statesIn, unknown } from '../helpers/pipeline-sentences.ts'
import { spawnProgram, spawnShell } from '../helpers/spawn.ts'
import { newFolder, newWorld, start } from '../helpers/world.ts'

const folder = newFolder()
const authority = newAuthority(folder.path, 'own')
const leaf = authority.sign('leaf', 'IP:127.0.0.1,DNS:localhost')
const password = 'p4ssw0rd%21x'
const basic = `Basic ${Buffer.from('me:p4ssw0rd!x').toString('base64')}`
afterAll(() => {
  folder.remove()
})

let secure: Sandbox
let plain: Sandbox
let proxy: TestProxy | undefined
const home = useHome()
beforeEach(async () => {
  secure = await startSandbox({ now: () => start, paceMs: 0, tls: leaf })
  plain = await startSandbox({ now: () => start, paceMs: 0 })
})
afterEach(() => Promise.all([secure.close(), plain.close(), proxy?.close()]))

async function through(options: ProxyOptions = {}): Promise<TestProxy> {
  proxy = await startProxy(options)
  return proxy
}

/** Types a line against one of the two. */
function go(sandbox: Sandbox, line: string, env: Record<string, string> = {}): Promise<Result> {
  const cacert = sandbox === secure ? ['--cacert', authority.certFile] : []
  const words: Line = ['--ref', 'master', ...cacert, ...line.split(' ').filter(Boolean)]
  return run(words, environment(sandbox, env))
}

const withUser = (url: string): string => url.replace('://', `://me:${password}@`)
const hostOf = (url: string): string => new URL(url).host

describe('a proxy is used (T39)', () => {
  test('https by a tunnel, and the authority of --cacert counts there too (T36)', async () => {
    const { url, requests } = await through()
    expect(await go(secure, `--proxy ${url}`)).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
    expect(requests).toEqual([`CONNECT ${hostOf(secure.url)}`])
    expect(posts(secure)).toHaveLength(1)
  })

  test('http by the whole address, never by a tunnel', async () => {
    const { url, requests } = await through()
    expect(await go(plain, `--proxy ${url}`)).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
    expect(requests).toEqual([`POST ${plain.url}/api/v4/projects/9/trigger/pipeline`])
    expect(posts(plain)[0]?.headers).toMatchObject({ host: hostOf(plain.url) })
    expect(posts(plain)[0]?.headers).not.toHaveProperty('proxy-authorization')
  })

  test('a proxy that itself speaks https', async () => {
    const { url, requests } = await through({ tls: leaf })
    expect(await go(secure, `--proxy ${url}`)).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
    expect(requests).toHaveLength(1)
  })

  test.each([
    ['https', () => secure],
    ['http', () => plain],
  ])('%s with user and password', async (_, sandbox) => {
    const { url, credentials } = await through({ wants: basic })
    expect(await go(sandbox(), `--proxy ${withUser(url)}`)).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(credentials).toEqual([basic])
    expect(JSON.stringify(posts(sandbox())[0]?.headers)).not.toMatch(/proxy-authorization/i)
  })

  test('without a scheme it is http, as curl reads it', async () => {
    const { url, requests } = await through()
    expect((await go(secure, `--proxy ${hostOf(url)}`)).code).toBe(0)
    expect(requests).toHaveLength(1)
  })

  test('the reads of --jobs and --verify go the same way', async () => {
    const { url, requests } = await through()
    const env = { GITLAB_TRIGGER_API_TOKEN: secure.tokens.api }
    expect((await go(secure, `--proxy ${url} --jobs`, env)).code).toBe(0)
    // The reads share a connection, the POST has its own.
    expect(secure.requests.length).toBe(4)
    expect(requests.length).toBe(3)
  })

  // prettier-ignore
  const variables: [name: string, isHttps: boolean, env: (dead: string, live: string) => Record<string, string>, isUsed: boolean][] = [
    ['https_proxy', true, (_, live) => ({ https_proxy: live }), true],
    ['HTTPS_PROXY', true, (_, live) => ({ HTTPS_PROXY: live }), true],
    ['https_proxy before HTTPS_PROXY', true, (dead, live) => ({ https_proxy: live, HTTPS_PROXY: dead }), true],
    ['all_proxy', true, (_, live) => ({ all_proxy: live }), true],
    ['ALL_PROXY', true, (_, live) => ({ ALL_PROXY: live }), true],
    ['https_proxy before all_proxy', true, (dead, live) => ({ https_proxy: live, all_proxy: dead }), true],
    ['http_proxy is not for https', true, (dead) => ({ http_proxy: dead, HTTP_PROXY: dead }), false],
    ['http_proxy', false, (_, live) => ({ http_proxy: live }), true],
    ['HTTP_PROXY', false, (_, live) => ({ HTTP_PROXY: live }), true],
    ['ALL_PROXY for http', false, (_, live) => ({ ALL_PROXY: live }), true],
    ['HTTP_PROXY in a CGI program (httpoxy)', false, (dead) => ({ HTTP_PROXY: dead, REQUEST_METHOD: 'GET' }), false],
    ['http_proxy in a CGI program', false, (_, live) => ({ http_proxy: live, REQUEST_METHOD: 'GET' }), true],
    ['https_proxy is not for http', false, (dead) => ({ https_proxy: dead, HTTPS_PROXY: dead }), false],
    ['an empty one', true, () => ({ https_proxy: '' }), false],
    ['NO_PROXY', true, (dead) => ({ https_proxy: dead, NO_PROXY: '127.0.0.1' }), false],
    ['no_proxy', true, (dead) => ({ https_proxy: dead, no_proxy: '127.0.0.1' }), false],
    ['no_proxy before NO_PROXY', true, (_, live) => ({ https_proxy: live, no_proxy: 'x', NO_PROXY: '*' }), true],
    ['NO_PROXY=*', true, (dead) => ({ https_proxy: dead, NO_PROXY: '*' }), false],
    ['NO_PROXY with a subnet', true, (dead) => ({ https_proxy: dead, NO_PROXY: '10.0.0.0/8, 127.0.0.0/8' }), false],
    ['NO_PROXY with another subnet', true, (_, live) => ({ https_proxy: live, NO_PROXY: '10.0.0.0/8' }), true],
    ['NO_PROXY with another port', true, (_, live) => ({ https_proxy: live, NO_PROXY: '127.0.0.1:1' }), true],
  ]
  test.each(variables)('%s', async (_, isHttps, env, isUsed) => {
    const { url, requests } = await through()
    const { code, stdout } = await go(isHttps ? secure : plain, '', env(await closedPortUrl(), url))
    expect({ code, stdout, requests: requests.length }).toEqual({
      code: 0,
      stdout: '4711\n',
      requests: isUsed ? 1 : 0,
    })
  })

  test('NO_PROXY with the own port', async () => {
    const env = { https_proxy: await closedPortUrl(), NO_PROXY: hostOf(secure.url) }
    expect((await go(secure, '', env)).code).toBe(0)
  })

  test('--proxy none goes without', async () => {
    const dead = await closedPortUrl()
    expect((await go(secure, '--proxy none', { https_proxy: dead, all_proxy: dead })).code).toBe(0)
  })

  test('--proxy counts, whatever NO_PROXY says', async () => {
    const { url, requests } = await through()
    expect(
      (await go(secure, `--proxy ${url}`, { NO_PROXY: '*', https_proxy: await closedPortUrl() })).code,
    ).toBe(0)
    expect(requests).toHaveLength(1)
  })

  test.each([
    ['its address', (live: string) => live, 1],
    ['none', () => 'none', 0],
  ])('proxy of a server entry: %s', async (_, value, count) => {
    const { url, requests } = await through()
    const lines = [`proxy: ${value(url)}`, `caFile: ${authority.certFile}`]
    home().config(serverYaml(secure, ...lines))
    const env = {
      GITLAB_TRIGGER_TOKEN: secure.tokens.trigger,
      https_proxy: count === 1 ? await closedPortUrl() : url,
    }
    const { code } = await run('-s work -p 9 -r master', home().world({ env }))
    expect({ code, requests: requests.length }).toEqual({ code: 0, requests: count })
  })

  test('sandbox -- COMMAND works where http_proxy is set', async () => {
    const dead = await closedPortUrl()
    const env = { http_proxy: dead, HTTP_PROXY: dead, ALL_PROXY: dead, NO_PROXY: 'example.com' }
    const done = await spawnShell('$CLIENT sandbox --pace 1ms -- $CLIENT', { env })
    expect(done).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
  })
})

describe('a proxy that does not let through: nothing was sent, exit 6 (T39)', () => {
  const says = (text: string) => (socket: Duplex) => socket.end(text)
  // prettier-ignore
  const rows: [name: string, options: ProxyOptions, tries: number, says: RegExp][] = [
    ['407', { wants: 'Basic other' }, 1, /user and password/],
    ['403', { act: says('HTTP/1.1 403 Forbidden\r\n\r\n') }, 1, /proxy.*403/],
    ['502', { act: says('HTTP/1.1 502 Bad Gateway\r\n\r\n') }, 4, /proxy.*502/],
    ['503', { act: says('HTTP/1.1 503 Sorry\r\n\r\n') }, 4, /proxy.*503/],
    ['garbage', { act: says('SSH-2.0-OpenSSH\r\n') }, 4, /proxy/],
    ['an early end', { act: says('') }, 4, /proxy/],
    ['half an answer', { act: says('HTTP/1.1 200') }, 4, /proxy/],
    ['a reset', { act: (socket) => socket.destroy() }, 4, /proxy/],
    ['a tunnel to nothing', { act: says('HTTP/1.1 200 OK\r\n\r\n') }, 4, /proxy/],
  ]
  test.each(rows)('%s', async (_, options, tries, message) => {
    const { url, requests } = await through(options)
    const { code, stdout, stderr } = await go(secure, `--proxy ${withUser(url)}`)
    expect({ code, stdout, states: statesIn(stderr) }).toEqual({ code: 6, stdout: '', states: [none] })
    expect(stderr).toMatch(message)
    expect(stderr).toContain(url)
    expect(stderr).not.toMatch(/p4ssw0rd|UND_ERR|AbortError/)
    expect(requests).toHaveLength(tries)
    expect(secure.requests).toEqual([])
  })

  test.each([
    ['https', () => secure],
    ['http', () => plain],
  ])('refused, on the way to %s', async (_, sandbox) => {
    const dead = await closedPortUrl()
    const { code, stderr, world } = await go(sandbox(), `--proxy ${withUser(dead)}`)
    expect({ code, states: statesIn(stderr), sleeps: world.sleeps.length }).toEqual({
      code: 6,
      states: [none],
      sleeps: 3,
    })
    expect(stderr).toContain(dead)
    expect(stderr).toMatch(/refused/)
    expect(stderr).not.toContain('p4ssw0rd')
  })

  test('407 for plain http', async () => {
    const { url, requests } = await through({ wants: 'Basic other' })
    const { code, stderr } = await go(plain, `--proxy ${url}`)
    expect({ code, states: statesIn(stderr), requests: requests.length }).toEqual({
      code: 6,
      states: [none],
      requests: 1,
    })
    expect(stderr).toMatch(/user and password/)
  })

  test('502 for plain http may come from behind it: unknown, never repeated', async () => {
    const { url, requests } = await through()
    await plain.close()
    const { code, stderr } = await go(plain, `--proxy ${url}`)
    expect({ code, states: statesIn(stderr), requests: requests.length }).toEqual({
      code: 7,
      states: [unknown],
      requests: 1,
    })
  })

  test('a stall in CONNECT ends with the time limit', async () => {
    const world = newWorld(environment(secure))
    const { url, requests } = await through({
      act: () => {
        world.advance(90_000)
      },
    })
    const { code, stderr } = await runIn(world, `--ref master --proxy ${url}`)
    expect({ code, states: statesIn(stderr), requests: requests.length }).toEqual({
      code: 6,
      states: [none],
      requests: 1,
    })
    expect(stderr).toMatch(/time limit of 90 s/)
  })

  test('the certificate is checked behind the proxy too', async () => {
    const { url } = await through()
    const { code, stderr } = await run(`--ref master --proxy ${url}`, environment(secure))
    expect(code).toBe(6)
    expect(stderr).toMatch(/certificate/)
    expect(secure.requests).toEqual([])
  })
})

/** Addresses that URL parsers read differently. HOST is the proxy's host and port; what curl makes of each is in docs/guarantees.md#4.5. */
describe('the address of a proxy leads to the host that is meant', () => {
  const pair = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`
  // prettier-ignore
  const taken: [value: string, credentials: string | undefined][] = [
    ['http://CORP\\me:p4ssw0rd@HOST', pair('CORP\\me:p4ssw0rd')], ['CORP\\me:p4ssw0rd@HOST', pair('CORP\\me:p4ssw0rd')],
    ['me:p4ssw0rd@HOST', pair('me:p4ssw0rd')], ['http://me:p4ss%23w0rd%40%2F%3F%25@HOST', pair('me:p4ss#w0rd@/?%')],
    ['http://me:p4ss:w0rd@HOST', pair('me:p4ss:w0rd')], ['http://me:p4ss!$&[]^|w0rd@HOST', pair('me:p4ss!$&[]^|w0rd')],
    ['http://me:größe@HOST', pair('me:größe')], ['http://me@HOST', pair('me:')], ['http://:p4ssw0rd@HOST', pair(':p4ssw0rd')],
    ['HTTP://HOST', undefined], ['HtTp://HOST/', undefined], ['HOST', undefined], ['HOST/', undefined], ['http://@HOST', undefined],
  ]
  test.each(taken)('%j is taken as curl takes it', async (value, credentials) => {
    const live = await through()
    const address = value.replace('HOST', hostOf(live.url))
    for (const sandbox of [secure, plain])
      for (const [line, env] of [
        [['--proxy', address], {}],
        [[], { all_proxy: address }],
      ] as const) {
        const cacert = sandbox === secure ? ['--cacert', authority.certFile] : []
        const { code, stderr } = await run(['--ref', 'master', ...line, ...cacert], environment(sandbox, env))
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      }
    expect(live.credentials).toEqual([credentials, credentials, credentials, credentials])
  })

  test('curl sends the same', async () => {
    const live = await through()
    for (const [value] of taken) {
      const words = [
        '-s',
        '-o',
        '/dev/null',
        '--globoff',
        '--proxy',
        value.replace('HOST', hostOf(live.url)),
        plain.url,
      ]
      const { code } = await spawnProgram('curl', words, {
        env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
      })
      expect({ value, code }).toEqual({ value, code: 0 })
    }
    // Of an empty user curl says so.
    expect(live.credentials).toEqual(
      taken.map(([value, expected]) => (value.includes('//@') ? 'Basic Og==' : expected)),
    )
  })

  // prettier-ignore
  const refused: [value: string, hint: string][] = [
    ['http://me:p4ss#w0rd@HOST', 'http://me:PASSWORD@HOST, in user and password %23 for #'],
    ['http://me:p4ss?w0rd@HOST', 'http://me:PASSWORD@HOST, in user and password %3F for ?'],
    ['http://me:p4ss/w0rd@HOST', 'http://me:PASSWORD@HOST, in user and password %2F for /'],
    ['http://me:12/w0rd@HOST', 'http://me:PASSWORD@HOST, in user and password %2F for /'],
    ['http://me:p4ss@w0rd@HOST', 'http://me:PASSWORD@HOST, in user and password %40 for @'],
    ['http://me:p4ss w0rd@HOST', 'http://me:PASSWORD@HOST, in user and password %20 for a blank'],
    ['http://me:p4ss%w0rd@HOST', 'http://me:PASSWORD@HOST, in user and password %25 for %'],
    ['me:p4ss#w0rd@HOST', 'http://me:PASSWORD@HOST, in user and password %23 for #'],
    ['http://p4ss#w0rd@HOST', 'http://USER:PASSWORD@HOST, in user and password %23 for #'],
    ['http:/HOST', 'http://HOST.'], ['http:///HOST', 'http://HOST.'], ['http:HOST', 'http://HOST.'], ['http//HOST', 'http://HOST.'],
    ['http:\\\\HOST', 'http://HOST.'], ['http:/me:p4ssw0rd@HOST', 'http://me:PASSWORD@HOST.'],
    ['"http://HOST"', 'http://HOST.'], ["'http://HOST'", 'http://HOST.'], ['“http://HOST”', 'http://HOST.'], ['"HOST"', 'http://HOST.'],
    ['"http://me:p4ssw0rd@HOST"', 'http://me:PASSWORD@HOST.'],
    ['http://HOST ', 'http://HOST.'], [' http://HOST', 'http://HOST.'], ['http://HOST\r', 'http://HOST.'], ['http://HOST\n', 'http://HOST.'],
    ['http://HOST/proxy.pac', 'http://HOST.'], ['socks5:/HOST', 'socks5://HOST.'],
    ['htp://HOST', 'http, https, socks5 or socks5h'], ['http:3128', 'http://proxy.example.com:3128'], ['3128', 'http://proxy.example.com:3128'],
    ['http://127.1:1', 'http://proxy.example.com:3128'], ['http://HOST:1', 'http://proxy.example.com:3128'],
    ['http://127.0.0.1:0', 'http://proxy.example.com:3128'], ['//HOST', 'http://proxy.example.com:3128'],
  ]
  test.each(refused)(
    '%j is refused with the right form, and the password is not shown',
    async (value, hint) => {
      const live = await through()
      const host = hostOf(live.url)
      const address = value.replace('HOST', host)
      home().config(serverYaml(secure, `proxy: ${JSON.stringify(address)}`, 'token: any-token-0123'))
      for (const [line, options] of [
        [['--proxy', address], environment(secure)],
        [[], environment(secure, { https_proxy: address })],
        [['-s', 'work', '-p', '9'], home().world()],
      ] as const) {
        const { code, stdout, mail } = await run(['--ref', 'master', ...line], options)
        expect({ code, stdout, states: statesIn(mail) }).toEqual({ code: 14, stdout: '', states: [none] })
        expect(mail).toContain(hint.replace('HOST', host))
        expect(mail).not.toMatch(/p4ss|w0rd/)
        // It is repeated, as far as no password stands in it.
        const shown = address.replace(/^(http:\/\/)?.*@/s, '$1***@').replace(/[\r\n]/, ' ')
        expect(mail).toContain(`: "${shown}" is not the address of a proxy`)
      }
      expect([live.requests, secure.requests]).toEqual([[], []])
    },
  )

  test.each([
    ['proxy.invalid', 'proxy.invalid:1080'],
    ['http://proxy.invalid', 'proxy.invalid:1080'],
    ['http://proxy.invalid:80', 'proxy.invalid:80'],
    ['http://proxy.invalid:', 'proxy.invalid:1080'],
  ])("without a port it is curl's: %s", async (value, place) => {
    const { mail } = await run(['--ref', 'master', '--retry', '0', '--proxy', value], environment(secure))
    expect(mail).toContain(`http://${place}`)
  })
})

describe('the address of a proxy', () => {
  // prettier-ignore
  test.each([
    ['another scheme', 'ftp://proxy:1'], ['no host', 'http://'], ['a port too large', 'http://me:p4ssw0rd@proxy:99999'],
    ['a blank', 'http://me:p4ss w0rd@pr oxy:1'], ['no address', '://p4ssw0rd'], ['a bad escape', 'http://me:p4ssw0rd%zz@127.0.0.1:1'],
  ])('%s is refused without showing it (T47)', async (_, value) => {
    for (const [line, env] of [[['--proxy', value], {}], [[], { https_proxy: value }]] as const) {
      const { code, stdout, stderr } = await run(['--ref', 'master', ...line], environment(secure, env))
      expect({ code, stdout, states: statesIn(stderr) }).toEqual({ code: 14, stdout: '', states: [none] })
      expect(stderr).toMatch(line.length > 0 ? /--proxy/ : /https_proxy/)
      expect(stderr).not.toMatch(/p4ss|w0rd|bug of/)
    }
  })

  test.each(['--verbose', '--json', '--dry-run', '--curl', '--json --verbose'])(
    '%s does not show the password (T47)',
    async (flags) => {
      const { url } = await through({ wants: basic })
      const { stdout, stderr } = await go(plain, `--proxy ${withUser(url)} ${flags}`)
      for (const secret of ['p4ssw0rd', basic.slice(6), encodeURIComponent('p4ssw0rd!x')])
        expect(stdout + stderr).not.toContain(secret)
    },
  )

  test('config show does not either', async () => {
    const { stdout } = await run(
      'config show --ref master',
      environment(secure, { https_proxy: withUser('http://127.0.0.1:1') }),
    )
    expect(stdout).not.toContain('p4ssw0rd')
  })

  test.each([
    'http://me:p4ssw0rd@proxy:1',
    'me:p4ssw0rd@proxy:1',
    'http://me:p4ss#w0rd@proxy:1',
    'http:/me:p4ssw0rd@pr oxy',
  ])('nor what a server entry says, nor what is mailed of a failure: %s', async (value) => {
    home().config(serverYaml(secure, `proxy: ${JSON.stringify(value)}`))
    const shown = await run('config show -s work -p 9 -r master', home().world())
    expect(shown.code).toBe(0)
    expect(shown.stdout).toContain('proxy = ')
    const failed = await run(
      ['-s', 'work', '-p', '9', '-r', 'master', '--proxy', value, '--nope'],
      home().world(),
    )
    expect(failed.mail).toContain('--proxy')
    expect(shown.stdout + failed.mail).not.toMatch(/p4ss|w0rd/)
  })
})
