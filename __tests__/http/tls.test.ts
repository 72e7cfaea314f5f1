import { createServer, type Server } from 'node:https'
import { createServer as createPlain } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts'
import { newAuthority, type Pair } from '../helpers/certificates.ts'
import { environment, posts } from '../helpers/gitlab.ts'
import { run, runIn } from '../helpers/run.ts'
import { none, statesIn } from '../helpers/pipeline-sentences.ts'
import { spawnClient } from '../helpers/spawn.ts'
import { newFolder, newWorld, start } from '../helpers/world.ts'

const folder = newFolder()
const own = newAuthority(folder.path, 'own')
const other = newAuthority(folder.path, 'other')
const good = own.sign('good', 'IP:127.0.0.1,IP:::1,DNS:localhost')
const write = (name: string, text: string): string => {
  const path = join(folder.path, name)
  writeFileSync(path, text)
  return path
}

const open = new Set<{ close: () => unknown }>()
afterEach(async () => {
  await Promise.all([...open].map((each) => each.close()))
  open.clear()
})
afterAll(() => {
  folder.remove()
})

async function sandbox(tls?: Pair): Promise<Sandbox> {
  const started = await startSandbox({ now: () => start, paceMs: 0, ...(tls && { tls }) })
  open.add(started)
  return started
}

describe('a certificate that is not accepted: exit 6, once, nothing sent, and which check it was (T31-T33)', () => {
  const from = (text: string): RegExp => new RegExp(text)
  // prettier-ignore
  const rows: [name: string, pair: () => Pair, trusts: Pair | undefined, says: RegExp[]][] = [
    ['unknown authority (T31)', () => good, undefined, [/unknown authority/, /--cacert|caFile/]],
    ['another authority (T31)', () => good, other, [/unknown authority/, /--cacert|caFile/]],
    ['another name (T32)', () => own.sign('name', 'DNS:gitlab.example.com,DNS:git.example.org'), own, [/another name/, /127\.0\.0\.1/, /gitlab\.example\.com/]],
    ['expired (T33)', () => own.sign('old', 'IP:127.0.0.1', '20200101', '20210203'), own, [/expired/, from('2021-02-0[23]|Feb +[23].* 2021'), /clock/]],
    ['not yet valid (T33, T113)', () => own.sign('new', 'IP:127.0.0.1', '20900304', '20990101'), own, [/not valid yet/, from('2090-03-0[34]|Mar +[34].* 2090'), /clock/]],
    ['signed by itself (T31)', () => own, undefined, [/itself|unknown authority/, /--cacert|caFile/]],
  ]
  test.each(rows)('%s', async (_, pair, trusts, says) => {
    const server = await sandbox(pair())
    const cacert = trusts ? ['--cacert', trusts.certFile] : []
    const { code, stdout, stderr, world } = await run(['--ref', 'master', ...cacert], environment(server))
    expect({ code, stdout, sleeps: world.sleeps }).toEqual({ code: 6, stdout: '', sleeps: [] })
    expect(statesIn(stderr)).toEqual([none])
    expect(server.requests).toEqual([])
    for (const each of says) expect(stderr).toMatch(each)
  })

  test.each(rows)('%s, with --insecure: accepted, and a terminal is warned', async (_, pair) => {
    const server = await sandbox(pair())
    const options = { ...environment(server), tty: ['stderr' as const] }
    const { code, stdout, stderr } = await run('--ref master --insecure', options)
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n' })
    expect(stderr).toMatch(/warning.*--insecure/)
  })
})

describe('https and http mixed up (T34)', () => {
  test('https to an http port: nothing sent, once, and a hint on the scheme', async () => {
    const server = await sandbox()
    const { env } = environment(server, { GITLAB_TRIGGER_SERVER: server.url.replace('http', 'https') })
    const { code, stderr, world } = await run('--ref master', { env: env ?? {} })
    expect({ code, states: statesIn(stderr), sleeps: world.sleeps }).toEqual({
      code: 6,
      states: [none],
      sleeps: [],
    })
    expect(stderr).toMatch(/TLS[\s\S]*http/)
  })

  test('http to an https port: unknown, and a hint on the scheme', async () => {
    const server = await sandbox(good)
    const url = server.url.replace('https', 'http')
    const { code, stderr, world } = await run(
      '--ref master',
      environment(server, { GITLAB_TRIGGER_SERVER: url }),
    )
    expect({ code, sleeps: world.sleeps }).toEqual({ code: 7, sleeps: [] })
    expect(stderr).toContain('https')
  })
})

describe('NODE_TLS_REJECT_UNAUTHORIZED=0 (T35)', () => {
  test('is refused', async () => {
    const server = await sandbox(good)
    const { code, stdout, stderr } = await run(
      '--ref master',
      environment(server, { NODE_TLS_REJECT_UNAUTHORIZED: '0' }),
    )
    expect({ code, stdout, states: statesIn(stderr) }).toEqual({ code: 14, stdout: '', states: [none] })
    expect(stderr).toMatch(/NODE_TLS_REJECT_UNAUTHORIZED[\s\S]*--cacert/)
    expect(server.requests).toEqual([])
  })

  test('the real binary: with --insecure it goes on', async () => {
    const server = await sandbox(good)
    const { env = {} } = environment(server, { NODE_TLS_REJECT_UNAUTHORIZED: '0', CI: 'true' })
    expect(await spawnClient(['-r', 'master'], { env })).toMatchObject({ code: 14, stdout: '' })
    const done = await spawnClient(['-r', 'master', '--insecure'], { env })
    expect(done).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(done.stderr).toMatch(/warning.*--insecure/)
  })

  test.each(['1', '', 'yes'])('=%j is not refused', async (value) => {
    const server = await sandbox(good)
    const options = environment(server, { NODE_TLS_REJECT_UNAUTHORIZED: value })
    expect((await run(['--ref', 'master', '--cacert', own.certFile], options)).code).toBe(0)
  })
})

describe('--cacert (T36)', () => {
  // prettier-ignore
  test.each([
    ['the authority', () => own.cert, 0], ['two', () => other.cert + own.cert, 0], ['the other way round', () => own.cert + other.cert, 0],
    ['text around it', () => `hello\n${own.cert}\nbye\n`, 0], ['CR LF', () => own.cert.replaceAll('\n', '\r\n'), 0],
    ['garbage', () => 'c4n4ry', 14], ['empty', () => '', 14], ['a key', () => own.key, 14], ['cut off', () => own.cert.slice(0, 200), 14],
    ['one good, one broken', () => `${own.cert}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`, 14],
  ])('%s', async (_, text, exit) => {
    const server = await sandbox(good)
    const file = write('given.pem', text())
    const { code, stderr } = await run(['--ref', 'master', '--cacert', file], environment(server))
    expect(code).toBe(exit)
    expect(posts(server)).toHaveLength(exit === 0 ? 1 : 0)
    if (exit === 0) expect(stderr).toBe('')
    else expect(stderr).toContain(file)
    expect(stderr).not.toContain('c4n4ry')
  })

  test.each(['missing', 'directory'])('%s: exit 14', async (what) => {
    const server = await sandbox(good)
    const file = what === 'missing' ? join(folder.path, 'nothing.pem') : folder.path
    const { code, stderr } = await run(['--ref', 'master', '--cacert', file], environment(server))
    expect(code).toBe(14)
    expect(stderr).toContain(file)
  })

  test('the roots of NODE_EXTRA_CA_CERTS count beside it: the real binary', async () => {
    const server = await sandbox(good)
    const { env = {} } = environment(server)
    const extra = { ...env, NODE_EXTRA_CA_CERTS: own.certFile }
    expect(await spawnClient(['-r', 'master'], { env: extra })).toMatchObject({ code: 0, stdout: '4711\n' })
    const both = ['-r', 'master', '--cacert', other.certFile]
    expect(await spawnClient(both, { env: extra })).toMatchObject({ code: 0, stdout: '4712\n' })
    expect(await spawnClient(both, { env })).toMatchObject({ code: 6, stdout: '' })
  })

  test('a NODE_EXTRA_CA_CERTS that is missing does no harm', async () => {
    const server = await sandbox(good)
    const options = environment(server, { NODE_EXTRA_CA_CERTS: join(folder.path, 'nothing.pem') })
    expect((await run(['--ref', 'master', '--cacert', own.certFile], options)).code).toBe(0)
  })
})

const listen = (server: Server | ReturnType<typeof createPlain>, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, () => {
      open.add({
        close: () =>
          new Promise((done) => {
            server.close(done)
            server.closeAllConnections()
          }),
      })
      resolve((server.address() as AddressInfo).port)
    })
  })

describe('a server that wants a client certificate', () => {
  const client = own.sign('client', 'DNS:client')
  const stranger = other.sign('stranger', 'DNS:client')
  let names: unknown[] = []
  async function strict(): Promise<string> {
    names = []
    const tls = { ...good, ca: own.cert, requestCert: true, rejectUnauthorized: true }
    const server = createServer(tls, (request, response) => {
      names.push(
        (
          request.socket as unknown as { getPeerCertificate(): { subject: { CN: string } } }
        ).getPeerCertificate().subject.CN,
      )
      response
        .writeHead(201, { 'content-type': 'application/json' })
        .end('{"id":5,"status":"created","ref":"master"}')
    })
    server.on('tlsClientError', () => undefined)
    return `https://127.0.0.1:${await listen(server, '127.0.0.1')}`
  }
  const env = (url: string): { env: Record<string, string> } => ({
    env: {
      GITLAB_TRIGGER_SERVER: url,
      GITLAB_TRIGGER_PROJECT: '9',
      GITLAB_TRIGGER_TOKEN: 'a-token-of-nobody',
    },
  })
  const line = ['--ref', 'master', '--cacert', own.certFile]

  test('gets it', async () => {
    const words = [...line, '--cert', client.certFile, '--key', client.keyFile]
    expect(await run(words, env(await strict()))).toMatchObject({ code: 0, stdout: '5\n' })
    expect(names).toEqual(['client'])
  })

  test.each([
    ['none', []],
    ["a stranger's", ['--cert', stranger.certFile, '--key', stranger.keyFile]],
  ])('gets %s: nothing happens there, and the message names the client certificate', async (_, words) => {
    const { code, stdout, stderr } = await run([...line, '--retry', '0', ...words], env(await strict()))
    // With TLS 1.3 the refusal comes after our first bytes.
    expect([6, 7]).toContain(code)
    expect(stdout).toBe('')
    expect(names).toEqual([])
    expect(stderr).toMatch(/client certificate|--cert\b/)
  })

  test.each([
    ['--cert alone', ['--cert', client.certFile]],
    ['--key alone', ['--key', client.keyFile]],
    ['garbage as certificate', ['--cert', client.keyFile, '--key', client.keyFile]],
    ['garbage as key', ['--cert', client.certFile, '--key', client.certFile]],
    ['the key of another', ['--cert', client.certFile, '--key', stranger.keyFile]],
    ['a key that is missing', ['--cert', client.certFile, '--key', '/nothing.key']],
  ])('%s: exit 14', async (_, words) => {
    const { code, stdout, stderr } = await run([...line, ...words], env(await strict()))
    expect({ code, stdout, states: statesIn(stderr) }).toEqual({ code: 14, stdout: '', states: [none] })
    expect(stderr).not.toContain('PRIVATE KEY')
    expect(names).toEqual([])
  })
})

describe('addresses (T103)', () => {
  const reply = (): ReturnType<typeof createPlain> =>
    createPlain((_, response) => {
      response
        .writeHead(201, { 'content-type': 'application/json' })
        .end('{"id":5,"status":"created","ref":"master"}')
    })
  const settings = (url: string): { env: Record<string, string> } => ({
    env: {
      GITLAB_TRIGGER_SERVER: url,
      GITLAB_TRIGGER_PROJECT: '9',
      GITLAB_TRIGGER_TOKEN: 'a-token-of-nobody',
    },
  })

  test('an IPv6 literal, http', async () => {
    const port = await listen(reply(), '::1')
    expect(await run('--ref master', settings(`http://[::1]:${port}`))).toMatchObject({
      code: 0,
      stdout: '5\n',
    })
  })

  test('an IPv6 literal, https', async () => {
    const server = createServer(good, (_, response) => response.writeHead(201).end('{"id":5,"ref":"master"}'))
    const port = await listen(server, '::1')
    const line = ['--ref', 'master', '--cacert', own.certFile]
    expect(await run(line, settings(`https://[::1]:${port}`))).toMatchObject({ code: 0, stdout: '5\n' })
  })

  test.each(['127.0.0.1', '::1'])('localhost, of which only %s listens', async (host) => {
    const port = await listen(reply(), host)
    const world = newWorld(settings(`http://localhost:${port}`))
    const { code, stdout, stderr } = await runIn(world, '--ref master --retry 0')
    // /etc/hosts may know one family only; then the other cannot be found.
    if (code === 6) expect(stderr).toMatch(/refused/)
    else expect({ code, stdout }).toEqual({ code: 0, stdout: '5\n' })
    if (host === '127.0.0.1') expect(code).toBe(0)
  })
})
