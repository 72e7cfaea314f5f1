import type { Socket } from 'node:net'
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts'
import { closedPortUrl } from '../helpers/run-against.ts'
import { newAuthority } from '../helpers/certificates.ts'
import { environment, posts } from '../helpers/gitlab.ts'
import { run, runIn, type Result } from '../helpers/run.ts'
import { none, statesIn } from '../helpers/pipeline-sentences.ts'
import { startSocks, type SocksOptions, type TestSocks } from '../helpers/socks.ts'
import { spawnClient } from '../helpers/spawn.ts'
import { newFolder, newWorld, start } from '../helpers/world.ts'

const folder = newFolder()
const authority = newAuthority(folder.path, 'own')
const leaf = authority.sign('leaf', 'IP:127.0.0.1,DNS:localhost')
afterAll(() => {
  folder.remove()
})

let secure: Sandbox
let plain: Sandbox
let proxy: TestSocks | undefined
beforeEach(async () => {
  secure = await startSandbox({ now: () => start, paceMs: 0, tls: leaf })
  plain = await startSandbox({ now: () => start, paceMs: 0 })
})
afterEach(() => Promise.all([secure.close(), plain.close(), proxy?.close()]))

async function through(options: SocksOptions = {}): Promise<TestSocks> {
  proxy = await startSocks(options)
  return proxy
}

/** Types a line against one of the two, by its name or by its address. */
function go(
  sandbox: Sandbox,
  line: string,
  env: Record<string, string> = {},
  name = '127.0.0.1',
): Promise<Result> {
  const words = ['--ref', 'master', '--cacert', authority.certFile, ...line.split(' ').filter(Boolean)]
  const url = sandbox.url.replace('127.0.0.1', name)
  return run(words, environment(sandbox, { GITLAB_TRIGGER_SERVER: url, ...env }))
}

const portOf = ({ url }: Sandbox): string => new URL(url).port

describe('a SOCKS5 proxy is used (T39)', () => {
  test.each([
    ['https', () => secure],
    ['http', () => plain],
  ])('%s goes through it', async (_, sandbox) => {
    const { host, requests } = await through()
    expect(await go(sandbox(), `--proxy socks5://${host}`)).toMatchObject({
      code: 0,
      stdout: '4711\n',
      stderr: '',
    })
    expect(requests).toEqual([`ipv4 127.0.0.1:${portOf(sandbox())}`])
    expect(posts(sandbox())).toHaveLength(1)
  })

  test.each([
    ['socks5h', 'name localhost'],
    ['socks', 'name localhost'],
    ['socks5', 'ipv4 127.0.0.1'],
  ])('as curl has it, with %s the name goes as %s', async (scheme, goal) => {
    const { host, requests } = await through()
    const { code, stderr } = await go(secure, '', { ALL_PROXY: `${scheme}://${host}` }, 'localhost')
    // This machine may know localhost as ::1 first.
    const [only = ''] = requests
    expect(only.replace('ipv6 [0000:0000:0000:0000:0000:0000:0000:0001]', 'ipv4 127.0.0.1')).toBe(
      `${goal}:${portOf(secure)}`,
    )
    if (only.startsWith('ipv6')) return
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  test.each([1, 3, 4] as const)('an answer with an address of kind %s', async (kind) => {
    const { host } = await through({ kind })
    expect((await go(secure, `--proxy socks5://${host}`)).code).toBe(0)
  })

  test('with user and password, which nobody sees', async () => {
    const { host, users } = await through({ wants: 'me:p4ss:w0rd!x' })
    const { code, stdout, stderr } = await go(secure, `--verbose --proxy socks5://me:p4ss%3Aw0rd%21x@${host}`)
    expect({ code, users }).toEqual({ code: 0, users: ['me:p4ss:w0rd!x'] })
    expect(stdout + stderr).not.toContain('p4ss')
  })

  test('an IPv6 address', async () => {
    const { host, requests } = await through({ reply: 5 })
    await go(secure, `--retry 0 --proxy socks5://${host}`, {
      GITLAB_TRIGGER_SERVER: 'https://[2001:db8::a:1]',
    })
    expect(requests).toEqual(['ipv6 [2001:0db8:0000:0000:0000:0000:000a:0001]:443'])
  })

  test('the real binary says nothing on stderr but its own words', async () => {
    const { host } = await through()
    const { env = {} } = environment(secure, { ALL_PROXY: `socks5h://${host}` })
    expect(await spawnClient(['-r', 'master', '--cacert', authority.certFile], { env })).toMatchObject({
      code: 0,
      stdout: '4711\n',
      stderr: '',
    })
  })
})

describe('a SOCKS5 proxy that does not let through: nothing was sent, exit 6 (T39)', () => {
  // prettier-ignore
  const rows: [name: string, options: SocksOptions, tries: number, says: RegExp][] = [
    ['another password', { wants: 'me:other' }, 1, /user and password/],
    ['its rules', { reply: 2 }, 1, /rules/],
    ['no network', { reply: 3 }, 4, /network/],
    ['no host', { reply: 4 }, 4, /host cannot be reached/],
    ['refused', { reply: 5 }, 4, /refused/],
    ['too slow', { reply: 6 }, 4, /too long/],
    ['another failure', { reply: 1 }, 4, /failed/],
    ['a failure that nobody knows', { reply: 99 }, 4, /failed \(99\)/],
    ['SOCKS4', { says: (socket) => socket.end(Buffer.from([0, 91, 0, 0])) }, 4, /nothing usable/],
    ['an http proxy', { says: (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n') }, 4, /nothing usable/],
    ['an early end', { says: (socket) => socket.end() }, 4, /nothing usable/],
    ['half an answer', { says: (socket) => socket.end(Buffer.from([5])) }, 4, /nothing usable/],
    ['a reset', { says: (socket) => socket.resetAndDestroy() }, 4, /nothing usable|reset/],
  ]
  test.each(rows)('%s', async (_, options, tries, message) => {
    let count = 0
    const { says } = options
    const counting =
      says &&
      ((socket: Socket) => {
        count += 1
        says(socket)
      })
    const { host, requests } = await through({ ...options, ...(counting && { says: counting }) })
    const { code, stdout, stderr, world } = await go(secure, `--proxy socks5://me:p4ssw0rd@${host}`)
    expect({ code, stdout, states: statesIn(stderr) }).toEqual({ code: 6, stdout: '', states: [none] })
    expect(stderr).toMatch(message)
    expect(stderr).toContain(`through the proxy socks5://${host}`)
    expect(stderr).not.toMatch(/p4ssw0rd|bug of/)
    expect(world.sleeps).toHaveLength(tries - 1)
    expect(Math.max(count, requests.length)).toBeLessThanOrEqual(tries)
    expect(secure.requests).toEqual([])
  })

  test('no proxy there', async () => {
    const { code, stderr } = await go(
      secure,
      `--retry 0 --proxy ${(await closedPortUrl()).replace('http', 'socks5')}`,
    )
    expect({ code, states: statesIn(stderr) }).toEqual({ code: 6, states: [none] })
    expect(stderr).toMatch(/refused/)
  })

  test('a name that nobody knows', async () => {
    const { host, requests } = await through()
    const server = { GITLAB_TRIGGER_SERVER: 'https://gitlab.invalid' }
    const { code, stderr } = await go(secure, `--retry 0 --proxy socks5://${host}`, server)
    expect({ code, states: statesIn(stderr), requests }).toEqual({ code: 6, states: [none], requests: [] })
    expect(stderr).toMatch(/no such host|could not be looked up/)
  })

  test.each([
    ['at once', 0],
    ['after its first word', 1],
  ])('one that falls silent %s ends with the time limit', async (_, bytes) => {
    const world = newWorld(environment(secure))
    const { host } = await through({
      says(socket) {
        socket.write(Buffer.from([5]).subarray(0, bytes))
        world.advance(90_000)
      },
    })
    const { code, stderr } = await runIn(world, `--ref master --proxy socks5://${host}`)
    expect({ code, states: statesIn(stderr) }).toEqual({ code: 6, states: [none] })
    expect(stderr).toMatch(/time limit of 90 s/)
  })

  test.each(['socks4://127.0.0.1:1', 'socks4a://127.0.0.1:1'])('%s is refused in words', async (url) => {
    const { code, stderr } = await go(secure, `--proxy ${url}`)
    expect(code).toBe(14)
    expect(stderr).toMatch(/socks5/)
  })

  test('the certificate is checked behind it too', async () => {
    const { host } = await through()
    const { code, stderr } = await run(`--ref master --proxy socks5://${host}`, environment(secure))
    expect({ code, states: statesIn(stderr) }).toEqual({ code: 6, states: [none] })
    expect(stderr).toMatch(/unknown authority/)
    expect(secure.requests).toEqual([])
  })
})
