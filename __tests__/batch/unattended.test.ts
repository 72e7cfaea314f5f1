import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { usePlanner } from '../helpers/batch-screen.ts'

const { gitlab, home, batch } = usePlanner()

const targets = (second: string): string =>
  `targets:\n  a: { ref: master }\n  b: { ref: ${second}, wait: true }\n`

/** A monitor, and the paths that it was asked for. */
const server = createServer((request, response) => {
  asked.push(request.url ?? '')
  response.end()
})
let asked: string[] = []
let url = ''
beforeAll(
  () =>
    new Promise<void>((done) => {
      server.listen(0, '127.0.0.1', () => {
        url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
        done()
      })
    }),
)
afterAll(() => new Promise((done) => server.close(done)))
beforeEach(() => {
  asked = []
})

test('--log-file has the whole batch in one line, each target by its name', async () => {
  const path = join(home().root, 'log')
  await batch(targets('failing'), `--log-file ${path}`)
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  expect(lines).toHaveLength(1)
  const line = JSON.parse(lines[0] ?? '') as { exit_code: number; targets: Record<string, unknown>[] }
  const told = line.targets.map(({ target, id, exit_code }) => [target, id, exit_code])
  expect({ code: line.exit_code, told }).toEqual({
    code: 3,
    told: expect.arrayContaining([
      ['a', 4711, 0],
      ['b', 4712, 3],
    ]) as unknown,
  })
})

test('--log-file that cannot be written: all pipelines are named', async () => {
  const { code, stderr } = await batch(targets('develop'), '--log-file /dev/full')
  expect(code).toBe(11)
  expect(stderr).toMatch(/the log file could not be written .*\n.*Pipelines 4711 and 4712 were created\.\n/)
})

test.each([
  ['all succeed', 'develop', 0, '/ok'],
  ['one fails', 'failing', 3, '/failed'],
])('%s: one ping of the monitor', async (_, ref, expected, path) => {
  const { code } = await batch(targets(ref), `--heartbeat ${url}/ok --heartbeat-failure ${url}/failed`)
  expect({ code, asked }).toEqual({ code: expected, asked: [path] })
})

test.each([
  ['nothing that can be triggered', 'targets: { a: { ref: master, server: nowhere } }\n', 14, ['/failed']],
  ['a plan that cannot be read', 'targets: [', 2, ['/failed']],
])('%s: that is told the monitor, too', async (_, text, expected, pings) => {
  const { code } = await batch(text, `--heartbeat ${url}/ok --heartbeat-failure ${url}/failed`)
  expect({ code, asked, requests: gitlab().requests.length }).toEqual({
    code: expected,
    asked: pings,
    requests: 0,
  })
})

test('--check tells nobody', async () => {
  const { code } = await batch(targets('develop'), `--check --heartbeat ${url}/ok`)
  expect({ code, asked }).toEqual({ code: 0, asked: [] })
})
