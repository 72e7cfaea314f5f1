import { changesBetween } from '../../src/follow/changes.ts'
import type { Job, Pipeline } from '../../src/gitlab/pipelines/pipeline.ts'
import type { Download, Event } from '../../src/events.ts'
import { at, bridge, job, pipeline } from '../helpers/pipelines.ts'
import { reportAll } from '../helpers/report.ts'

/** The events of a watch that sees these, one after the other. */
function watched(...looks: Pipeline[]): Event[] {
  return looks.map((seen, index) => ({
    type: 'looked',
    pipeline: seen,
    changes: changesBetween(looks[index - 1], seen),
    now: at(index),
    trouble: '',
  }))
}

const ci = { env: { CI: 'true' } }

async function lines(events: readonly Event[], options = ci): Promise<string[]> {
  const { stdout, stderr } = await reportAll(events, {}, options)
  expect(stdout).toBe('')
  return stderr.split('\n').slice(0, -1)
}

const jobUrl = 'https://gitlab.example.com/seed/app/-/jobs/9001'
const url = 'https://gitlab.example.com/seed/app/-/pipelines'

describe('a change of a job', () => {
  const below = pipeline('failed', [], { id: 4712 })
  // prettier-ignore
  const rows: [line: string, job: Job][] = [
    ['4711 test/x running', job('test', 'x', 'running')],
    ['4711 test/x success', job('test', 'x', 'success')],
    [`4711 test/x failed (script_failure) ${jobUrl}`, job('test', 'x', 'failed')],
    [`4711 test/x failed (script_failure, allowed to fail) ${jobUrl}`, job('test', 'x', 'failed', { allowFailure: true })],
    ['4711 test/x failed (script_failure)', job('test', 'x', 'failed', { webUrl: null })],
    [`4711 test/x failed ${jobUrl}`, job('test', 'x', 'failed', { failureReason: null })],
    ['4711 test/x pending (no runner with tag gpu has taken it yet)', job('test', 'x', 'pending', { tags: ['gpu'] })],
    [`4711 test/x manual (start it in GitLab or with --play x) ${jobUrl}`, job('test', 'x', 'manual')],
    ['4711 test/x manual (optional)', job('test', 'x', 'manual', { allowFailure: true })],
    ['4711 test/x canceled', job('test', 'x', 'canceled')],
    ['4711 test/x a_word_of_tomorrow', job('test', 'x', 'a_word_of_tomorrow')],
    ['4711 x running', job(null, 'x', 'running')],
    ['4711 test/job 9001 running', job('test', null, 'running')],
    [`4711 deploy/x success (pipeline 4712 is not shown: 403 Forbidden) ${jobUrl}`, bridge('x', 'success', below, '403 Forbidden')],
  ]
  test.each(rows)('%s', async (line, changed) => {
    const before = pipeline('running', [{ ...changed, status: 'created' }])
    const [, ...all] = await lines(watched(before, pipeline('running', [changed])))
    expect(all).toEqual([line])
  })
})

describe('a change of a pipeline', () => {
  // prettier-ignore
  const rows: [line: string, status: string, more: Partial<Pipeline>][] = [
    ['4711 running', 'running', {}],
    ['4711 success', 'success', {}],
    [`4711 success with warnings ${url}/4711`, 'success', { hasWarnings: true }],
    [`4711 failed ${url}/4711`, 'failed', {}],
    ['4711 failed', 'failed', { webUrl: null }],
    ['4711 failed (jobs config is empty)', 'failed', { webUrl: null, yamlErrors: 'jobs config\nis empty' }],
    [`4711 manual ${url}/4711`, 'manual', {}],
    ['4711 running (its jobs are not shown: 403 Forbidden)', 'running', { hidden: '403 Forbidden' }],
  ]
  test.each(rows)('%s', async (line, status, more) => {
    const [first, ...all] = await lines(watched(pipeline('created', []), pipeline(status, [], more)))
    expect(first).toBe(`4711 created ${url}/4711`)
    expect(all).toEqual([line])
  })
})

test('downstream pipelines are named with the way to them, and by what started them', async () => {
  const third = (status: string): Pipeline =>
    pipeline(status, [job('c', 'deep', status)], { id: 4713, project: '12' })
  const second = (status: string): Pipeline =>
    pipeline('running', [bridge('far', status, third(status))], { id: 4712 })
  const root = (status: string): Pipeline => pipeline('running', [bridge('near', 'running', second(status))])
  expect(await lines(watched(root('running'), root('failed')))).toEqual([
    `4711 running ${url}/4711`,
    '4711 deploy/near running',
    `4711 > 4712 running (started by deploy/near) ${url}/4712`,
    '4711 > 4712 deploy/far running',
    `4711 > 4712 > 4713 running (started by deploy/far, in project 12) ${url}/4713`,
    '4711 > 4712 > 4713 c/deep running',
    `4711 > 4712 deploy/far failed (script_failure) ${jobUrl}`,
    `4711 > 4712 > 4713 failed ${url}/4713`,
    `4711 > 4712 > 4713 c/deep failed (script_failure) ${jobUrl}`,
  ])
})

test('nothing is said twice, and nothing of looks without news', async () => {
  const seen = pipeline('running', [job('test', 'x', 'running')])
  const events = watched(seen, seen, seen)
  expect(await lines([...events, { type: 'ticked', now: at(9) }])).toEqual([
    `4711 running ${url}/4711`,
    '4711 test/x running',
  ])
})

test('an outage is said when it begins and when it is over', async () => {
  const seen = pipeline('running', [])
  const look = (trouble: string): Event => ({
    type: 'looked',
    pipeline: seen,
    changes: [],
    now: at(1),
    trouble,
  })
  const events = ['', '502 Bad Gateway', '500', '502 Bad Gateway', '', '', 'no answer', ''].map(look)
  expect(await lines(events)).toEqual([
    '4711 not reached (502 Bad Gateway)',
    '4711 reached again',
    '4711 not reached (no answer)',
    '4711 reached again',
  ])
})

describe('the end', () => {
  const seen = pipeline('success', [])
  const over = (isGood: boolean): Event[] => [
    ...watched(seen),
    { type: 'over', pipeline: seen, sentence: 'Pipeline 4711 is over.', isGood, now: at(9) },
    { type: 'ended', exitCode: 0 },
  ]
  test('of a success is a sentence; of a failure the error says it', async () => {
    expect(await lines(over(true))).toEqual([`4711 success ${url}/4711`, 'Pipeline 4711 is over.'])
    expect(await lines(over(false))).toEqual([`4711 success ${url}/4711`])
  })
})

describe('who is told', () => {
  const events = watched(pipeline('running', [job('тест', '文', 'running')]))
  const told = `4711 running ${url}/4711\n4711 тест/文 running\n`
  const ascii = told.replace('тест/文', '<U+0442><U+0435><U+0441><U+0442>/<U+6587>')
  // prettier-ignore
  const rows: [name: string, flags: Parameters<typeof reportAll>[1], env: Record<string, string>, stderr: string][] = [
    ['CI', {}, { CI: 'true' }, told],
    ['CI with LC_ALL=C (T112)', {}, { CI: 'true', LC_ALL: 'C' }, ascii],
    ['cron', {}, {}, ''],
    ['cron with --verbose', { verbose: true }, {}, ascii],
    ['--quiet in CI', { quiet: true }, { CI: 'true' }, ''],
    ['--json in CI', { json: true }, { CI: 'true' }, told],
    ['--events in CI', { events: true }, { CI: 'true' }, ''],
  ]
  test.each(rows)('%s', async (_, flags, env, stderr) => {
    expect((await reportAll(events, flags, { env })).stderr).toBe(stderr)
  })

  test('a terminal on which the cursor cannot be moved', async () => {
    const options = { env: { TERM: 'dumb', LANG: 'C.UTF-8' }, tty: ['stderr' as const] }
    expect((await reportAll(events, {}, options)).stderr).toBe(told)
  })

  test('with colours where they are forced', async () => {
    const { stderr } = await reportAll(events, {}, { env: { CI: 'true', FORCE_COLOR: '1' } })
    expect(stderr).toBe(told.replaceAll('running', '\x1b[36mrunning\x1b[39m'))
  })
})

test.each([
  ['CI', { env: { CI: 'true' } }],
  ['terminal', { tty: ['stderr' as const] }],
])('that stderr cannot be written changes nothing (T74): %s', async (_, options) => {
  const seen = pipeline('success', [])
  const over: Event = { type: 'over', pipeline: seen, sentence: 'Over.', isGood: true, now: at(9) }
  const { stderr } = await reportAll(
    [...watched(seen), over, { type: 'ended', exitCode: 0 }],
    {},
    { ...options, broken: { stderr: 'EIO' } },
  )
  expect(stderr).toBe('')
})

describe('a download', () => {
  const ended = (isWhole: boolean, more: Partial<Download> = {}): Event[] => {
    const name = 'child > unit'
    const download: Download = {
      ...{ kind: 'artifacts', key: 'a', name, bytes: 18_000_000, total: null, since: at(0) },
      ...more,
    }
    return [
      { type: 'fetching', download, now: at(2) },
      { type: 'fetched', download, isWhole, now: at(6) },
    ]
  }
  // prettier-ignore
  const rows: [name: string, events: Event[], lines: string[]][] = [
    ['one line for an archive, at its end', ended(true), ['Fetched artifacts of child > unit: 18 MB in 6s, 3 MB/s']],
    ['of no time', ended(true, { bytes: 1, since: at(6) }), ['Fetched artifacts of child > unit: 1 byte in 0s']],
    ['none for one that failed, which the error tells', ended(false), []],
    ['none for a test report, which is told of', ended(true, { kind: 'test report' }), []],
    ['a name cannot control the terminal', ended(true, { name: 'a\x1b[2J\nb' }), ['Fetched artifacts of a^[[2J b: 18 MB in 6s, 3 MB/s']],
  ]
  test.each(rows)('%s', async (_, events, expected) => {
    expect(await lines(events)).toEqual(expected)
  })

  test('in a pipe nothing', async () => {
    expect((await reportAll(ended(true), {}, {})).stderr).toBe('')
  })
})
