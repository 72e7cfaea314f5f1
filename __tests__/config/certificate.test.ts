import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { TLSSocket } from 'node:tls'
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts'
import { newLeaf } from '../helpers/certificates.ts'
import { expectRefusalMessage } from '../helpers/refusal-message.ts'
import { posts } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'
import { newFolder, start } from '../helpers/world.ts'

const folder = newFolder()
const trusted = newLeaf(folder.path, 'trusted')
const stranger = newLeaf(folder.path, 'stranger')
afterAll(() => {
  folder.remove()
})

const home = useHome()
let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox({ now: () => start, paceMs: 0, tls: trusted })
})
afterEach(() => sandbox.close())

const canary = 'c4n4ry'
const pem = (name: string, text: string, mode = 0o600): string =>
  home().write(`home/.config/gitlab-trigger/${name}`, text, mode)
const write = (...lines: string[]): string =>
  home().config(serverYaml(sandbox, `token: ${sandbox.tokens.trigger}`, ...lines))
const typed = (more = '', env: Record<string, string> = {}): Promise<Result> =>
  run(`--project 9 --ref master ${more}`.trim(), home().world({ env }))

async function expectRefused(done: Promise<Result>, code: number, ...says: string[]): Promise<void> {
  const { stdout, stderr, ...result } = await done
  for (const part of says) expect(stderr).toContain(part)
  expect({ code: result.code, stdout }).toEqual({ code, stdout: '' })
  expectRefusalMessage(stderr)
  expect(stderr).not.toContain(canary)
}

describe('caFile of a server (T36)', () => {
  test.each<[name: string, line: () => string]>([
    ['relative to the config', () => 'caFile: company.pem'],
    ['with ~/', () => 'caFile: ~/.config/gitlab-trigger/company.pem'],
    ['the whole path', () => `caFile: ${pem('other.pem', trusted.ca)}`],
  ])('%s', async (_, line) => {
    pem('company.pem', trusted.ca, 0o644)
    write(line())
    expect(await typed()).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
    expect(posts(sandbox)).toHaveLength(1)
  })

  test('among others, and for the reads of --jobs', async () => {
    pem('company.pem', `${stranger.ca}\n${trusted.ca}`)
    write('caFile: company.pem', `apiToken: ${sandbox.tokens.api}`)
    expect(await typed('--jobs')).toMatchObject({ code: 0 })
  })

  test.each<[name: string, line: () => string]>([
    ['without it', () => 'api: v4'],
    ['of another authority', () => `caFile: ${pem('stranger.pem', stranger.ca)}`],
  ])('%s nothing is sent', async (_, line) => {
    write(line())
    await expectRefused(typed(), 6, 'certificate')
    expect(sandbox.requests).toEqual([])
  })

  test('is not used for another server', async () => {
    const other = await startSandbox({ now: () => start, paceMs: 0, tls: trusted })
    try {
      pem('company.pem', trusted.ca)
      write('caFile: company.pem')
      const env = { GITLAB_TRIGGER_TOKEN: other.tokens.trigger }
      await expectRefused(typed(`--server ${other.url}`, env), 6, 'certificate')
      expect(other.requests).toEqual([])
    } finally {
      await other.close()
    }
  })

  test('over that of the runner', async () => {
    pem('company.pem', trusted.ca)
    write('caFile: company.pem')
    const env = { GITLAB_CI: 'true', CI_SERVER_URL: sandbox.url, CI_SERVER_TLS_CA_FILE: 'missing' }
    expect(await typed('', env)).toMatchObject({ code: 0 })
  })

  test.each<[name: string, text: string | undefined]>([
    ['missing', undefined],
    ['empty', ''],
    ['garbage', canary],
    ['a key', trusted.key],
    ['cut off', trusted.ca.slice(0, 200)],
    ['one good, one garbage', `${trusted.ca}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`],
  ])('that cannot be used: %s', async (_, text) => {
    if (text !== undefined) pem('company.pem', text)
    const path = write('caFile: company.pem')
    await expectRefused(typed(), 14, `${path}:6`, 'company.pem')
    expect(sandbox.requests).toEqual([])
  })
})

describe('certFile and keyFile of a server', () => {
  /** A server that lets in clients with a certificate of `trusted`, and reports its name only. */
  let server: Server
  let names: string[]
  beforeEach(async () => {
    names = []
    const options = { key: trusted.key, cert: trusted.cert, ca: trusted.ca, requestCert: true }
    server = createServer({ ...options, rejectUnauthorized: true }, (request, response) => {
      if (request.socket instanceof TLSSocket)
        names.push(String(request.socket.getPeerCertificate().subject.CN))
      response.writeHead(201, { 'content-type': 'application/json' })
      response.end('{"id": 7, "status": "created", "ref": "master"}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterEach(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })

  const url = (): string => `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const entry = (...lines: string[]): string =>
    home().config(
      serverYaml({ url: url() }, 'token: a-token-of-nobody', 'caFile: ca.pem', 'api: v4', ...lines),
    )
  beforeEach(() => {
    pem('ca.pem', trusted.ca)
    pem('me.pem', trusted.cert)
    pem('me.key', trusted.key)
    pem('stranger.pem', stranger.cert)
    pem('stranger.key', stranger.key)
    pem('garbage', canary)
  })

  test('say who we are', async () => {
    entry('certFile: me.pem', 'keyFile: me.key')
    expect(await typed()).toMatchObject({ code: 0, stdout: '7\n', stderr: '' })
    expect(names).toEqual(['leaf-of-trusted'])
  })

  test('without them the server does not let us in', async () => {
    entry()
    expect((await typed()).code).not.toBe(0)
    expect(names).toEqual([])
  })

  const bad: [lines: string[], says: string[]][] = [
    [['certFile: me.pem'], ['keyFile']],
    [['keyFile: me.key'], ['certFile']],
    [
      ['certFile: missing', 'keyFile: me.key'],
      ['missing', ':8'],
    ],
    [
      ['certFile: me.pem', 'keyFile: missing'],
      ['missing', ':9'],
    ],
    [
      ['certFile: garbage', 'keyFile: me.key'],
      ['garbage', ':8'],
    ],
    [
      ['certFile: me.pem', 'keyFile: garbage'],
      ['garbage', ':9'],
    ],
    [
      ['certFile: me.pem', 'keyFile: me.pem'],
      ['me.pem', ':9'],
    ],
    [
      ['certFile: me.key', 'keyFile: me.key'],
      ['me.key', ':8'],
    ],
    [['certFile: me.pem', 'keyFile: stranger.key'], ['stranger.key']],
  ]
  test.each(bad)('%j is refused', async (lines, says) => {
    const path = entry(...lines)
    await expectRefused(typed(), 14, path, ...says)
    expect(names).toEqual([])
  })

  test.each([0o644, 0o604])('a key of mode %o is refused: it is a secret', async (mode) => {
    const path = pem('me.key', trusted.key, mode)
    entry('certFile: me.pem', 'keyFile: me.key')
    await expectRefused(typed(), 14, path, `0${mode.toString(8)}`)
    expect(names).toEqual([])
  })
})
