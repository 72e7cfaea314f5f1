import { changesBetween } from '../../src/follow/changes.ts'
import { TriggerError } from '../../src/core/errors.ts'
import { glyphsFor } from '../../src/output/terminal/glyphs.ts'
import { pipelineResult } from '../../src/output/format/pipeline-json.ts'
import { statusText } from '../../src/output/tree/status-text.ts'
import { plain } from '../../src/output/terminal/style.ts'
import type { Event } from '../../src/events.ts'
import { SecretRegistry } from '../../src/core/secret.ts'
import { at, bridge, job, pipeline } from '../helpers/pipelines.ts'
import { reportAll } from '../helpers/report.ts'

const base = 'https://gitlab.example.com/seed/app/-'
const child = pipeline('failed', [job('c', 'deep', 'failed', { id: 9003 })], {
  id: 4712,
  project: 'group/other',
})
const root = pipeline('running', [
  job('test', 'x', 'pending', { id: 9001, tags: ['gpu'] }),
  { ...bridge('down', 'running', child), id: 9002 },
  {
    ...bridge('dark', 'success', pipeline('created', [], { id: 4713, project: '12' }), '403 Forbidden'),
    id: 9004,
  },
])

const head = {
  id: 4711,
  kind: 'pipeline',
  iid: 12,
  project_id: 9,
  ref: 'master',
  sha: '4f0d2a0000000000000000000000000000000000',
  status: 'running',
  has_warnings: false,
  source: 'trigger',
  web_url: `${base}/pipelines/4711`,
  user: { username: 'root' },
  yaml_errors: null,
  created_at: '2026-11-22T12:00:00.000Z',
  started_at: '2026-11-22T12:00:05.000Z',
  finished_at: null,
}
const pending = {
  id: 9001,
  name: 'x',
  stage: 'test',
  status: 'pending',
  allow_failure: false,
  failure_reason: null,
  waits: 'no runner with tag gpu has taken it yet',
  web_url: `${base}/jobs/9001`,
  tag_list: ['gpu'],
  created_at: '2026-11-22T12:00:00.000Z',
  started_at: null,
  finished_at: null,
  is_bridge: false,
  downstream_pipeline: null,
}

describe('--json', () => {
  test("is the whole tree, in GitLab's words", () => {
    const result = pipelineResult(root, undefined, new SecretRegistry())
    expect(result.endsWith('}\n')).toBe(true)
    const object = JSON.parse(result) as { jobs: Record<string, unknown>[] }
    expect(object).toMatchObject({ ...head, hidden: null, exit_code: 0, error: null })
    expect(object.jobs[0]).toEqual(pending)
    expect(object.jobs[1]).toMatchObject({
      id: 9002,
      is_bridge: true,
      downstream_pipeline: {
        id: 4712,
        project_id: 'group/other',
        status: 'failed',
        jobs: [{ id: 9003, failure_reason: 'script_failure' }],
      },
    })
    expect(object.jobs[2]).toMatchObject({
      downstream_pipeline: {
        id: 4713,
        project_id: 12,
        status: 'created',
        web_url: `${base}/pipelines/4713`,
        hidden: '403 Forbidden',
      },
    })
  })

  test('tells how it ended', () => {
    const error = new TriggerError({ exit: 'buildFailed', message: 'Pipeline 4711 failed', hint: 'Look.' })
    const object: unknown = JSON.parse(pipelineResult(root, error, new SecretRegistry()))
    expect(object).toMatchObject({
      id: 4711,
      exit_code: 3,
      error: { message: 'Pipeline 4711 failed', hint: 'Look.' },
    })
  })

  test.each([[['A', 'B']], [null]])('of status has the names of the variables: %j', (variables) => {
    expect(JSON.parse(pipelineResult(root, undefined, new SecretRegistry(), { variables }))).toMatchObject({
      ...head,
      variables,
    })
  })
})

describe('--events', () => {
  const build = {
    kind: 'pipeline' as const,
    id: 4711,
    iid: 12,
    projectId: 9,
    ref: 'master',
    sha: null,
    status: 'created',
    source: 'trigger',
    webUrl: null,
    yamlErrors: null,
  }
  const looked = (seen: typeof root, changes: ReturnType<typeof changesBetween>, trouble = ''): Event => ({
    type: 'looked',
    pipeline: seen,
    changes,
    now: at(30),
    trouble,
  })
  const error = new TriggerError({
    exit: 'buildFailed',
    message: 'It failed',
    hint: 'Look.',
    build: { kind: 'triggered', build },
  })
  const time = '2026-11-22T12:00:30.000Z'
  const triggered = {
    kind: 'pipeline',
    id: 4711,
    iid: 12,
    project_id: 9,
    ref: 'master',
    sha: null,
    status: 'created',
    source: 'trigger',
    web_url: null,
  }
  const bare = pipeline('running', root.jobs.slice(0, 1))
  // prettier-ignore
  const rows: [name: string, events: Event[], lines: Record<string, unknown>[]][] = [
    ['triggered', [{ type: 'triggered', build, api: 'v4' }], [{ type: 'triggered', api: 'v4', build: triggered }]],
    ['a pipeline and a job', [looked(bare, changesBetween(undefined, bare))], [
      { type: 'pipeline', time, pipeline_id: 4711, before: null, pipeline: head },
      { type: 'job', time, pipeline_id: 4711, before: null, in_pipeline_id: 4711, job: pending },
    ]],
    ['no news', [looked(bare, [])], []],
    ['an outage', [looked(bare, [], '502'), looked(bare, [], '500'), looked(bare, [])], [
      { type: 'contact', time, pipeline_id: 4711, trouble: '502' },
      { type: 'contact', time, pipeline_id: 4711, trouble: null },
    ]],
    ['the end', [{ type: 'over', pipeline: bare, sentence: 'Over.', isGood: true, now: at(30) }], [
      { type: 'over', time, pipeline_id: 4711, is_success: true, message: 'Over.', pipeline: { ...head, hidden: null, jobs: [pending] } },
    ]],
    ['a log', [{ type: 'log', job: { pipelineId: 4712, jobId: 9001, name: 'x' }, text: 'a\nb\n' }], [{ type: 'log', in_pipeline_id: 4712, job_id: 9001, job_name: 'x', text: 'a\nb\n' }]],
    ['left', [{ type: 'left', pipeline: bare, now: at(30) }], [{ type: 'left', time, pipeline_id: 4711, status: 'running' }]],
    ['failed', [{ type: 'failed', error }], [{ type: 'failed', exit_code: 3, build_state: 'triggered', build_id: 4711, error: { message: 'It failed', hint: 'Look.' } }]],
    ['ended', [{ type: 'ended', exitCode: 0 }], [{ type: 'ended', exit_code: 0 }]],
    ['jobs', [{ type: 'jobs found', jobs: [{ id: 1, name: 'x', stage: 's', status: 'created' }], doubt: '' }], [{ type: 'jobs', jobs: [{ id: 1, name: 'x', stage: 's', status: 'created' }] }]],
    ['what is no change', [{ type: 'ticked', now: 0 }, { type: 'noted', text: 'x' }, { type: 'warned', text: 'x' }], []],
  ]
  test.each(rows)('%s', async (_, events, lines) => {
    const { stdout } = await reportAll(events, { events: true })
    const objects = stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(objects).toEqual(lines.map((line) => ({ version: 1, time: '2026-11-22T12:00:00.000Z', ...line })))
  })

  test('what is downstream says in which pipeline it is, and which is followed', async () => {
    const { stdout } = await reportAll([looked(root, changesBetween(undefined, root))], { events: true })
    const objects = stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(
      objects.map(({ type, pipeline_id, in_pipeline_id }) => [type, pipeline_id, in_pipeline_id]),
    ).toEqual([
      ['pipeline', 4711, undefined],
      ['job', 4711, 4711],
      ['job', 4711, 4711],
      ['job', 4711, 4711],
      ['pipeline', 4711, undefined],
      ['job', 4711, 4712],
    ])
  })

  test('a reader that has gone is no error, but for the id (T71)', async () => {
    const gone = { broken: { stdout: 'EPIPE' } }
    await reportAll(
      [looked(bare, changesBetween(undefined, bare)), { type: 'ended', exitCode: 0 }],
      { events: true },
      gone,
    )
    await expect(
      reportAll([{ type: 'triggered', build, api: 'v4' }], { events: true }, gone),
    ).rejects.toThrow()
    await expect(
      reportAll([{ type: 'ended', exitCode: 0 }], { events: true }, { broken: { stdout: 'ENOSPC' } }),
    ).rejects.toThrow()
  })
})

describe('the text of status', () => {
  const glyphs = glyphsFor({ env: { LANG: 'C.UTF-8' }, secrets: new SecretRegistry() })
  const sheet = { now: at(90), glyphs, style: plain, columns: Infinity }
  const text = (variables: string[] | null, more: Partial<typeof root> = {}, columns = Infinity): string[] =>
    statusText({ ...root, ...more }, variables, { ...sheet, columns }).split('\n')

  test('tells where it comes from, and is the whole tree', () => {
    expect(text(['UPLOAD_TO_S3', 'B'])).toEqual([
      '▸ Pipeline 4711 (ref master): running, 1m 25s',
      '  project   9, its pipeline #12',
      '  commit    4f0d2a0000000000000000000000000000000000',
      '  source    trigger, by root',
      '  created   2026-11-22T12:00:00Z, 1m 30s ago',
      '  variables UPLOAD_TO_S3, B',
      `  page      ${base}/pipelines/4711`,
      '  ◦ test',
      '    ◦ x pending: no runner with tag gpu has taken it yet',
      '  ✗ deploy',
      '    ✗ down running 1m 20s → 4712 in project group/other failed 1m 00s',
      `      ${base}/jobs/9001`,
      '      ✗ c',
      '        ✗ deep failed 12s: script_failure',
      `          ${base}/jobs/9003`,
      '    ◦ dark → 4713 in project 12 created: not shown: 403 Forbidden',
      '',
    ])
  })

  // prettier-ignore
  const rows: [name: string, variables: string[] | null, more: Partial<typeof root>, wanted: string | undefined, pattern: RegExp][] = [
    ['no variables', [], {}, '  variables none', /variables/],
    ['variables that may not be read', null, {}, undefined, /variables/],
    ['no user', [], { user: null }, '  source    trigger', /source/],
    ['neither source nor user', [], { source: null, user: null }, undefined, /source/],
    ['no number in the project', [], { iid: null }, '  project   9', /project {3}/],
    ['no link', [], { webUrl: null }, undefined, /page/],
  ]
  test.each(rows)('%s', (_, variables, more, wanted, pattern) => {
    expect(text(variables, more).find((line) => pattern.test(line))).toBe(wanted)
  })

  test('is cut to a terminal, its links are not', () => {
    const lines = text(['A'.repeat(50)], {}, 40)
    expect(lines).toContain(`  variables ${'A'.repeat(27)}…`)
    expect(lines).toContain(`  page      ${base}/pipelines/4711`)
  })
})
