import type { Socket } from 'node:net'
import { rawServer, type RawServer } from '../helpers/raw-server.ts'
import { idLost, none, statesIn, unknown } from '../helpers/pipeline-sentences.ts'
import { spawnClient, spawnShell } from '../helpers/spawn.ts'

const env = { GITLAB_TRIGGER_TOKEN: 'glptt-0123456789abcdef' }
const target = (url: string): string[] => ['-s', url, '-p', '9', '-r', 'master']
const head = 'HTTP/1.1 201 Created\r\ncontent-type: application/json\r\n'

let server: RawServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

/** Writes the bytes one by one, each as soon as the last is out, and then the last one forever. */
function drip(socket: Socket, text: string): void {
  let at = 0
  const next = (): void => {
    if (socket.destroyed) return
    const byte = text[Math.min(at, text.length - 1)] ?? ' '
    at += 1
    socket.write(byte, () => setImmediate(next))
  }
  next()
}

describe('the process ends by itself at the time limit (T38, T80, T81)', () => {
  const limits = ['500ms', '5s', '30s']
  /** What is true in each phase, in order. */
  const phases = [none, unknown, idLost]
  type Act = (socket: Socket, request: Buffer, isWhole: boolean) => void
  // prettier-ignore
  const rows: [name: string, scheme: string, act: Act, exit: number, state: string][] = [
    ['silence at the TLS handshake', 'https', () => undefined, 6, none],
    ['half a TLS answer', 'https', (socket, request) => { if (request.length > 0) socket.write(Buffer.from([0x16, 3, 3])) }, 6, none],
    ['a CONNECT without an answer', 'proxy', () => undefined, 6, none],
    ['a CONNECT with half an answer', 'proxy', (socket, request) => { if (request.length > 0) socket.write('HTTP/1.1 200') }, 6, none],
    ['a CONNECT with endless headers', 'proxy', (socket, _, isWhole) => { if (isWhole) drip(socket, 'HTTP/1.1 200 OK\r\nX: ab') }, 6, none],
    ['a tunnel in which nobody speaks TLS', 'proxy', (socket, request) => { if (request.toString('latin1').endsWith('\r\n\r\n')) socket.write('HTTP/1.1 200 OK\r\n\r\n') }, 6, none],
    ['silence after the request', 'http', () => undefined, 7, unknown],
    ['half a status line', 'http', (socket, _, isWhole) => { if (isWhole) socket.write('HTTP/1.') }, 7, unknown],
    ['a head byte by byte', 'http', (socket, _, isWhole) => { if (isWhole) drip(socket, 'HTTP/1.1 201 Created\r\nX: a') }, 7, unknown],
    ['a body without an end', 'http', (socket, _, isWhole) => { if (isWhole) socket.write(`${head}content-length: 99\r\n\r\n{`) }, 7, idLost],
    ['a body byte by byte', 'http', (socket, _, isWhole) => { if (isWhole) drip(socket, `${head}content-length: 999999\r\n\r\n{ `) }, 7, idLost],
  ]
  async function expectEnd(
    name: string,
    words: readonly string[],
    exit: number,
    state: string,
  ): Promise<void> {
    for (const [at, limit] of limits.entries()) {
      const line = [...words, '--timeout', limit, '--retry', '0']
      const { code, signal, stdout, stderr } = await spawnClient(line, { env })
      const end = { code, signal, stdout, states: statesIn(stderr) }
      // On a machine that is too busy the limit ends in an earlier phase, which the message says. Then it has more time.
      const isEarly = at < limits.length - 1 && phases.indexOf(end.states[0] ?? '') < phases.indexOf(state)
      if (isEarly) continue
      expect(end).toEqual({ code: exit, signal: null, stdout: '', states: [state] })
      if (at > 0) console.warn(`${name}: not in time within ${limits.slice(0, at).join(', ')}`)
      expect(stderr).toMatch(/0\.5 s|5 s|30 s|broke off|too many headers|nothing usable/)
      return
    }
  }
  // Side by side, since they mostly wait.
  test.concurrent.each(rows)('%s', async (name, scheme, act, exit, state) => {
    const own = await rawServer(act)
    const to = scheme === 'proxy' ? 'https://127.0.0.1:9' : own.url.replace('http', scheme)
    const proxy = scheme === 'proxy' ? ['--proxy', own.url] : []
    try {
      await expectEnd(name, [...target(to), ...proxy], exit, state)
    } finally {
      await own.close()
    }
  })

  test('a proxy that closes each CONNECT is asked as often as --retry says, not more', async () => {
    server = await rawServer((socket, request) => {
      if (request.length > 0) socket.end()
    })
    const words = [
      ...target('https://127.0.0.1:9'),
      '--timeout',
      '60s',
      '--retry',
      '1',
      '--proxy',
      server.url,
    ]
    const { code, stderr } = await spawnClient(words, { env })
    expect({ code, states: statesIn(stderr), tries: server.received.length }).toEqual({
      code: 6,
      states: [none],
      tries: 2,
    })
  })

  test('a journal folder that cannot be created (T76): 14, and no hanging', async () => {
    server = await rawServer(() => undefined)
    const line = `timeout -s KILL 100 $CLIENT ${target(server.url).join(' ')} --once K --timeout 1s`
    const { code, stderr } = await spawnShell(line, { env: { ...env, XDG_STATE_HOME: '/proc/nothing' } })
    expect({ code, states: statesIn(stderr) }).toEqual({ code: 14, states: [none] })
    expect(server.received).toEqual([])
  })
})

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s ends the process: %i (T105-T108)', (signal, exit) => {
  // prettier-ignore
  const rows: [phase: string, scheme: string, text: string, state: string][] = [
    ['in the TLS handshake', 'https', '', none],
    ['in CONNECT', 'proxy', '', none],
    ['waiting for the answer', 'http', '', unknown],
    ['within the head', 'http', 'HTTP/1.1 2', unknown],
  ]
  test.each(rows)('%s', async (_, scheme, text, state) => {
    let pid = 0
    server = await rawServer((socket, request, isWhole) => {
      if (request.length === 0 || (scheme === 'http' && !isWhole)) return
      if (text !== '') socket.write(text)
      process.kill(pid, signal)
    })
    const to = scheme === 'proxy' ? 'https://127.0.0.1:9' : server.url.replace('http', scheme)
    const proxy = scheme === 'proxy' ? ['--proxy', server.url] : []
    const done = await spawnClient([...target(to), ...proxy], { env, started: (number) => (pid = number) })
    expect(done).toMatchObject({ code: exit, signal: null, stdout: '' })
    expect(statesIn(done.stderr)).toEqual([state])
    expect(done.stderr).not.toMatch(/^ +at /m)
  })

  test('in the pause before another try: no build', async () => {
    let pid = 0
    server = await rawServer((socket, _, isWhole) => {
      if (!isWhole) return
      socket.end('HTTP/1.1 429 Slow\r\nretry-after: 60\r\ncontent-length: 0\r\n\r\n', () =>
        process.kill(pid, signal),
      )
    })
    const done = await spawnClient(target(server.url), { env, started: (number) => (pid = number) })
    expect(done).toMatchObject({ code: exit, stdout: '' })
    expect(statesIn(done.stderr)).toEqual([none])
    expect(server.received).toHaveLength(1)
  })

  test('twice: ends at once (T108)', async () => {
    let pid = 0
    server = await rawServer((_, __, isWhole) => {
      if (!isWhole) return
      process.kill(pid, signal)
      process.kill(pid, signal)
    })
    const done = await spawnClient(target(server.url), { env, started: (number) => (pid = number) })
    // The second one may come when Node has already put its handlers away; a shell calls both ends the same.
    const status = done.code ?? (done.signal === signal ? exit : null)
    expect({ status, stdout: done.stdout }).toEqual({ status: exit, stdout: '' })
  })
})
