import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { trigger, wait } from '../../src/index.ts'
import { newAuthority } from '../helpers/certificates.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { failureOf } from '../helpers/library.ts'
import { startProxy, type TestProxy } from '../helpers/proxy.ts'
import { newFolder } from '../helpers/world.ts'

// How the functions of the library reach a server: through a proxy, with a client certificate.

const gitlab = useGitlab()
const folder = newFolder()
const own = newAuthority(folder.path, 'own')
const good = own.sign('good', 'IP:127.0.0.1')
const client = own.sign('client', 'DNS:client')
const stranger = newAuthority(folder.path, 'other').sign('stranger', 'DNS:client')
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})
afterAll(() => {
  folder.remove()
})

const order = { project: 9, ref: 'master', token: 'a-token-of-nobody', retry: 0 }

/** A server that wants a client certificate. */
async function strict(): Promise<string> {
  const server = createServer(
    { key: good.key, cert: good.cert, ca: own.cert, requestCert: true, rejectUnauthorized: true },
    (_, response) =>
      response
        .writeHead(201, { 'content-type': 'application/json' })
        .end('{"id":5,"status":"created","ref":"master"}'),
  )
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    return closed
  })
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('a client certificate is shown', async () => {
  const options = { ...order, server: await strict(), ca: own.cert, cert: client.cert, key: client.key }
  expect((await trigger(options)).id).toBe(5)
})

test('without one the error names the options', async () => {
  const error = await failureOf(trigger({ ...order, server: await strict(), ca: own.cert }))
  expect(['notReached', 'unknown']).toContain(error.exit)
  expect(`${error.message} ${error.hint}`).toMatch(/client certificate/)
})

test.each<[title: string, options: { cert?: string; key?: string }, says: string]>([
  ['cert alone', { cert: client.cert }, 'cert and key go together'],
  ['key alone', { key: client.key }, 'cert and key go together'],
  ['a key that is none', { cert: client.cert, key: client.cert }, 'key: it is not a private key'],
  [
    'the key of another',
    { cert: client.cert, key: stranger.key },
    'key: it is not that of the certificate in cert',
  ],
  [
    'a certificate that is none',
    { cert: 'x', key: client.key },
    'key: it is not that of the certificate in cert',
  ],
])('%s: refused before anything is sent', async (_, options, says) => {
  const error = await failureOf(trigger({ ...order, server: 'https://127.0.0.1:9', ...options }), client.key)
  expect({ message: error.message, exit: error.exit }).toEqual({ message: says, exit: 'usage' })
})

describe('a proxy', () => {
  const start = async (wants?: string): Promise<TestProxy> => {
    const proxy = await startProxy(wants === undefined ? {} : { wants })
    closing.push(() => proxy.close())
    return proxy
  }
  const ours = (): { server: string; token: string } => ({
    server: gitlab().url,
    token: gitlab().tokens.trigger,
  })

  test('is gone through, by trigger and by wait', async () => {
    const proxy = await start()
    const { id } = await trigger({ ...order, ...ours(), proxy: proxy.url })
    const { status } = await wait({
      ...{ server: gitlab().url, project: 9, pipeline: id, apiToken: gitlab().tokens.api },
      proxy: proxy.url,
    })
    expect(status).toBe('success')
    expect(proxy.requests[0]).toBe(`POST ${gitlab().url}/api/v4/projects/9/trigger/pipeline`)
    expect(proxy.requests.length).toBeGreaterThan(1)
  })

  test('its password is not in an error', async () => {
    const proxy = await start('Basic something-else')
    const url = proxy.url.replace('//', '//me:s3cretpassword@')
    await failureOf(trigger({ ...order, ...ours(), proxy: url }), 's3cretpassword')
  })

  test.each(['ftp://x', 'http://a b', ''])('that is none is refused: %j', async (proxy) => {
    const error = await failureOf(trigger({ ...order, ...ours(), proxy }))
    expect(error.message).toMatch(/^the option proxy: /)
    expect(gitlab().requests).toEqual([])
  })

  test('that refuses: what to do is said in words of the library', async () => {
    const proxy = await startProxy({ act: (socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n') })
    closing.push(() => proxy.close())
    const error = await failureOf(trigger({ ...order, server: 'https://127.0.0.1:9', proxy: proxy.url }))
    expect(error.hint).toContain('Without the option proxy it is reached directly.')
  })
})
