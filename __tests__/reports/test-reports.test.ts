import { existsSync, readFileSync, readdirSync } from 'node:fs'
import fc from 'fast-check'
import type { Fault, JobPlan } from '../../src/sandbox/server.ts'
import { reportParts } from '../../src/reports/junit/test-report-parts.ts'
import { statesIn } from '../helpers/pipeline-sentences.ts'
import { holds } from '../helpers/property.ts'
import { useReports } from '../helpers/reports.ts'
import type { Result } from '../helpers/run.ts'

const { gitlab, at, type, waitWith } = useReports()

const xml = (): string => readFileSync(at('x.xml'), 'utf8')
const suites = (): string[] =>
  [...xml().matchAll(/<testsuite name="([^"]*)"/g)].map(([, name = '']) => name.replaceAll('&gt;', '>'))

const unit = (name: string, more: Partial<JobPlan> = {}): JobPlan => ({ name, stage: 'test', ...more })
const child = (name: string, jobs: JobPlan[], project?: number): JobPlan => ({
  name,
  stage: 'z',
  downstream: { depend: true, jobs, ...(project !== undefined && { project }) },
})
const build = unit('build', { stage: 'build' })

/** Waits for a pipeline of these jobs. */
const waited = (jobs: JobPlan[], faults: Fault[] = [], more = ''): Promise<Result> => {
  for (const fault of faults) gitlab().failNext(fault)
  return waitWith(`--junit x.xml${more}`, { script: { jobs } })
}

const json = (path: RegExp | string, status: number, body: unknown): Fault => ({
  kind: 'answer',
  path,
  status,
  body: JSON.stringify(body),
  contentType: 'application/json',
})

describe('of the whole tree', () => {
  // prettier-ignore
  const trees: [name: string, jobs: JobPlan[], suites: string[], tests: number][] = [
    ['the pipeline alone', [unit('unit'), unit('lint')], ['unit', 'lint'], 4],
    ['all in a child', [child('deploy', [unit('unit')])], ['deploy > unit'], 2],
    ['both', [unit('unit'), child('deploy', [unit('unit', { ends: 'failed', allowFailure: true })])], ['unit', 'deploy > unit'], 6],
    ['another project', [child('docs', [unit('spell')], 10)], ['docs > spell'], 2],
    ['a child of a child', [child('a', [child('b', [unit('unit')]), unit('own')])], ['a > own', 'a > b > unit'], 4],
    ['two children', [child('a', [unit('unit')]), child('b', [unit('unit')], 10)], ['a > unit', 'b > unit'], 4],
  ]
  test.each(trees)('%s', async (_, jobs, names, tests) => {
    const { code, stderr } = await waited(jobs)
    expect(code).toBe(0)
    expect(suites()).toEqual(names)
    expect(stderr).toContain(`Wrote the results of ${tests} tests to ${at('x.xml')}.\n`)
    expect(xml()).toContain(`<testsuites name="Pipeline 4711" tests="${tests}"`)
    expect(readdirSync(at())).toEqual(['x.xml'])
  })

  test('of another project by its own number', async () => {
    await waited([child('docs', [unit('spell')], 10)])
    const asked = gitlab().requests.map(({ path }) => path)
    expect(asked.filter((path) => path.endsWith('test_report'))).toEqual([
      '/api/v4/projects/9/pipelines/4711/test_report',
      '/api/v4/projects/10/pipelines/4712/test_report',
    ])
  })

  const none = 'warning: the pipeline has no test reports.\n'

  test.each(['', ' --json', ' --events'])('none anywhere: a warning, and no failure%s', async (flags) => {
    const { code, stdout, stderr } = await waited([build, child('deploy', [build])], [], flags)
    expect(code).toBe(0)
    expect(stderr).toContain(none)
    expect(suites()).toEqual([])
    if (flags === ' --json')
      expect(JSON.parse(stdout)).toMatchObject({ warnings: ['the pipeline has no test reports.'] })
    if (flags === ' --events')
      expect(stdout).toContain(
        '"type":"warning","pipeline_id":4711,"message":"the pipeline has no test reports."',
      )
  })

  test('the same where nobody looks on, and of run', async () => {
    gitlab().script('master', { by: 'clock', jobs: [build] })
    const { code, stdout, mail } = await type('--ref master --wait --json --junit x.xml', {
      prepare: (world) => (world.context.stderr.isTTY = false),
    })
    expect(code).toBe(0)
    expect(mail).toContain(none)
    expect(JSON.parse(stdout)).toMatchObject({ warnings: ['the pipeline has no test reports.'] })
  })

  test('some: no warning', async () => {
    const { stdout, stderr } = await waited([unit('unit')], [], ' --json')
    expect(JSON.parse(stdout)).not.toHaveProperty('warnings')
    expect(stderr).not.toContain('warning')
  })

  // prettier-ignore
  const missing: [name: string, fault: Fault, times: number, says: RegExp, suites: string[]][] = [
    ['a child that may not be read', json('projects/11/pipelines/4713', 403, { message: '403 Forbidden' }), 1, /--junit: private \(pipeline 4713\): 403 Forbidden/, ['unit', 'deploy > unit']],
    ['its report that may not', json(/11\/pipelines\/4713\/test_report/, 403, { message: '403 Forbidden' }), 1, /--junit: private \(pipeline 4713\): 403 Forbidden; reading it needs an API token/, ['unit', 'deploy > unit']],
    ['its report that fails each time', json(/4712\/test_report/, 500, { message: '500 Oops' }), 9, /--junit: deploy \(pipeline 4712\): 500 Oops/, ['unit', 'private > unit']],
    ['its report that is a page', { kind: 'answer', path: /4712\/test_report/, status: 200, body: '<html>' }, 1, /deploy \(pipeline 4712\): the answer is not JSON/, ['unit', 'private > unit']],
    ['that of the pipeline itself', json(/4711\/test_report/, 404, { message: '404 Not Found' }), 1, /--junit: 404 Not Found; reading/, ['deploy > unit', 'private > unit']],
    ['what it has started is not told', json(/4711\/bridges/, 403, { message: '403 Forbidden' }), 99, /--junit: what pipeline 4711 has started is not known: 403 Forbidden/, ['unit']],
  ]
  test.each(missing)(
    '%s: exit 11, it is named, the others are there',
    async (_, fault, times, says, names) => {
      const faults = Array.from({ length: times }, () => fault)
      const jobs = [unit('unit'), child('deploy', [unit('unit')]), child('private', [unit('unit')], 11)]
      const { code, stderr } = await waited(jobs, faults)
      expect({ code, states: statesIn(stderr) }).toEqual({ code: 11, states: [] })
      expect(stderr).toMatch(says)
      expect(suites()).toEqual(names)
    },
  )
})

describe('large ones', () => {
  const head = '{"test_suites":[{"name":"unit","test_cases":['
  const report = (count: number, bytes: number): string => {
    const test = { name: 't', status: 'failed', classname: 'c', system_output: 'é'.repeat(bytes / 2) }
    return `${head}${Array.from({ length: count }, () => JSON.stringify(test)).join(',')}]}]}`
  }
  const asked = (): number => gitlab().requests.filter(({ path }) => path.endsWith('test_report')).length
  const answer = (body: string): Fault => ({
    kind: 'answer',
    path: 'test_report',
    status: 200,
    body,
    contentType: 'application/json',
  })

  test('more than any other answer may have', async () => {
    const { code } = await waited([build], [answer(report(1000, 20_000))])
    expect({ code, asked: asked() }).toEqual({ code: 0, asked: 1 })
    expect(xml()).toContain('<testsuites name="Pipeline 4711" tests="1000" failures="1000" errors="0"')
    expect(xml().match(/é{10000}<\/failure>/g)).toHaveLength(1000)
  })

  test('more than 100 MB: said, and not asked for again', async () => {
    const { code, stderr } = await waited([build], [answer(`{"x":"${'x'.repeat(100_000_000)}"}`)])
    expect({ code, asked: asked() }).toEqual({ code: 11, asked: 1 })
    expect(stderr).toContain(': --junit: the test report is larger than the limit of 100 MB\n')
    expect(existsSync(at('x.xml'))).toBe(false)
  })

  test('one test that is larger than can be: said, and not asked for again', async () => {
    const { code, stderr } = await waited([build], [answer(report(1, 17_000_000))])
    expect({ code, asked: asked() }).toEqual({ code: 11, asked: 1 })
    expect(stderr).toContain(': --junit: a part of it is larger than the limit of 16.8 MB\n')
  })

  test('one that breaks off is read again from its beginning, and nothing is doubled', async () => {
    const { code, world } = await waited(
      [unit('a'), unit('b')],
      [
        { kind: 'cut', path: 'test_report' },
        { kind: 'cut', path: 'test_report' },
      ],
    )
    expect({ code, asked: asked() }).toEqual({ code: 0, asked: 3 })
    expect(world.sleeps.slice(-2)).toEqual([1000, 4000])
    expect(suites()).toEqual(['a', 'b'])
    expect(xml().match(/<testcase /g)).toHaveLength(4)
  })
})

describe('a report in pieces', () => {
  async function partsOf(text: string, size: number): Promise<{ kind: string; json: unknown }[]> {
    async function* pieces(): AsyncGenerator<Buffer> {
      const bytes = Buffer.from(text)
      for (let from = 0; from < bytes.length; from += size)
        yield Promise.resolve(bytes.subarray(from, from + size))
    }
    const parts: { kind: string; json: unknown }[] = []
    for await (const part of reportParts(pieces())) parts.push(part)
    return parts
  }

  test('any report comes test by test, wherever its pieces end', async () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom('"]}', '\\', '\\"', ',', '[{', 'ü€😀'),
    )
    const suite = fc.oneof(
      fc.record({
        name: fc.string(),
        test_cases: fc.array(value, { maxLength: 4 }),
        other: value,
        suite_error: value,
      }),
      value,
    )
    const whole = fc.record({ total: value, test_suites: fc.array(suite, { maxLength: 3 }), rest: value })
    await holds(
      fc.asyncProperty(
        whole,
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(0, 1),
        async (all, size, blanks) => {
          const json = JSON.parse(JSON.stringify(all)) as { test_suites: unknown[] }
          const expected = json.test_suites.flatMap((each) => {
            const isObject = typeof each === 'object' && each !== null && !Array.isArray(each)
            const members = isObject ? (each as Record<string, unknown>) : {}
            const tests = Array.isArray(members['test_cases'])
              ? (members['test_cases'] as unknown[])
              : undefined
            const without = tests ? { ...members, test_cases: [] } : each
            return [...(tests ?? []).map((test) => ['test', test]), ['end', without]]
          })
          const parts = await partsOf(JSON.stringify(json, null, blanks), size)
          const seen = parts.filter(({ kind }) => kind !== 'begin')
          expect(seen.map((part) => [part.kind, part.json])).toEqual(expected)
          expect(parts.length - seen.length).toBe(json.test_suites.length)
        },
      ),
      200,
    )
  })

  test.each([
    '',
    ' ',
    '<html>',
    '{',
    '{"test_suites":[',
    '{"test_suites":[{"test_cases":[{}',
    '{}x',
    '{"a":tru}',
  ])('%j is none', async (text) => {
    await expect(partsOf(text, 7)).rejects.toThrow('the answer is not JSON')
  })
})
