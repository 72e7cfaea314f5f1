import { request } from 'node:http'
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/server.ts'

/** The status and text that a request gets; its body is written in pieces of a mebibyte. */
function ask(
  url: string,
  { method = 'GET', headers = {}, mebibytes = 0 }: Ask = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text })
      })
    })
    sent.on('error', reject)
    const piece = Buffer.alloc(1024 * 1024, 'a')
    const write = (left: number): void => {
      if (left === 0) sent.end()
      else
        sent.write(piece, () => {
          write(left - 1)
        })
    }
    write(mebibytes)
  })
}

interface Ask {
  method?: string
  headers?: Record<string, string>
  mebibytes?: number
}

async function withSandbox(
  options: Partial<SandboxOptions>,
  use: (sandbox: Sandbox) => Promise<void>,
): Promise<void> {
  const sandbox = await startSandbox({ now: () => 0, ...options })
  try {
    await use(sandbox)
  } finally {
    await sandbox.close()
  }
}

// prettier-ignore
const hosts: readonly [host: string, status: number, options?: Partial<SandboxOptions>][] = [
  ['127.0.0.1', 200], ['127.0.0.1:80', 200], ['localhost:1234', 200], ['LOCALHOST', 200], ['[::1]:80', 200], ['127.8.9.1', 200],
  ['gitlab.example.com', 421], ['127.0.0.1.evil.example', 421], ['127.0.0.256', 421], ['localhost.evil.example:80', 421],
  ['gitlab', 200, { hosts: ['localhost', 'GitLab'] }], ['gitlab:8080', 200, { hosts: ['127.0.0.1', 'gitlab'] }], ['gitlab2', 421, { hosts: ['127.0.0.1', 'gitlab'] }],
  ['anything', 200, { hosts: ['127.0.0.1', '*'] }],
]

test.each(hosts)('Host: %s is answered %i', (host, status, options = {}) =>
  withSandbox(options, async ({ url, requests }) => {
    expect((await ask(`${url}/sandbox/version`, { headers: { host } })).status).toBe(status)
    expect((await ask(`${url}/api/v4/projects/10`, { headers: { host } })).status).toBe(status)
    expect(requests).toHaveLength(status === 200 ? 1 : 0)
  }),
)

// prettier-ignore
const sites: readonly [method: string, headers: Record<string, string>, isLetIn: boolean][] = [
  ['POST', {}, true],
  ['POST', { origin: 'http://localhost' }, true],
  ['POST', { 'sec-fetch-site': 'same-origin', origin: 'null' }, true],
  ['POST', { origin: 'http://localhost:81' }, false],
  ['POST', { origin: 'null' }, false],
  ['POST', { origin: 'https://evil.example' }, false],
  ['POST', { 'sec-fetch-site': 'cross-site' }, false],
  ['POST', { 'sec-fetch-site': 'same-site', origin: 'http://localhost' }, false],
  ['PUT', { 'sec-fetch-site': 'cross-site' }, false],
  ['DELETE', { 'sec-fetch-site': 'cross-site' }, false],
  ['GET', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, true],
]

test.each(sites)('%s with %j is let in: %p', (method, headers, isLetIn) =>
  withSandbox({}, async ({ url }) => {
    for (const path of ['/api/v4/projects/9', '/sandbox/faults', '/seed/app/-/triggers/41/revoke']) {
      const { status, text } = await ask(`${url}${path}`, {
        method,
        headers: { host: 'localhost', ...headers },
      })
      expect([path, text === 'Requests from other sites are refused.\n']).toEqual([path, !isLetIn])
      expect(status === 403).toBe(!isLetIn)
    }
  }),
)

test.each([
  ['with a length', { 'content-length': String(101 * 1024 * 1024) }],
  ['in chunks', { 'transfer-encoding': 'chunked' }],
])('a body above 100 MiB is refused, %s, and not kept', (_, headers) =>
  withSandbox({}, async ({ url, requests }) => {
    const path = '/api/v4/projects/9/trigger/pipeline'
    expect(await ask(`${url}${path}`, { method: 'POST', headers, mebibytes: 101 })).toEqual({
      status: 413,
      text: 'Request Entity Too Large\n',
    })
    expect(requests).toMatchObject([{ status: 413, body: { length: 0 } }])
    expect((await ask(`${url}/sandbox/faults`, { method: 'POST', headers, mebibytes: 101 })).status).toBe(413)
  }),
)

test('it listens where it is told to, and its address has the name that it is called by', () =>
  withSandbox({ listen: '127.0.0.2', hosts: ['gitlab.test'] }, async ({ url }) => {
    const { port, hostname } = new URL(url)
    expect(hostname).toBe('gitlab.test')
    expect((await ask(`http://127.0.0.2:${port}/sandbox/version`)).status).toBe(200)
    await expect(ask(`http://127.0.0.1:${port}/sandbox/version`)).rejects.toThrow('ECONNREFUSED')
  }))
