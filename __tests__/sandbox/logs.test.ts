import { get as httpGet } from 'node:http'
import { crc32 } from 'node:zlib'
import { directed } from './helpers/directed.ts'

test('a log grows by bytes, each a beginning of the next, and an offset gives the rest', () =>
  directed(
    { job: { run_tests: { runs: 4, ends: 'failed' } } },
    async ({ call, jobId }) => {
      const logs: Buffer[] = []
      for (let poll = 0; poll < 8; poll += 1)
        logs.push((await call('GET', `/jobs/${jobId('run_tests')}/trace`)).body)
      const lengths = logs.map(({ length }) => length)
      expect(lengths.slice(0, 2)).toEqual([0, 0])
      expect(new Set(lengths.slice(2, 7)).size).toBe(5)
      logs.slice(1).forEach((log, index) => {
        expect(log.subarray(0, lengths[index]).equals(logs[index]!)).toBe(true)
      })
      expect(logs[7]!.toString()).toMatch(/日本語[^]*ERROR: Job failed: exit code 1\u001b\[0;m\n$/)
      const rest = await call('GET', `/jobs/${jobId('run_tests')}/trace?byte_offset=100&byte_limit=50`)
      expect(rest.body.equals(logs[7]!.subarray(100, 150))).toBe(true)
    },
    { gitlab: '19' },
  ))

// prettier-ignore
const queries: ['10.3' | '18.9' | '19', query: string, status: number, isWhole: boolean][] = [
  ['19', 'byte_offset=0', 200, true], ['19', 'byte_offset=1', 200, false], ['19', 'byte_offset=99999', 200, false],
  ['19', 'byte_offset=-1', 400, false], ['19', 'byte_offset=x', 400, false], ['19', 'byte_limit=0', 400, false],
  ['18.9', 'byte_offset=1', 200, true], ['18.9', 'byte_offset=x', 200, true], ['18.9', 'byte_limit=0', 200, true],
  ['10.3', 'byte_offset=1', 200, true], ['10.3', 'byte_offset=x', 200, true],
]

test.each(queries)('%s trace?%s: %i, whole: %s', (gitlab, query, status, isWhole) =>
  directed(
    undefined,
    async ({ call }) => {
      const whole = await call('GET', '/jobs/9001/trace')
      const part = await call('GET', `/jobs/9001/trace?${query}`)
      expect([part.status, part.body.equals(whole.body)]).toEqual([status, isWhole])
    },
    { gitlab, paceMs: 0 },
  ),
)

test('a huge log is made while it is sent', () =>
  directed(
    { by: 'clock', job: { run_tests: { log: { bytes: 100_000_000 } } } },
    async ({ sandbox, call }) => {
      const headers = { 'private-token': sandbox.tokens.api }
      const [length, bytes] = await new Promise<[number, number]>((resolve, reject) => {
        httpGet(`${sandbox.url}/api/v4/projects/9/jobs/9001/trace`, { headers, agent: false }, (reply) => {
          let count = 0
          reply.on('data', (chunk: Buffer) => (count += chunk.length))
          reply.on('end', () => {
            resolve([Number(reply.headers['content-length']), count])
          })
        }).on('error', reject)
      })
      expect(bytes).toBe(length)
      expect(bytes).toBeGreaterThan(100_000_000)
      const tail = await call('GET', `/jobs/9001/trace?byte_offset=${length - 30}`)
      expect(tail.body.toString()).toMatch(/Job succeeded\u001b\[0;m\n$/)
    },
    { paceMs: 0, gitlab: '19' },
  ))

/** The entries of a zip from its directory: names, and whether the checksum fits the text. */
function entries(zip: Buffer): [string, boolean][] {
  const end = zip.length - 22
  let at = zip.readUInt32LE(end + 16)
  return Array.from({ length: zip.readUInt16LE(end + 10) }, () => {
    const [size, length] = [zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28)]
    const local = zip.readUInt32LE(at + 42)
    const start = local + 30 + zip.readUInt16LE(local + 26)
    const name = zip.toString('utf8', at + 46, at + 46 + length)
    const fits = crc32(zip.subarray(start, start + size)) === zip.readUInt32LE(at + 16)
    at += 46 + length
    return [name, fits]
  })
}

// prettier-ignore
const archives: [job: string, status: number, names: string[]][] = [
  ['run_tests', 404, []],
  ['build_package', 200, ['dist/package.txt', 'dist/größe.txt', 'report.xml']],
  ['evil_artifacts', 200, ['good.txt', '../escape', '/absolute', 'folder/../../escape']],
]

test.each(archives)('the artifacts of %s: %i', (name, status, names) =>
  directed(
    { by: 'clock', job: { evil_artifacts: { artifacts: 'evil' } } },
    async ({ call, jobId }) => {
      const reply = await call('GET', `/jobs/${jobId(name)}/artifacts`)
      expect(reply.status).toBe(status)
      if (status === 200) expect(entries(reply.body)).toEqual(names.map((one) => [one, true]))
    },
    { paceMs: 0 },
  ),
)

test('the test report has a text, an object and null as output', () =>
  directed(
    { by: 'clock', failsInStage: 'test' },
    async ({ read, id }) => {
      const report = await read<{ test_suites: { test_cases: { system_output: unknown }[] }[] }>(
        `/pipelines/${id}/test_report`,
      )
      expect(report).toMatchObject({
        total_count: 4,
        success_count: 1,
        failed_count: 1,
        error_count: 1,
        skipped_count: 1,
      })
      const outputs = report.test_suites[0]!.test_cases.map((one) => typeof one.system_output)
      expect(outputs).toEqual(['object', 'string', 'object', 'object'])
    },
    { paceMs: 0 },
  ))

test('the newest pipeline of a ref; 403 without one', () =>
  directed(undefined, async ({ call, read, id }) => {
    expect((await read('/pipelines/latest')).id).toBe(id)
    expect((await call('GET', '/pipelines/latest?ref=develop')).status).toBe(403)
  }))

test('the rate limit is counted, and refuses when told to', () =>
  directed(
    undefined,
    async ({ call, id }) => {
      const seen: string[] = []
      for (let poll = 0; poll < 3; poll += 1) {
        const { status, headers } = await call('GET', `/pipelines/${id}`)
        seen.push(`${status} ${headers['ratelimit-remaining']!} ${headers['retry-after'] ?? ''}`)
      }
      expect(seen).toEqual(['200 1 ', '200 0 ', '429 0 60'])
    },
    { rateLimit: { perMinute: 2, refuses: true } },
  ))
