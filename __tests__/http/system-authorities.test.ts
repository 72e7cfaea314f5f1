import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts'
import { newAuthority } from '../helpers/certificates.ts'
import { startGatedServer } from '../helpers/gated-server.ts'
import { environment, posts } from '../helpers/gitlab.ts'
import { startProxy } from '../helpers/proxy.ts'
import { run } from '../helpers/run.ts'
import { none, statesIn } from '../helpers/pipeline-sentences.ts'
import { startSocks } from '../helpers/socks.ts'
import { spawnClient } from '../helpers/spawn.ts'
import { newFolder, start } from '../helpers/world.ts'

const folder = newFolder()
const own = newAuthority(folder.path, 'own')
const other = newAuthority(folder.path, 'other')
const leaf = own.sign('leaf', 'IP:127.0.0.1')
const empty = newFolder()
const garbage = join(folder.path, 'garbage.pem')
writeFileSync(garbage, `-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n${own.key}`)
const both = join(folder.path, 'both.pem')
writeFileSync(both, `# a bundle\n${other.cert}\n${own.cert}`)
afterAll(() => {
  folder.remove()
  empty.remove()
})

const open = new Set<{ close: () => Promise<void> }>()
const keep = async <T extends { close: () => Promise<void> }>(made: Promise<T>): Promise<T> => {
  const one = await made
  open.add(one)
  return one
}
let gitlab: Sandbox
beforeEach(async () => {
  gitlab = await keep(startSandbox({ now: () => start, paceMs: 0, tls: leaf }))
})
afterEach(async () => {
  await Promise.all([...open].map((each) => each.close()))
  open.clear()
})

const trusting = (env: Record<string, string> = {}): ReturnType<typeof environment> =>
  environment(gitlab, { SSL_CERT_FILE: own.certFile, ...env })

describe("an authority of the system's store is trusted", () => {
  test.each<[name: string, env: Record<string, string>]>([
    ['SSL_CERT_FILE', { SSL_CERT_FILE: own.certFile }],
    ['SSL_CERT_FILE with several', { SSL_CERT_FILE: both }],
    ['SSL_CERT_DIR', { SSL_CERT_FILE: '', SSL_CERT_DIR: join(folder.path, 'own') }],
    ['SSL_CERT_DIR of two folders', { SSL_CERT_DIR: `${empty.path}:/nothing:${join(folder.path, 'own')}` }],
    [
      'SSL_CERT_FILE that is missing, and SSL_CERT_DIR',
      { SSL_CERT_FILE: '/nothing', SSL_CERT_DIR: folder.path },
    ],
  ])('by %s', async (_, env) => {
    const { code, stdout, stderr } = await run('--ref master', environment(gitlab, env))
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '4711\n', stderr: '' })
    expect(posts(gitlab)).toHaveLength(1)
  })

  test('beside --cacert', async () => {
    const line = ['--ref', 'master', '--cacert', other.certFile]
    expect(await run(line, trusting())).toMatchObject({ code: 0, stdout: '4711\n' })
  })

  test('the reads of --jobs, and doctor, trust it too', async () => {
    const options = trusting({ GITLAB_TRIGGER_API_TOKEN: gitlab.tokens.api })
    expect((await run('--ref master --jobs', options)).stdout).toMatch(/^4711\n\d+\n/)
    expect(await run('doctor', options)).toMatchObject({ code: 0 })
  })

  test('the real binary', async () => {
    const { env = {} } = trusting()
    expect(await spawnClient(['-r', 'master'], { env })).toMatchObject({
      code: 0,
      stdout: '4711\n',
      stderr: '',
    })
  })

  test.each([
    ['an http proxy', () => keep(startProxy()).then(({ url }) => url)],
    ['an https proxy that it signed', () => keep(startProxy({ tls: leaf })).then(({ url }) => url)],
    ['a SOCKS proxy', () => keep(startSocks()).then(({ host }) => `socks5://${host}`)],
  ])('through %s', async (_, proxy) => {
    const { code, stdout, stderr } = await run(`--ref master --proxy ${await proxy()}`, trusting())
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '4711\n', stderr: '' })
    expect(posts(gitlab)).toHaveLength(1)
  })

  test('plain http through an https proxy that it signed', async () => {
    const plain = await keep(startSandbox({ now: () => start, paceMs: 0 }))
    const { url } = await keep(startProxy({ tls: leaf }))
    const options = environment(plain, { SSL_CERT_FILE: own.certFile })
    expect(await run(`--ref master --proxy ${url}`, options)).toMatchObject({ code: 0, stdout: '4711\n' })
  })
})

test('it is asked only where nobody else is known: one connection, or two', async () => {
  const gate = await keep(startGatedServer(gitlab.url, []))
  const at = (env: Record<string, string>): ReturnType<typeof environment> =>
    environment(gitlab, { GITLAB_TRIGGER_SERVER: gate.url, ...env })
  const line = ['--ref', 'master', '--cacert', own.certFile]
  expect((await run(line, at({ SSL_CERT_FILE: other.certFile }))).code).toBe(0)
  expect(gate.count()).toBe(1)
  expect((await run('--ref master', at({ SSL_CERT_FILE: own.certFile }))).code).toBe(0)
  expect(gate.count()).toBe(3)
  expect(posts(gitlab)).toHaveLength(2)
})

describe('it makes nothing weaker: exit 6, nothing sent', () => {
  const rows: [name: string, env: Record<string, string>, says: RegExp][] = [
    ['another authority (T31)', { SSL_CERT_FILE: other.certFile }, /unknown authority/],
    ['garbage', { SSL_CERT_FILE: garbage }, /unknown authority/],
    ['no such file', { SSL_CERT_FILE: '/nothing.pem' }, /unknown authority/],
    ['a folder as file', { SSL_CERT_FILE: folder.path }, /unknown authority/],
    ['a device', { SSL_CERT_FILE: '/dev/zero' }, /unknown authority/],
    ['a folder with nothing', { SSL_CERT_DIR: empty.path }, /unknown authority/],
    ["the usual places, where the test's is not", {}, /unknown authority/],
  ]
  test.each(rows)('%s', async (_, env, says) => {
    const { code, stdout, stderr, world } = await run('--ref master', environment(gitlab, env))
    expect({ code, stdout, states: statesIn(stderr) }).toEqual({ code: 6, stdout: '', states: [none] })
    expect(stderr).toMatch(says)
    expect(stderr).toMatch(/--cacert/)
    expect(world.sleeps).toEqual([])
    expect(gitlab.requests).toEqual([])
  })

  test.each([
    ['another name (T32)', () => own.sign('name', 'DNS:gitlab.example.com'), /another name/],
    ['expired (T33)', () => own.sign('old', 'IP:127.0.0.1', '20200101', '20210203'), /expired/],
  ])('%s, signed by an authority of it', async (_, tls, says) => {
    const wrong = await keep(startSandbox({ now: () => start, paceMs: 0, tls: tls() }))
    const options = environment(wrong, { SSL_CERT_FILE: own.certFile })
    const { code, stderr } = await run('--ref master', options)
    expect({ code, states: statesIn(stderr) }).toEqual({ code: 6, states: [none] })
    expect(stderr).toMatch(says)
    expect(wrong.requests).toEqual([])
  })
})
