import { channel } from 'node:diagnostics_channel'
import { rawServer, type RawServer, type Script } from './helpers/raw-server.ts'
import { run, runIn } from './helpers/run.ts'
import { idLost, none, statesIn, unknown } from './helpers/sentences.ts'
import { newWorld, type World, type WorldOptions } from './helpers/world.ts'

const settings = (url: string): WorldOptions => ({
  env: { GITLAB_TRIGGER_SERVER: url, GITLAB_TRIGGER_PROJECT: '9', GITLAB_TRIGGER_TOKEN: 'a-token-of-nobody' },
})
const head = 'HTTP/1.1 201 Created\r\ncontent-type: application/json\r\n'
const limit = 90_000

/** What a server does in a world: once the whole request has come, unless it says otherwise. */
type Act = (socket: Parameters<Script>[0], world: World) => void
const whole =
  (act: Act) =>
  (world: World): Script =>
  (socket, _, isWhole) => {
    if (isWhole) act(socket, world)
  }

/** Calls `then` when the head of the next answer has been read: its body is waited for then. */
function onceHeadIsRead(then: () => void): void {
  const heads = channel('undici:request:headers')
  const onHead = (): void => {
    heads.unsubscribe(onHead)
    setImmediate(then)
  }
  heads.subscribe(onHead)
}

const servers: RawServer[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())))

async function against(scriptFor: (world: World) => Script, line = '--ref master', scheme = 'http') {
  const options = settings('')
  const world = newWorld(options)
  const server = await rawServer(scriptFor(world))
  servers.push(server)
  options.env!['GITLAB_TRIGGER_SERVER'] = server.url.replace('http', scheme)
  return { server, ...(await runIn(world, line)) }
}

describe('nothing was sent: exit 6, safe to run again', () => {
  const tls =
    (act: Act) =>
    (world: World): Script =>
    (socket, request) => {
      if (request.length > 0) act(socket, world)
    }

  test('refused', async () => {
    const server = await rawServer(() => undefined)
    await server.close()
    const { code, stdout, stderr } = await run('--ref master', settings(server.url))
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' })
    expect(stderr).toMatch(/refused/)
    expect(stderr).toContain(server.url)
    expect(statesIn(stderr)).toEqual([none])
  })

  test('unknown host (T55)', async () => {
    const { code, stderr } = await run('--ref master --allow-http', settings('http://no-such-host.invalid'))
    expect(code).toBe(6)
    expect(stderr).toMatch(/no such host|could not be looked up/)
    expect(stderr).toContain('no-such-host.invalid')
    expect(statesIn(stderr)).toEqual([none])
  })

  const rows: [name: string, scriptFor: (world: World) => Script, says: RegExp][] = [
    [
      'a TLS handshake without an answer (T38, T81)',
      tls((_, world) => {
        world.advance(limit)
      }),
      /time limit of 90 s/,
    ],
    ['a reset in the TLS handshake (T57)', tls((socket) => socket.resetAndDestroy()), /reset|closed/],
    ['a FIN in the TLS handshake', tls((socket) => socket.end()), /reset|closed/],
    [
      'https to an http port (T34)',
      tls((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
      /TLS[\s\S]*http/,
    ],
  ]
  test.each(rows)('%s', async (_, scriptFor, says) => {
    const { code, stdout, stderr } = await against(scriptFor, '--ref master', 'https')
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' })
    expect(statesIn(stderr)).toEqual([none])
    expect(stderr).toMatch(says)
  })

  test('an error of several addresses has words too (AggregateError)', async () => {
    const server = await rawServer(() => undefined)
    await server.close()
    const { code, stderr } = await run('--ref master', settings(server.url.replace('127.0.0.1', 'localhost')))
    expect(code).toBe(6)
    expect(stderr).toMatch(/refused/)
  })
})

describe('a reset at accept (T56)', () => {
  test('is told as what it was: unsent or unknown', async () => {
    const { code, stdout, stderr, server } = await against(() => (socket) => socket.resetAndDestroy())
    expect(stdout).toBe('')
    expect(server.received).toHaveLength(1)
    expect([6, 7]).toContain(code)
    expect(statesIn(stderr)).toEqual([code === 6 ? none : unknown])
  })
})

describe('the request went out, and no usable answer came: exit 7', () => {
  const drip = (socket: Parameters<Script>[0], world: World): void => {
    for (const byte of 'HTTP/1.1 2') {
      socket.write(byte)
      world.advance(limit / 10)
    }
  }
  const rows: [name: string, scriptFor: (world: World) => Script, state: string][] = [
    ['reset after everything (T59)', whole((socket) => socket.resetAndDestroy()), unknown],
    ['FIN after everything (T59)', whole((socket) => socket.end()), unknown],
    [
      'silence until the deadline (T60)',
      whole((_, world) => {
        world.advance(limit)
      }),
      unknown,
    ],
    [
      'one byte, then silence (T80)',
      whole((socket, world) => {
        socket.write('H', () => {
          world.advance(limit)
        })
      }),
      unknown,
    ],
    ['a byte now and then (T80)', whole(drip), unknown],
    ['half a status line (T61)', whole((socket) => socket.end('HTTP/1.1 20')), unknown],
    ['a status line and no more', whole((socket) => socket.end(head)), unknown],
    ['another protocol (T61)', whole((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')), unknown],
    ['a forbidden byte in a header', whole((socket) => socket.end(`${head}x: \x1b[31m\r\n\r\n`)), unknown],
    [
      '100 Continue for ever (T61)',
      whole((socket) => socket.end('HTTP/1.1 100 Continue\r\n\r\n'.repeat(500))),
      unknown,
    ],
    [
      'huge headers (T61)',
      whole((socket) => socket.end(`${head}x: ${'a'.repeat(300_000)}\r\n\r\n`)),
      unknown,
    ],
    [
      'a 200 of too much (T79)',
      whole((socket) => socket.end(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(2 ** 21)}`)),
      unknown,
    ],
    [
      '201, body cut by FIN (T62)',
      whole((socket) => socket.end(`${head}content-length: 99\r\n\r\n{"id":4711`)),
      idLost,
    ],
    [
      '201, body cut by a reset (T62)',
      whole((socket) => {
        socket.write(`${head}content-length: 99\r\n\r\n{"id":4711,`, () => socket.resetAndDestroy())
      }),
      idLost,
    ],
    [
      '201, whole but shorter than said',
      whole((socket) => socket.end(`${head}content-length: 99\r\n\r\n{"id":4711}`)),
      idLost,
    ],
    [
      '201, body never ends (T62)',
      whole((socket, world) => {
        socket.write(`${head}content-length: 99\r\n\r\n{"id":`, () =>
          setImmediate(() => {
            world.advance(limit)
          }),
        )
      }),
      idLost,
    ],
    [
      '201, a chunk without an end (T62)',
      whole((socket) => socket.end(`${head}transfer-encoding: chunked\r\n\r\n9\r\n{"id":47`)),
      idLost,
    ],
    [
      '201 over 1 MiB, by length (T79)',
      whole((socket) =>
        socket.end(`${head}content-length: ${2 ** 21}\r\n\r\n{"id":4711}${' '.repeat(2 ** 21 - 11)}`),
      ),
      idLost,
    ],
    [
      '201 over 1 MiB, chunked (T79)',
      whole((socket) =>
        socket.write(`${head}transfer-encoding: chunked\r\n\r\n200000\r\n${' '.repeat(2 ** 21)}`),
      ),
      idLost,
    ],
  ]
  test.each(rows)('%s', async (_, scriptFor, state) => {
    const { code, stdout, stderr, server } = await against(scriptFor)
    expect({ code, stdout }).toEqual({ code: 7, stdout: '' })
    expect(statesIn(stderr)).toEqual([state])
    expect(stderr).toMatch(/pipelines\?source=trigger&ref=master$/m)
    // Not "no answer came" about an answer that came.
    expect(stderr).not.toMatch(/no answer came: the answer|undefined|HPE_|UND_ERR/)
    expect(server.received).toHaveLength(1)
    expect(server.received[0]!.toString()).toMatch(/^POST \/api\/v4\/projects\/9\/trigger\/pipeline HTTP/)
  })

  test.each([
    ['after the head', 0],
    ['after a part of the body', 100_000],
  ])('reset %s (T58)', async (_, enough) => {
    const line = ['--ref', 'master', '--var', `BIG=${'x'.repeat(4_000_000)}`]
    const options = settings('')
    const server = await rawServer((socket, request) => {
      if (request.length > enough) socket.resetAndDestroy()
    })
    servers.push(server)
    options.env!['GITLAB_TRIGGER_SERVER'] = server.url
    const { code, stdout, stderr } = await run(line, options)
    expect({ code, stdout }).toEqual({ code: 7, stdout: '' })
    expect(statesIn(stderr)).toEqual([unknown])
    expect(server.received).toHaveLength(1)
  })

  test('a refusal whose body never ends is a refusal all the same', async () => {
    const { code, stderr } = await against(
      whole((socket, world) => {
        socket.write('HTTP/1.1 404 Not Found\r\ncontent-length: 99\r\n\r\n{"mess', () =>
          setImmediate(() => {
            world.advance(limit)
          }),
        )
      }),
      '--ref master --api v4',
    )
    expect(code).toBe(4)
    expect(statesIn(stderr)).toEqual([none])
  })

  test('bytes that are not UTF-8 do no harm (T83)', async () => {
    const body = Buffer.from([0x77, 0xff, 0xfe, 0x80, 0x6f])
    const { code, stderr } = await against(
      whole((socket) =>
        socket.end(Buffer.concat([Buffer.from('HTTP/1.1 400 No\r\ncontent-length: 5\r\n\r\n'), body])),
      ),
    )
    expect(code).toBe(5)
    expect(stderr).toMatch(/400: w\uFFFD+o$/m)
  })
})

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s', (signal, exit) => {
  test('before anything: no build (T105)', async () => {
    const options = settings('')
    const server = await rawServer(() => undefined)
    servers.push(server)
    options.env!['GITLAB_TRIGGER_SERVER'] = server.url
    const world = newWorld(options)
    world.interrupt(signal)
    const { code, stdout, stderr } = await runIn(world, '--ref master')
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' })
    expect(statesIn(stderr)).toEqual([none])
    expect(server.received.join('')).toBe('')
  })

  test('while connecting: no build (T105)', async () => {
    const { code, stdout, stderr } = await against(
      (world) => (_, request) => {
        if (request.length > 0) world.interrupt(signal)
      },
      '--ref master',
      'https',
    )
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' })
    expect(statesIn(stderr)).toEqual([none])
    expect(stderr).toContain(signal)
  })

  test('while waiting for the answer: perhaps a build, and how to check (T106)', async () => {
    const { code, stdout, stderr, server } = await against(
      whole((_, world) => {
        world.interrupt(signal)
      }),
    )
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' })
    expect(statesIn(stderr)).toEqual([unknown])
    expect(stderr).toContain(signal)
    expect(stderr).toMatch(/pipelines\?source=trigger&ref=master$/m)
    expect(server.received).toHaveLength(1)
  })

  test.each([
    ['201 Created', idLost],
    ['400 Bad Request', none],
    ['502 Bad Gateway', unknown],
  ])('while the body of a %s comes', async (status, state) => {
    const { code, stdout, stderr } = await against(
      whole((socket, world) => {
        socket.write(`HTTP/1.1 ${status}\r\ncontent-length: 99\r\n\r\n{"id":`, () =>
          setImmediate(() => {
            world.interrupt(signal)
          }),
        )
      }),
    )
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' })
    expect(statesIn(stderr)).toEqual([state])
  })
})
