import type { Job, Pipeline } from '../../src/gitlab/pipelines/pipeline.ts'
import { cutLine, textOf } from '../../src/output/terminal/styled-line.ts'
import { glyphsFor, wantsUnicode } from '../../src/output/terminal/glyphs.ts'
import { durationText } from '../../src/output/format/elapsed-time.ts'
import { treeLines } from '../../src/output/tree/tree-lines.ts'
import { treeOf } from '../../src/output/tree/tree.ts'
import { cutTo, rowsOf, widthOf } from '../../src/output/terminal/width.ts'
import { SecretRegistry } from '../../src/core/secret.ts'
import { at, bridge, job, noon, pipeline } from '../helpers/pipelines.ts'

const unicode = { LANG: 'C.UTF-8' }

/** Trees as text, 30 s after noon. */
function drawn(
  roots: Pipeline[],
  columns = 79,
  maxLines = 100,
  env: Record<string, string> = unicode,
): string[] {
  const glyphs = glyphsFor({ env, secrets: new SecretRegistry() })
  const sheet = { now: at(30), glyphs, columns, maxLines, hasLinks: false }
  return treeLines(roots.map(treeOf), sheet).map(textOf)
}

describe('a job', () => {
  const below = pipeline('running', [], { id: 4712 })
  const elsewhere = pipeline('failed', [], { id: 4712, project: 'group/other' })
  const held = { waits: 'another job holds its resource group' }
  // prettier-ignore
  const rows: [line: string, job: Job][] = [
    ['✓ x 12s', job('s', 'x', 'success')],
    ['✓ x success', job('s', 'x', 'success', { startedAt: null })],
    ['✗ x failed 12s: script_failure', job('s', 'x', 'failed')],
    ['✗ x failed 12s', job('s', 'x', 'failed', { failureReason: null })],
    ['✗ x failed: stuck_or_timeout_failure', job('s', 'x', 'failed', { startedAt: null, failureReason: 'stuck_or_timeout_failure' })],
    ['! x failed 12s: script_failure, allowed to fail', job('s', 'x', 'failed', { allowFailure: true })],
    ['▸ x running 20s', job('s', 'x', 'running')],
    ['▸ x running 0s', job('s', 'x', 'running', { startedAt: at(40) })],
    ['▸ x canceling 20s', job('s', 'x', 'canceling')],
    ['- x canceled', job('s', 'x', 'canceled')],
    ['- x skipped', job('s', 'x', 'skipped')],
    ['◦ x created', job('s', 'x', 'created')],
    ['◦ x pending: no runner has taken it yet', job('s', 'x', 'pending')],
    ['◦ x pending: no runner with tag gpu has taken it yet', job('s', 'x', 'pending', { tags: ['gpu'] })],
    ['◦ x preparing: it is being prepared', job('s', 'x', 'preparing')],
    ['◦ x waiting_for_resource: another job holds its resource group', job('s', 'x', 'waiting_for_resource', held)],
    ['◦ x scheduled: it is delayed', job('s', 'x', 'scheduled')],
    ['? x manual: start it in GitLab or with --play x', job('s', 'x', 'manual')],
    ['? x manual: optional', job('s', 'x', 'manual', { allowFailure: true })],
    ['◦ x a_word_of_tomorrow', job('s', 'x', 'a_word_of_tomorrow')],
    ['◦ x unknown', job('s', 'x', 'unknown', { status: null })],
    ['▸ job 77 running 20s', job('s', null, 'running', { id: 77 })],
    ['▸ x → 4712 running 25s', bridge('x', 'success', below)],
    ['▸ x → 4712 running 25s', bridge('x', 'running', below)],
    ['▸ x pending → 4712 running 25s', bridge('x', 'pending', below)],
    ['✗ x → 4712 in project group/other failed 1m 00s', bridge('x', 'failed', elsewhere)],
    ['✗ x → 4712 in project group/other failed: not shown: 403 Forbidden', bridge('x', 'success', elsewhere, '403 Forbidden')],
    ['✗ x failed 12s: downstream_pipeline_creation_failed', job('s', 'x', 'failed', { isBridge: true, failureReason: 'downstream_pipeline_creation_failed' })],
  ]
  test.each(rows)('%s', (line, one) => {
    expect(drawn([pipeline('running', [one])])[2]).toBe(`    ${line}`)
  })
})

describe('a pipeline', () => {
  // prettier-ignore
  const rows: [line: string, status: string, more: Partial<Pipeline>][] = [
    ['▸ Pipeline 4711 (ref master): running, 25s', 'running', {}],
    ['✓ Pipeline 4711 (ref master): success, 1m 00s', 'success', {}],
    ['! Pipeline 4711 (ref master): success with warnings, 1m 00s', 'success', { hasWarnings: true }],
    ['✗ Pipeline 4711 (ref master): failed, 1m 00s', 'failed', {}],
    ['✗ Pipeline 4711 (ref master): failed (jobs config is empty)', 'failed', { startedAt: null, yamlErrors: 'jobs config\nis empty' }],
    ['? Pipeline 4711 (ref master): waiting for manual action, 25s', 'manual', {}],
    ['◦ Pipeline 4711 (ref master): created', 'created', {}],
    ['◦ Pipeline 4711: created', 'created', { ref: null }],
    ['◦ Trigger request 4711 (ref master): created', 'created', { kind: 'trigger_request' }],
    ['▸ Pipeline 4711 (ref master): running, 25s (its jobs are not shown: 403)', 'running', { hidden: '403' }],
  ]
  test.each(rows)('%s', (line, status, more) => {
    expect(drawn([pipeline(status, [], more)])).toEqual([line])
  })
})

describe('a stage', () => {
  // prettier-ignore
  const rows: [mark: string, statuses: string[]][] = [
    ['✓', ['success', 'success']],
    ['✓', ['success', 'skipped']],
    ['-', ['skipped', 'skipped']],
    ['✗', ['success', 'failed', 'running']],
    ['▸', ['success', 'running', 'pending']],
    ['?', ['success', 'manual']],
    ['◦', ['success', 'pending']],
    ['◦', ['success', 'created']],
    ['-', ['success', 'canceled']],
  ]
  test.each(rows)('%s for %j', (mark, statuses) => {
    const jobs = statuses.map((status, index) => job('s', `x${index}`, status))
    expect(drawn([pipeline('running', jobs)])[1]).toBe(`  ${mark} s`)
  })
})

test('stages in the order of their first jobs, at any depth', () => {
  const third = pipeline('success', [job('c', 'deep', 'success')], { id: 4713, ref: 'x' })
  const second = pipeline('running', [bridge('down', 'running', third), job('b', 'mid', 'running')], {
    id: 4712,
  })
  const first = pipeline('running', [
    job('z', 'one', 'success'),
    job('a', 'two', 'success'),
    job('z', 'three_long', 'running'),
    bridge('down', 'running', second),
    job(null, 'stray', 'created'),
  ])
  expect(drawn([first])).toEqual([
    '▸ Pipeline 4711 (ref master): running, 25s',
    '  ▸ z',
    '    ✓ one        12s',
    '    ▸ three_long running 20s',
    '  ✓ a',
    '    ✓ two 12s',
    '  ▸ deploy',
    '    ▸ down → 4712 running 25s',
    '      ▸ deploy',
    '        ▸ down running 20s → 4713 1m 00s',
    '          ✓ c',
    '            ✓ deep 12s',
    '      ▸ b',
    '        ▸ mid running 20s',
    '  ◦ no stage',
    '    ◦ stray created',
  ])
})

describe('where there is less room', () => {
  const jobs = [
    job('build', 'a', 'success'),
    job('build', 'b', 'success'),
    job('test', 'c', 'success'),
    job('test', 'd', 'running'),
    job('test', 'e', 'failed'),
    job('deploy', 'f', 'created'),
    job('deploy', 'g', 'created'),
  ]
  const tree = pipeline('running', jobs)
  const other = { ...tree, id: 4720 }
  // prettier-ignore
  const rows: [maxLines: number, roots: Pipeline[], lines: string[]][] = [
    [8, [tree], ['▸ Pipeline 4711 (ref master): running, 25s', '  ✓ build (2 jobs)', '  ✗ test', '    ✓ c 12s', '    ▸ d running 20s', '    ✗ e failed 12s: script_failure', '  ◦ deploy (2 jobs)', '… 4 more jobs: 2 created, 2 success']],
    [7, [tree], ['▸ Pipeline 4711 (ref master): running, 25s', '  ✓ build (2 jobs)', '  ✗ test', '    ▸ d running 20s', '    ✗ e failed 12s: script_failure', '  ◦ deploy (2 jobs)', '… 5 more jobs: 2 created, 3 success']],
    [5, [tree], ['▸ Pipeline 4711 (ref master): running, 25s', '  ✗ test', '    ▸ d running 20s', '    ✗ e failed 12s: script_failure', '… 5 more jobs: 2 created, 3 success']],
    [3, [tree], ['▸ Pipeline 4711 (ref master): running, 25s', '  ✗ test (3 jobs)', '… 7 more jobs: 1 failed, 1 running, 2 created, 3 success']],
    [2, [tree], ['▸ Pipeline 4711 (ref master): running, 25s', '  ✗ test (3 jobs)']],
    [1, [tree], ['▸ Pipeline 4711 (ref master): running, 25s (7 jobs)']],
    [0, [tree], []],
    [7, [tree, other], ['▸ Pipeline 4711 (ref master): running, 25s', '  ✗ test', '    ✗ e failed 12s: script_failure', '▸ Pipeline 4720 (ref master): running, 25s', '  ✗ test', '    ✗ e failed 12s: script_failure', '… 12 more jobs: 2 running, 4 created, 6 success']],
    [3, [tree, other, other], ['▸ Pipeline 4711 (ref master): running, 25s', '  ✗ test (3 jobs)', '… 2 more pipelines, 21 more jobs: 3 failed, 3 running, 6 created, 9 success']],
  ]
  test.each(rows)('%i lines', (maxLines, roots, lines) => {
    expect(drawn(roots, 79, maxLines)).toEqual(lines)
  })

  test('a downstream pipeline where nothing goes on is folded too', () => {
    const below = pipeline('success', [job('x', 'a', 'success'), job('y', 'b', 'success')], { id: 4712 })
    const root = pipeline('running', [bridge('down', 'success', below), job('deploy', 'last', 'running')])
    expect(drawn([root], 79, 5)).toEqual([
      '▸ Pipeline 4711 (ref master): running, 25s',
      '  ▸ deploy',
      '    ✓ down → 4712 1m 00s (2 jobs)',
      '    ▸ last running 20s',
      '… 2 more jobs: 2 success',
    ])
  })
})

describe('where lines are short', () => {
  // prettier-ignore
  const rows: [columns: number, name: string, line: string][] = [
    [40, 'x', '    ✗ x failed 12s: script_failure'],
    [40, 'a_name_that_is_long', '    ✗ a_name_that_is_… failed 12s: scri…'],
    [40, 'a', '    ✗ a failed 12s: script_failure'],
    [40, '名前が長いジョブです', '    ✗ 名前が長いジョ… failed 12s: scrip…'],
    [20, 'abcdefghijkl', '    ✗ abcde… failed…'],
    [6, 'abc', '  ✗… …'],
    [1, 'abc', '…'],
  ]
  test.each(rows)('%i columns: %s', (columns, name, line) => {
    const lines = drawn([pipeline('running', [job('s', name, 'failed')])], columns)
    expect(lines[2]).toBe(line)
    expect(widthOf(lines[2]!)).toBeLessThanOrEqual(columns)
  })
})

describe('the width of text', () => {
  // prettier-ignore
  const rows: [text: string, width: number, three: string, rowsInThree: number][] = [
    ['', 0, '', 1],
    ['abc', 3, 'abc', 1],
    ['abcd', 4, 'abc', 2],
    ['日本語', 6, '日', 3],
    ['a日本', 5, 'a日', 2],
    ['e\u0301e\u0301e\u0301e\u0301', 4, 'e\u0301e\u0301e\u0301', 2],
    ['👍🏽👍🏽', 4, '👍🏽', 2],
    ['🇩🇪x', 3, '🇩🇪x', 1],
    // As tmux shows them: a spacing mark, or the second consonant of a conjunct, has a cell of its own.
    ['aa\u0915\u0940', 4, 'aa', 2],
    ['\u0915\u094d\u0937\u0915\u094d\u0937', 4, '\u0915\u094d\u0937', 2],
    ['\u0e01\u0e47\u0e33', 2, '\u0e01\u0e47\u0e33', 1],
    ['a\u1100\u1100\u1161', 5, 'a', 2],
    ['\u{1D158}\u{1D165}\u{1D16E}\u{1D158}', 4, '\u{1D158}\u{1D165}\u{1D16E}', 2],
    ['👩\u200d👩\u200d👧❤\ufe0f', 4, '👩\u200d👩\u200d👧', 2],
  ]
  test.each(rows)('of %j is %i', (text, width, three, rowsInThree) => {
    expect(widthOf(text)).toBe(width)
    expect(cutTo(text, 3)).toBe(three)
    expect(rowsOf(text, 3)).toBe(rowsInThree)
  })

  test('a cut line keeps its parts', () => {
    const line = [{ text: 'ab', tone: 'bad' } as const, { text: 'cdef' }]
    expect(cutLine(line, 4, '…')).toEqual([{ text: 'ab', tone: 'bad' }, { text: 'c' }, { text: '…' }])
    expect(cutLine(line, 6, '…')).toBe(line)
  })
})

describe('UTF-8 by the locale (T112)', () => {
  // prettier-ignore
  const rows: [isUnicode: boolean, env: Record<string, string>][] = [
    [true, { LANG: 'en_US.UTF-8' }],
    [true, { LC_ALL: 'C.utf8', LANG: 'C' }],
    [true, { LC_CTYPE: 'de_DE.UTF-8', LANG: 'C' }],
    [false, { LC_ALL: 'C', LANG: 'en_US.UTF-8' }],
    [false, { LC_CTYPE: 'POSIX', LANG: 'en_US.UTF-8' }],
    [true, { LC_ALL: '', LANG: 'en_US.UTF-8' }],
    [false, { LANG: 'de_DE.ISO-8859-1' }],
    [false, { LANG: 'nonsense' }],
    [false, {}],
    [true, { CI: 'true' }],
    [false, { CI: 'true', LC_ALL: 'C' }],
    [true, { WT_SESSION: 'x' }],
  ]
  test.each(rows)('%j: %j', (isUnicode, env) => {
    expect(wantsUnicode(env)).toBe(isUnicode)
    const lines = drawn([pipeline('running', [job('é', '文', 'running')])], 79, 100, env)
    expect(lines[1]).toBe(isUnicode ? '  ▸ é' : '  > <U+00E9>')
    expect(lines[2]).toBe(isUnicode ? '    ▸ 文 running 20s' : '    > <U+6587> running 20s')
  })
})

describe('a duration', () => {
  // prettier-ignore
  const rows: [text: string, seconds: number][] = [
    ['0s', -5], ['0s', 0], ['0s', 0.9], ['59s', 59.9], ['1m 00s', 60], ['59m 59s', 3599], ['1h 00m', 3600],
    ['23h 59m', 86_399], ['1d 00h', 86_400], ['10d 01h', 867_600],
  ]
  test.each(rows)('%s', (text, seconds) => {
    expect(durationText(seconds * 1000)).toBe(text)
  })
})

test('a secret is masked before anything is cut off (G6)', () => {
  const secrets = new SecretRegistry()
  secrets.keep('swordfish-swordfish')
  const glyphs = glyphsFor({ env: unicode, secrets })
  const roots = [treeOf(pipeline('running', [job('s', 'with swordfish-swordfish in it', 'running')]))]
  for (let columns = 1; columns < 60; columns++) {
    const lines = treeLines(roots, { now: noon, glyphs, columns, maxLines: 9, hasLinks: false })
    expect(lines.map(textOf).join('\n')).not.toContain('swo')
  }
})

test('of a flood of failures ten get their URL, all their names', () => {
  const glyphs = glyphsFor({ env: unicode, secrets: new SecretRegistry() })
  const url = 'https://gitlab.example.com/group/app/-/jobs/7'
  const jobs = Array.from({ length: 30 }, (_, at) => job('s', `unit_${at}`, 'failed', { webUrl: url }))
  const sheet = { now: noon, glyphs, columns: 79, maxLines: 100, hasLinks: true }
  const lines = treeLines([treeOf(pipeline('failed', jobs))], sheet).map(textOf)
  expect(lines.filter((line) => line.includes(url))).toHaveLength(10)
  expect(lines.filter((line) => line.includes('unit_'))).toHaveLength(30)
})
