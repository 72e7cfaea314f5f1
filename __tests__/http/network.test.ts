import {
  runAgainst,
  onFirstBytes,
  closedPortUrl,
  environmentFor,
  stallAfterHead,
  onWholeRequest,
  type ScriptIn,
} from '../helpers/run-against.ts'
import { run } from '../helpers/run.ts'
import { idLost, none, statesIn, unknown } from '../helpers/pipeline-sentences.ts'
import type { World } from '../helpers/world.ts'

const head = 'HTTP/1.1 201 Created\r\ncontent-type: application/json\r\n'
const cut = `${head}content-length: 99\r\n\r\n`
const chunked = `${head}transfer-encoding: chunked\r\n\r\n`
const big = 2 ** 21

const pass90s = (world: World): void => {
  world.advance(90_000)
}
const reply = (text: string): ScriptIn => onWholeRequest((socket) => socket.end(text))

describe('nothing was sent: exit 6, safe to run again', () => {
  test.each(['127.0.0.1', 'localhost'])('refused by %s', async (host) => {
    const url = (await closedPortUrl()).replace('127.0.0.1', host)
    const { code, stdout, stderr } = await run('--ref master', environmentFor(url))
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' })
    expect(stderr).toMatch(/refused/)
    expect(stderr).toContain(url)
    expect(statesIn(stderr)).toEqual([none])
  })

  test('unknown host (T55)', async () => {
    const { code, stderr } = await run(
      '--ref master --allow-http',
      environmentFor('http://no-such-host.invalid'),
    )
    expect(code).toBe(6)
    expect(stderr).toMatch(/no such host|could not be looked up/)
    expect(stderr).toContain('no-such-host.invalid')
    expect(statesIn(stderr)).toEqual([none])
  })

  // prettier-ignore
  const rows: [name: string, script: ScriptIn, says: RegExp][] = [
    ['a TLS handshake without an answer (T38, T81)', onFirstBytes((_, world) => { pass90s(world) }), /time limit of 90 s/],
    ['a reset in the TLS handshake (T57)', onFirstBytes((socket) => socket.resetAndDestroy()), /reset|closed/],
    ['a FIN in the TLS handshake', onFirstBytes((socket) => socket.end()), /reset|closed/],
    ['https to an http port (T34)', onFirstBytes((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')), /TLS[\s\S]*http/],
  ]
  test.each(rows)('%s', async (_, script, says) => {
    const { code, stdout, stderr } = await runAgainst(script, '--ref master', 'https')
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' })
    expect(statesIn(stderr)).toEqual([none])
    expect(stderr).toMatch(says)
  })
})

test('a reset at accept is told as what it was: unsent or unknown (T56)', async () => {
  const { code, stdout, stderr, server } = await runAgainst(
    () => (socket) => socket.resetAndDestroy(),
    '--ref master --retry 0',
  )
  expect(stdout).toBe('')
  expect(server.received).toHaveLength(1)
  expect([6, 7]).toContain(code)
  expect(statesIn(stderr)).toEqual([code === 6 ? none : unknown])
})

describe('the request went out, and no usable answer came: exit 7', () => {
  // prettier-ignore
  const rows: [name: string, script: ScriptIn, state: string][] = [
    ['reset after everything (T59)', onWholeRequest((socket) => socket.resetAndDestroy()), unknown],
    ['FIN after everything (T59)', onWholeRequest((socket) => socket.end()), unknown],
    ['silence until the deadline (T60)', onWholeRequest((_, world) => { pass90s(world) }), unknown],
    ['one byte, then silence (T80)', onWholeRequest((socket, world) => { socket.write('H', () => { pass90s(world) }) }), unknown],
    ['a byte now and then (T80)', onWholeRequest((socket, world) => { for (const byte of 'HTTP/1.1 2') { socket.write(byte); world.advance(9000) } }), unknown],
    ['half a status line (T61)', reply('HTTP/1.1 20'), unknown],
    ['a head without an end', reply(head), unknown],
    ['another protocol (T61)', reply('SSH-2.0-OpenSSH_9.6\r\n'), unknown],
    ['a forbidden byte in a header', reply(`${head}x: \x1b[31m\r\n\r\n`), unknown],
    ['100 Continue for ever (T61)', reply('HTTP/1.1 100 Continue\r\n\r\n'.repeat(500)), unknown],
    ['huge headers (T61)', reply(`${head}x: ${'a'.repeat(300_000)}\r\n\r\n`), unknown],
    ['a 200 of too much (T79)', reply(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(big)}`), unknown],
    ['201, body cut by FIN (T62)', reply(`${cut}{"id":4711`), idLost],
    ['201, body cut by a reset (T62)', stallThenReset(`${cut}{"id":4711,`), idLost],
    ['201, shorter than said', reply(`${cut}{"id":4711}`), idLost],
    ['201, body never ends (T62)', stallAfterHead(`${cut}{"id":`, pass90s), idLost],
    ['201, chunk cut by FIN (T62)', reply(`${chunked}9\r\n{"id":47`), idLost],
    ['201, over 1 MiB by length (T79)', reply(`${head}content-length: ${big}\r\n\r\n{"id":4711}${' '.repeat(big - 11)}`), idLost],
    ['201, over 1 MiB in chunks (T79)', stallAfterHead(`${chunked}${big.toString(16)}\r\n${' '.repeat(big)}`, () => undefined), idLost],
  ]
  test.each(rows)('%s', async (_, script, state) => {
    const { code, stdout, stderr, server } = await runAgainst(script)
    expect({ code, stdout }).toEqual({ code: 7, stdout: '' })
    expect(statesIn(stderr)).toEqual([state])
    expect(stderr).toMatch(/projects\/9 or run: gitlab-trigger pipelines .*--ref master$/m)
    // No codes, and not "no answer came" about an answer that came.
    expect(stderr).not.toMatch(/no answer came: the answer|undefined|HPE_|UND_ERR/)
    expect(server.received).toHaveLength(1)
    expect(server.received[0]!.toString()).toMatch(/^POST \/api\/v4\/projects\/9\/trigger\/pipeline HTTP/)
  })

  test('100 Continue is named, which is why no answer can be read behind it', async () => {
    const { code, stderr } = await runAgainst(reply(`HTTP/1.1 100 Continue\r\n\r\n${cut}{"id":4711}`))
    expect(code).toBe(7)
    expect(stderr).toMatch(/the server sent 100 Continue, which was not asked for/)
    expect(stderr).not.toMatch(/speaks https|closed the connection/)
  })

  function stallThenReset(text: string): ScriptIn {
    return (world) => (socket, request, isWhole) => {
      stallAfterHead(text, () => socket.resetAndDestroy())(world)(socket, request, isWhole)
    }
  }

  test.each([
    ['after the head', 0],
    ['after a part of the body', 100_000],
  ])('reset %s (T58)', async (_, enough) => {
    const line = ['--ref', 'master', '--var', `BIG=${'x'.repeat(4_000_000)}`]
    const { code, stdout, stderr, server } = await runAgainst(
      () => (socket, request) => {
        if (request.length > enough) socket.resetAndDestroy()
      },
      line,
    )
    expect({ code, stdout }).toEqual({ code: 7, stdout: '' })
    expect(statesIn(stderr)).toEqual([unknown])
    expect(server.received).toHaveLength(1)
  })
})

test.each([
  ['404 Not Found', 4, none],
  ['302 Found', 5, none],
  ['422 Unprocessable', 3, idLost],
  ['500 Oops', 7, unknown],
])('a %s whose body never ends is one all the same', async (status, exit, state) => {
  const script = stallAfterHead(`HTTP/1.1 ${status}\r\ncontent-length: 99\r\n\r\n{"message`, pass90s)
  const { code, stdout, stderr } = await runAgainst(script, '--ref master --api v4')
  expect({ code, stdout }).toEqual({ code: exit, stdout: '' })
  expect(statesIn(stderr)).toEqual([state])
})

test('bytes that are not UTF-8 do no harm (T83)', async () => {
  const body = Buffer.from([0x77, 0xff, 0xfe, 0x80, 0x6f])
  const answer = Buffer.concat([Buffer.from('HTTP/1.1 400 No\r\ncontent-length: 5\r\n\r\n'), body])
  const { code, stderr } = await runAgainst(onWholeRequest((socket) => socket.end(answer)))
  expect(code).toBe(5)
  expect(stderr).toMatch(/400: w\uFFFD+o$/m)
})

test('a time limit of the user is the one that counts, and is named', async () => {
  const script = onWholeRequest((_, world) => {
    world.advance(4999)
    world.advance(1)
  })
  const { code, stderr } = await runAgainst(script, '--ref master --timeout 5s')
  expect(code).toBe(7)
  expect(stderr).toMatch(/time limit of 5 s/)
})
