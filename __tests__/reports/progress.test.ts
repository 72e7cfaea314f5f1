import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { when } from '../helpers/clock.ts'
import { useReports } from '../helpers/reports.ts'
import type { Result } from '../helpers/run.ts'
import type { World } from '../helpers/world.ts'
import { zipOf } from '../helpers/zip.ts'

const { gitlab, waitWith } = useReports()

const megabyte = 1_000_000
const archive = zipOf({ name: 'x', data: Buffer.alloc(2 * megabyte - 114) })
const report = `{"test_suites":[{"name":"unit","test_cases":[]}]${' '.repeat(2 * megabyte - 49)}}`

/** A server of which a test makes the answer. */
let answer: (response: ServerResponse) => void
let server: Server
const sockets = new Set<Socket>()
beforeEach(async () => {
  server = createServer((_, response) => {
    answer(response)
  })
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  server.close()
})

/** Fetches what comes in halves, the second once the first was seen as `until`, while time passes. */
async function fetched(
  until: RegExp | undefined,
  { isChunked = false, env = {}, isTTY = true, flags = '--artifacts out' } = {},
): Promise<Result> {
  const body = Buffer.from(flags.includes('junit') ? report : archive)
  let world: World | undefined
  answer = (response) => {
    response.writeHead(200, isChunked ? {} : { 'content-length': body.length })
    response.write(body.subarray(0, megabyte))
    const isSeen = (): boolean => {
      world?.advance(20)
      return until === undefined || until.test(world?.stderr() ?? '')
    }
    when(isSeen, () => void response.end(body.subarray(megabyte)))
  }
  const location = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const path = flags.includes('junit') ? 'test_report' : /\/artifacts$/
  gitlab().failNext({ kind: 'answer', path, status: 302, headers: { location } })
  return waitWith(flags, {
    env,
    script: { jobs: [{ name: 'unit', stage: 'build', artifacts: 'package' }] },
    prepare(made) {
      world = made
      made.context.stderr.isTTY = isTTY
    },
  })
}

test('at a terminal: job, bytes, percentage and rate', async () => {
  const { code, stderr, world } = await fetched(/artifacts of unit: 1 MB of 2 MB, 50%, [\d.]+ [kM]B\/s/)
  expect(code).toBe(0)
  expect(stderr).not.toContain('Fetched')
  // Nor does anything come after its end.
  world.advance(10_000)
  await new Promise((resolve) => setImmediate(resolve))
  expect(world.stderr()).toBe(stderr)
})

test('where the length is not told: without percentage', async () => {
  const { code, stderr } = await fetched(/artifacts of unit: 1 MB, [\d.]+ [kM]B\/s/, {
    isChunked: true,
  })
  expect(code).toBe(0)
  expect(stderr).not.toContain('%')
})

test('in CI: one line, at the end', async () => {
  const { code, stderr } = await fetched(undefined, { env: { CI: 'true' }, isTTY: false })
  expect(code).toBe(0)
  expect(stderr.match(/^Fetched artifacts of unit: 2 MB in \d+s.*$/gm)).toHaveLength(1)
  expect(stderr).not.toContain('%')
})

test.each(['', ' --json', ' --events'])('in a pipe: nothing%s', async (more) => {
  const { code, stderr } = await fetched(undefined, { isTTY: false, flags: `--artifacts out${more}` })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

test('--quiet at a terminal: nothing', async () => {
  const { code, stderr } = await fetched(undefined, { flags: '--artifacts out --quiet' })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

test('what takes no time is not shown', async () => {
  const { code, stderr } = await waitWith('--artifacts out --junit x.xml')
  expect(code).toBe(0)
  expect(stderr).not.toMatch(/artifacts of \S+:|test report of/)
})
