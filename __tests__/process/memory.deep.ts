import { spawn } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { endless, pollsOf, spawnFollower, until } from '../helpers/follow-process.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { listen } from '../helpers/listen.ts'
import { peakOf, residentOf } from '../helpers/memory.ts'
import { made, statesIn } from '../helpers/pipeline-sentences.ts'
import { rawServer } from '../helpers/raw-server.ts'
import { launcher, spawnProgram } from '../helpers/spawn.ts'
import { newFolder } from '../helpers/world.ts'

// How much memory the real binary takes: with endless answers, long logs and long waits.

const megabyte = 1024 * 1024
const head = 'HTTP/1.1 201 Created\r\ncontent-type: application/json\r\n'

describe('an answer of any size: memory stays under 150 MB (T79)', () => {
  /** Writes the same forever, or `times` times, as fast as it is taken. */
  function pour(socket: Socket, start: string, chunk: string, times = Infinity): void {
    let count = 0
    const next = (): void => {
      while (count < times && !socket.destroyed) {
        count += 1
        if (!socket.write(chunk)) {
          socket.once('drain', next)
          return
        }
      }
    }
    socket.write(start)
    next()
  }
  const mb = 'x'.repeat(megabyte)
  // prettier-ignore
  const rows: [name: string, start: string, chunk: string, times: number][] = [
    ['a 201 of 1 GB', `${head}content-length: ${1024 ** 3}\r\n\r\n`, mb, 1024],
    ['endless chunks', `${head}transfer-encoding: chunked\r\n\r\n`, `100000\r\n${mb}\r\n`, Infinity],
    ['a 400 without an end', 'HTTP/1.1 400 Bad Request\r\n\r\n', mb, Infinity],
    ['a header without an end', `${head}x: `, mb, Infinity],
    ['headers without an end', head, 'a: bcdefghijklmnopqrstuvwxyz\r\n'.repeat(1000), Infinity],
    ['100 Continue without an end', '', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(1000), Infinity],
    ['a status line without an end', 'HTTP/1.1 201 ', mb, Infinity],
    ['blank lines without an end', '', '\r\n'.repeat(500_000), Infinity],
    ['a chunk extension without an end', `${head}transfer-encoding: chunked\r\n\r\n1;`, mb, Infinity],
    ['a chunk extension of 64 kB for each byte', `${head}transfer-encoding: chunked\r\n\r\n`, `1;${mb.slice(0, 65_536)}\r\nx\r\n`, Infinity],
    ['a chunk for each byte', `${head}transfer-encoding: chunked\r\n\r\n`, '1\r\nx\r\n'.repeat(100_000), Infinity],
  ]
  test.each(rows)('%s', async (_, start, chunk, times) => {
    const server = await rawServer((socket, __, isWhole) => {
      if (isWhole) pour(socket, start, chunk, times)
    })
    const folder = newFolder()
    const file = join(folder.path, 'time')
    const line = `--server ${server.url} --project 9 --ref master --timeout 60s`
    const measured = ['-f', '%M', '-o', file, process.execPath, launcher, ...line.split(' ')]
    const { code, stdout, stderr } = await spawnProgram('/usr/bin/time', measured, {
      env: { GITLAB_TRIGGER_TOKEN: 'glptt-0123456789abcdef' },
    })
    await server.close()
    const kilobytes = Number(readFileSync(file, 'utf8').trim().split('\n').at(-1))
    folder.remove()
    expect([5, 7]).toContain(code)
    expect(stdout).toBe('')
    expect(statesIn(stderr)).toHaveLength(1)
    expect(kilobytes).toBeGreaterThan(1000)
    expect(kilobytes).toBeLessThanOrEqual(150 * 1024)
  })
})

describe('a test report of any size: memory stays under 150 MB', () => {
  // prettier-ignore
  const rows: [megabytes: number, kilobytes: number, text: string][] = [
    [15, 18, 'a line of output\\n'], [15, 1, 'ü€😀'], [99, 18, 'a line of output\\n'],
  ]
  test.each(rows)('%i MB, of %i kB each: %s', async (megabytes, kilobytes, text) => {
    const output = text.repeat(Math.ceil((kilobytes * 1000) / Buffer.byteLength(text)))
    const count = Math.floor((megabytes * 1000) / kilobytes)
    const pipeline = { id: 4711, project_id: 9, ref: 'master', status: 'success' }
    const server = createServer((request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      if (!request.url?.endsWith('/test_report')) {
        response.end(JSON.stringify(request.url?.endsWith('/4711') ? pipeline : []))
        return
      }
      response.write('{"test_suites":[{"name":"unit","test_cases":[')
      let made = 0
      const pour = (): void => {
        while (made < count) {
          made += 1
          const end = made === count ? ']}]}' : ','
          if (!response.write(`{"name":"t","status":"failed","system_output":"${output}"}${end}`)) {
            response.once('drain', pour)
            return
          }
        }
        response.end()
      }
      pour()
    })
    const sockets = new Set<Socket>()
    server.on('connection', (socket) => sockets.add(socket))
    const { port, close } = await listen(server, sockets)
    const folder = newFolder()
    const [file, report] = [join(folder.path, 'time'), join(folder.path, 'report.xml')]
    const line = `wait 4711 --server http://127.0.0.1:${port} --project 9 --junit ${report}`
    const measured = ['-f', '%M', '-o', file, process.execPath, launcher, ...line.split(' ')]
    const { code, stderr } = await spawnProgram('/usr/bin/time', measured)
    await close()
    const kilobytesUsed = Number(readFileSync(file, 'utf8').trim().split('\n').at(-1))
    const written = statSync(report).size
    folder.remove()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(written).toBeGreaterThan(megabytes * 900_000)
    expect(kilobytesUsed).toBeGreaterThan(1000)
    expect(kilobytesUsed).toBeLessThanOrEqual(150 * 1024)
  })
})

describe('followed pipelines', () => {
  const gitlab = useGitlab({ now: Date.now, paceMs: 1000 })

  test('2,000 polls take hardly more memory than 600', async () => {
    gitlab().script('master', endless)
    const { pid, ended } = spawnFollower(gitlab(), 'run', '--wait')
    await until(() => pollsOf(gitlab()) >= 600)
    const early = residentOf(pid())
    await until(() => pollsOf(gitlab()) >= 2000)
    const late = residentOf(pid())
    process.kill(pid(), 'SIGTERM')
    expect(statesIn((await ended).stderr)).toEqual([made(4711)])
    if (process.platform !== 'linux') return
    expect(early).toBeGreaterThan(10_000_000)
    // What is collected when differs; looks that stayed, with their trees, would double it.
    expect(late).toBeLessThan(early * 1.5)
  })

  test('a log of 1 GB through a slow pipe, in constant memory (G10)', async () => {
    const { url, tokens } = gitlab()
    const env = {
      GITLAB_TRIGGER_SERVER: url,
      GITLAB_TRIGGER_PROJECT: '9',
      GITLAB_TRIGGER_API_TOKEN: tokens.api,
    }
    gitlab().script('master', {
      by: 'clock',
      jobs: [{ name: 'big', stage: 'test', log: { bytes: 1_000_000_000 } }],
    })
    // It has ended by now.
    gitlab().addPipeline({ createdAt: Date.now() - 600_000 })
    const child = spawn(process.execPath, [launcher, 'logs', '4711', '--job', 'big'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let bytes = 0
    let last = ''
    let pieces = 0
    let peak = 0
    const errors: string[] = []
    child.stderr.on('data', (text: Buffer) => errors.push(text.toString()))
    child.stdout.on('data', (piece: Buffer) => {
      bytes += piece.length
      last = piece.toString().slice(-100)
      pieces += 1
      if (pieces % 64 !== 0) return
      peak = Math.max(peak, peakOf(child.pid ?? 0))
      // A reader that stops repeatedly: the rest must wait in the server, not in this process.
      child.stdout.pause()
      setImmediate(() => child.stdout.resume())
    })
    const code = await new Promise((resolve) => child.once('close', resolve))
    expect([code, errors.join('')]).toEqual([0, ''])
    expect(bytes).toBeGreaterThan(900_000_000)
    expect(last).toMatch(/Job succeeded\n$/)
    if (process.platform === 'linux') {
      expect(peak).toBeGreaterThan(10 * megabyte)
      expect(peak).toBeLessThan(150 * megabyte)
    }
  }, 300_000)
})
