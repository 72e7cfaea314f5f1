import { createServer } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { Duplex } from 'node:stream'
import { explainConnectionFailure } from '../../src/http/explain-failure.ts'
import type { TransportOptions } from '../../src/http/connect.ts'
import { send } from '../../src/http/send.ts'
import { bareSession } from '../helpers/bare-session.ts'
import { newAuthority } from '../helpers/certificates.ts'
import { startProxy } from '../helpers/proxy.ts'
import { rawServer } from '../helpers/raw-server.ts'
import { newFolder } from '../helpers/world.ts'

const signal = new AbortController().signal
const get = { policy: 'read', method: 'GET', headers: {} } as const
const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'
const tooLarge = { code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' }

/** Writes `start`, then `chunk` forever, as fast as it is taken. */
function pour(socket: Duplex, start: string, chunk: string): void {
  const next = (): void => {
    while (!socket.destroyed) {
      if (socket.write(chunk)) continue
      socket.once('drain', next)
      return
    }
  }
  socket.on('error', () => undefined).write(start)
  next()
}

const long = 'x'.repeat(65_536)

// prettier-ignore
const rows: [what: string, start: string, chunk: string][] = [
  ['a status line', 'HTTP/1.1 200 ', long],
  ['blank lines', '', '\r\n'.repeat(1000)],
  ['interim responses', '', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1000)],
  ['spaces before a header', 'HTTP/1.1 200 OK\r\nx:', ' '.repeat(65_536)],
  ['spaces before a trailer', `${head}0\r\nx:`, ' '.repeat(65_536)],
  ['a chunk extension', `${head}1;`, long],
  ['an extension for each byte', head, `1;${long}\r\nx\r\n`],
  ['the length of a chunk', head, '0'.repeat(65_536)],
]

test.each(rows)('without an end, %s ends the response', async (_, start, chunk) => {
  const server = await rawServer((socket, request) => {
    if (request.length > 0) pour(socket, start, chunk)
  })
  const outcome = await send({ ...get, url: server.url }, {}, signal)
  await server.close()
  expect(outcome.error).toMatchObject(tooLarge)
})

test('the same through TLS', async () => {
  const folder = newFolder()
  const { key, cert } = newAuthority(folder.path, 'ca').sign('server', 'IP:127.0.0.1')
  const server = createTlsServer({ key, cert }, (socket) => {
    socket.once('data', () => {
      pour(socket, 'HTTP/1.1 200 ', long)
    })
  })
  const url = await listening(server)
  const outcome = await send({ ...get, url: url.replace('http', 'https') }, { insecure: true }, signal)
  server.close()
  folder.remove()
  expect(outcome).toMatchObject({ kind: 'no answer', error: tooLarge, isSent: true })
})

test("a proxy's response to CONNECT", async () => {
  const proxy = await startProxy({
    act: (socket) => {
      pour(socket, 'HTTP/1.1 200 ', long)
    },
  })
  const way: TransportOptions = { proxy: { url: proxy.url, authorization: undefined } }
  const outcome = await send({ ...get, url: 'https://gitlab.invalid' }, way, signal)
  await proxy.close()
  expect(outcome).toMatchObject({ kind: 'no answer', isSent: false })
  expect(explainConnectionFailure(outcome.error).what).toMatch(/proxy/)
})

/** Starts a server on a free port; resolves with its URL. */
async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('content of any length is no overhead, a byte in each chunk and a slow reader neither', async () => {
  const bytes = 1_500_000
  const server = await rawServer((socket, request) => {
    if (request.length > 0) socket.end(`${head}${'1\r\nx\r\n'.repeat(bytes)}0\r\n\r\n`)
  })
  const session = bareSession(server.url)
  const opened = await session.open({ ...get, url: server.url })
  let length = 0
  if (opened.kind === 'open') {
    for await (const piece of opened.body) {
      if (length % 100_000 === 0) await new Promise((resolve) => setTimeout(resolve, 10))
      length += piece.length
    }
  }
  session.close()
  await server.close()
  expect(length).toBe(bytes)
})

test('on a kept connection each response has its own limit, and leaves nothing behind', async () => {
  const server = createServer((_, response) => response.end('x'.repeat(400_000)))
  const url = await listening(server)
  const session = bareSession(url)
  const warnings: Error[] = []
  const note = (warning: Error): number => warnings.push(warning)
  process.on('warning', note)
  for (let count = 0; count < 20; count += 1) {
    expect(await session.send({ ...get, url })).toMatchObject({ kind: 'answer', isComplete: true })
  }
  await new Promise(setImmediate)
  process.off('warning', note)
  session.close()
  server.close()
  expect(warnings).toEqual([])
})
