import { bareSession } from '../helpers/bare-session.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { rawServer } from '../helpers/raw-server.ts'
import { spawnShell } from '../helpers/spawn.ts'

describe('the real binary', () => {
  const gitlab = useGitlab()
  const env = (): Record<string, string> => ({
    GITLAB_TRIGGER_SERVER: gitlab().url,
    GITLAB_TRIGGER_PROJECT: '9',
    GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api,
  })

  test('| head -1 of a log without end: one line, silence, exit 0 (T71)', async () => {
    gitlab().script('master', {
      by: 'clock',
      jobs: [{ name: 'big', stage: 'test', log: { bytes: 1_000_000_000 } }],
    })
    gitlab().addPipeline()
    const line = '{ $CLIENT logs 4711 --job big; echo "code $?" >&2; } | head -1'
    const done = await spawnShell(line, { env: env() })
    expect(done).toMatchObject({
      code: 0,
      stdout: 'Running with gitlab-runner 18.9.0 (sandbox)\n',
      stderr: 'code 0\n',
    })
  })

  test('a full disk (T73)', async () => {
    gitlab().addPipeline()
    const done = await spawnShell('$CLIENT logs 4711 > /dev/full', { env: env() })
    expect(done.code).toBe(11)
    expect(done.stderr).toContain('could not be written')
    expect(done.stderr).not.toMatch(/^ +at /m)
  })
})

/** Reads a body, each piece only when whatever else is under way has happened: then undici's parser is paused when the connection ends. */
async function readSlowly(url: string): Promise<number> {
  const session = bareSession(url)
  try {
    const opened = await session.open({ policy: 'read', method: 'GET', url: `${url}/x`, headers: {} })
    if (opened.kind !== 'open') throw new Error(opened.kind)
    let length = 0
    for await (const piece of opened.body) {
      length += piece.length
      for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    }
    return length
  } finally {
    session.close()
  }
}

describe('a server that closes the connection behind a log that is read slowly', () => {
  // Which of them meet a paused parser depends on how the system cuts them.
  const sizes = [131_072, 180_000, 200_000, 300_000, 1_000_000, 3_200_000]
  test.each<[what: string, head: (size: number) => string]>([
    ['and says so', (size) => `Content-Length: ${size}\r\nConnection: close\r\n`],
    ['and does not say so', (size) => `Content-Length: ${size}\r\n`],
    ['and that is its end', () => 'Connection: close\r\n'],
  ])('%s: all of it arrives', async (_, head) => {
    for (const size of sizes) {
      const server = await rawServer((socket, __, isWhole) => {
        if (!isWhole) return
        socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n${head(size)}\r\n`)
        socket.end(Buffer.alloc(size, 'x'))
      })
      expect(await readSlowly(server.url)).toBe(size)
      await server.close()
    }
  })
})
