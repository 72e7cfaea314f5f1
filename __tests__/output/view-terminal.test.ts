import type { Pipeline } from '../../src/gitlab/pipelines/pipeline.ts'
import type { Event } from '../../src/events.ts'
import { at, bridge, job, pipeline } from '../helpers/pipelines.ts'
import { openTerminal, type Terminal } from '../helpers/event-terminal.ts'

// In a real pseudo-terminal, of tmux. What is to be seen is written down row by row.

let terminal: Terminal | undefined
afterEach(async () => {
  await terminal?.close()
  terminal = undefined
})

const open = async (columns: number, rows: number, locale?: string): Promise<Terminal> =>
  (terminal = await openTerminal(columns, rows, locale))

const looked = (seen: Pipeline, seconds: number, trouble = ''): Event => ({
  type: 'looked',
  pipeline: seen,
  changes: [],
  now: at(seconds),
  trouble,
})
const ticked = (seconds: number): Event => ({ type: 'ticked', now: at(seconds) })
const noted = (text: string): Event => ({ type: 'noted', text })
const over = (seen: Pipeline, seconds: number, isGood = true): Event => ({
  type: 'over',
  pipeline: seen,
  sentence: isGood ? `Pipeline ${seen.id} succeeded.` : `Pipeline ${seen.id} failed.`,
  isGood,
  now: at(seconds),
})

async function expectScreen(...lines: string[]): Promise<void> {
  const wanted = lines.join('\n')
  expect(await terminal!.screen(wanted)).toBe(wanted)
}

async function expectHistory(...lines: string[]): Promise<void> {
  const wanted = lines.join('\n')
  expect(await terminal!.history(wanted)).toBe(wanted)
}

const child = pipeline('running', [job('compile', 'x86', 'success'), job('compile', 'arm', 'running')], {
  id: 4712,
  project: '12',
})
const busy = pipeline('running', [
  job('build', 'compile', 'success'),
  job('build', '\u6587\u66f8', 'success'),
  job('test', 'run_tests', 'running'),
  job('test', 'lint', 'failed', { allowFailure: true }),
  job('test', 'gpu', 'pending', { tags: ['gpu'] }),
  bridge('child', 'running', child),
  job('cleanup', 'a', 'created'),
  job('cleanup', 'b', 'created'),
])
const small = pipeline('running', [job('test', 'run_tests', 'running'), job('test', 'lint', 'created')])

/** The rows of `busy` at a moment. */
const busyRows = (seconds: number): string[] => [
  `\u25b8 Pipeline 4711 (ref master): running, ${seconds - 5}s`,
  '  \u2713 build',
  '    \u2713 compile 12s',
  '    \u2713 \u6587\u66f8    12s',
  '  \u25b8 test',
  `    \u25b8 run_tests running ${seconds - 10}s`,
  '    ! lint      failed 12s: script_failure, allowed to fail',
  '    \u25e6 gpu       pending: no runner with tag gpu has taken it yet',
  '  \u25b8 deploy',
  `    \u25b8 child \u2192 4712 in project 12 running ${seconds - 5}s`,
  '      \u25b8 compile',
  '        \u2713 x86 12s',
  `        \u25b8 arm running ${seconds - 10}s`,
  '  \u25e6 cleanup',
  '    \u25e6 a created',
  '    \u25e6 b created',
]

const smallRows = (seconds: number): string[] => [
  `\u25b8 Pipeline 4711 (ref master): running, ${seconds - 5}s`,
  '  \u25b8 test',
  `    \u25b8 run_tests running ${seconds - 10}s`,
  '    \u25e6 lint      created',
]

describe('at 80x24', () => {
  test('the tree is painted over, and what is written scrolls above it', async () => {
    const { show, print } = await open(80, 24)
    await show(noted('Before.'))
    await show(looked(busy, 30))
    await expectScreen('Before.', ...busyRows(30), '4 of 10 jobs done, 3 running, 0s')
    await show(ticked(31))
    await show(noted('A note.'))
    await print('data\n')
    await show(ticked(32))
    await expectScreen('Before.', 'A note.', 'data', ...busyRows(32), '4 of 10 jobs done, 3 running, 2s')
  })

  test('a hundred lines scroll above it, each once and in order', async () => {
    const { show, print } = await open(80, 24)
    await show(looked(small, 30))
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`)
    for (const [index, line] of lines.entries()) {
      await (index % 2 === 0 ? show(noted(line)) : print(`${line}\n`))
    }
    const last = 'Of 80 columns and more: '.padEnd(200, 'x')
    await show(noted(last))
    const rows = last.match(/.{1,80}/g)!
    await expectHistory(...lines, ...rows, ...smallRows(30), '0 of 2 jobs done, 1 running, 0s')
  })

  test('a tree of the height of the window leaves nothing behind above it', async () => {
    const { show } = await open(80, 18)
    for (const second of [30, 31, 32, 33]) await show(looked(busy, second))
    await expectHistory(...busyRows(33), '4 of 10 jobs done, 3 running, 3s')
  })

  test('an outage shows in the line of progress, and what comes after it does not', async () => {
    const { show } = await open(80, 24)
    await show(looked(small, 30))
    await show(looked(small, 40, '502 Bad Gateway'))
    await expectScreen(...smallRows(40), '0 of 2 jobs done, 1 running, 10s; not reached: 502 Bad Gateway')
    await show(looked(small, 50))
    await expectScreen(...smallRows(50), '0 of 2 jobs done, 1 running, 20s')
  })

  test('a success stays as a whole, with its sentence', async () => {
    const { show, end, state } = await open(80, 24)
    await show(looked(small, 30))
    await show(over(pipeline('success', [job('test', 'run_tests', 'success')]), 65))
    await show({ type: 'ended', exitCode: 0 })
    await end()
    await expectHistory(
      '\u2713 Pipeline 4711 (ref master): success, 1m 00s',
      '  \u2713 test',
      '    \u2713 run_tests 12s',
      'Pipeline 4711 succeeded.',
      'left with 0',
    )
    expect(await state()).toBe('cursor 1, wrap 1')
  })

  test('several at once: one that is over stays above the others', async () => {
    const { show } = await open(80, 24)
    const second = { ...small, id: 4720, webUrl: null }
    await show(looked(small, 30))
    await show(looked(second, 31))
    await show(over(pipeline('failed', [job('test', 'run_tests', 'failed')]), 65, false))
    await show(ticked(66))
    await expectHistory(
      '\u2717 Pipeline 4711 (ref master): failed, 1m 00s',
      '  \u2717 test',
      '    \u2717 run_tests failed 12s: script_failure',
      '      https://gitlab.example.com/seed/app/-/jobs/9001',
      ...smallRows(66).map((row) => row.replace('4711', '4720').replace('61s', '1m 01s')),
      '0 of 2 jobs done, 1 running, 35s',
    )
  })
})

describe('at 40x10', () => {
  test('what runs, failed or waits is shown, and how much is not', async () => {
    const { show } = await open(40, 10)
    await show(noted('Before.'))
    await show(looked(busy, 30))
    await expectScreen(
      '\u25b8 Pipeline 4711 (ref mas…: running, 25s',
      '  \u25b8 test',
      '    \u25b8 run_tests running 20s',
      '  \u25b8 deploy',
      '    \u25b8 child \u2192 4712 in project 12 runni\u2026',
      '      \u25b8 compile',
      '        \u25b8 arm running 20s',
      '\u2026 7 more jobs: 1 waiting, 1 allowed to\u2026',
      '4 of 10 jobs done, 3 running, 0s',
    )
  })

  test('of one that is over what went wrong stays, whatever the height', async () => {
    const { show } = await open(40, 10)
    const jobs = Array.from({ length: 12 }, (_, index) =>
      job('test', `job_${index}`, index % 2 === 0 ? 'failed' : 'success', { webUrl: null }),
    )
    await show(looked(pipeline('running', jobs), 30))
    await show(over(pipeline('failed', jobs), 65, false))
    await expectHistory(
      '\u2717 Pipeline 4711 (ref m…: failed, 1m 00s',
      '  \u2717 test',
      ...[0, 2, 4, 6, 8, 10].map(
        (index) => `    \u2717 job_${index}`.padEnd(12) + ' failed 12s: script_failure',
      ),
      '\u2026 6 more jobs: 6 success',
    )
  })
})

describe('a window that changes its size', () => {
  const long = pipeline('running', [
    job('test', 'run_tests', 'running'),
    job('test', 'needs_a_gpu', 'pending', { tags: ['gpu', 'linux', 'large'] }),
  ])

  /** The rows of it where there is room. */
  const wide = (seconds: number): string[] => [
    `\u25b8 Pipeline 4711 (ref master): running, ${seconds - 5}s`,
    '  \u25b8 test',
    `    \u25b8 run_tests   running ${seconds - 10}s`,
    '    \u25e6 needs_a_gpu pending: no runner with tags gpu, linux, large has taken it \u2026',
    `0 of 2 jobs done, 1 running, ${seconds - 30}s`,
  ]

  // What a terminal has pushed out at its top when it wrapped is out of reach: there is something else.
  const before = Array.from({ length: 18 }, (_, index) => `line ${index}`)

  test('narrower and wider: lines that it has wrapped are taken away', async () => {
    const { show, resize } = await open(80, 24)
    for (const line of before) await show(noted(line))
    await show(looked(long, 30))
    await expectScreen(...before, ...wide(30))
    await resize(30, 24)
    await show(ticked(31))
    await expectHistory(
      ...before,
      '\u25b8 Pipeline 471\u2026: running, 26s',
      '  \u25b8 test',
      '    \u25b8 run_tests running 21s',
      '    \u25e6 needs_a_g\u2026 pending: no\u2026',
      '0 of 2 jobs done, 1 running,\u2026',
    )
    await resize(80, 24)
    await show(noted('A note.'))
    await show(ticked(32))
    await expectHistory(...before, 'A note.', ...wide(32))
  })

  test('from 80x24 to 40x10 and back', async () => {
    const { show, resize } = await open(80, 24)
    for (const line of before) await show(noted(line))
    await show(looked(long, 30))
    await resize(40, 10)
    await show(ticked(31))
    await expectHistory(
      ...before,
      '\u25b8 Pipeline 4711 (ref mas…: running, 26s',
      '  \u25b8 test',
      '    \u25b8 run_tests   running 21s',
      '    \u25e6 needs_a_gpu pending: no runner w\u2026',
      '0 of 2 jobs done, 1 running, 1s',
    )
    await resize(80, 24)
    await show(ticked(32))
    await expectHistory(...before, ...wide(32))
  })

  test('of a few rows shows the line of progress, of one nothing, and never more than there is room for', async () => {
    const { show, resize } = await open(80, 24)
    await show(looked(small, 30))
    await resize(80, 4)
    await show(ticked(31))
    await expectScreen(
      '\u25b8 Pipeline 4711 (ref master): running, 26s',
      '  \u25b8 test (2 jobs)',
      '0 of 2 jobs done, 1 running, 1s',
    )
    await resize(80, 2)
    await show(ticked(32))
    await expectScreen('0 of 2 jobs done, 1 running, 2s')
  })
})

test('Ctrl-C leaves the tree, the error below it, and the terminal as it was', async () => {
  const { show, type, state } = await open(80, 24)
  await show(noted('Before.'))
  await show(looked(small, 30))
  await type('C-c')
  await expectHistory(
    'Before.',
    ...smallRows(30),
    'gitlab-trigger: stopped by SIGINT; the pipeline is still running',
    'No pipeline was created.',
    'left with 130',
  )
  expect(await state()).toBe('cursor 1, wrap 1')
})

test('LC_ALL=C: nothing but ASCII (T112)', async () => {
  const { show } = await open(80, 24, 'C')
  await show(looked(busy, 30))
  await expectScreen(
    '> Pipeline 4711 (ref master): running, 25s',
    '  + build',
    '    + compile          12s',
    '    + <U+6587><U+66F8> 12s',
    '  > test',
    '    > run_tests running 20s',
    '    ! lint      failed 12s: script_failure, allowed to fail',
    '    . gpu       pending: no runner with tag gpu has taken it yet',
    '  > deploy',
    '    > child -> 4712 in project 12 running 25s',
    '      > compile',
    '        + x86 12s',
    '        > arm running 20s',
    '  . cleanup',
    '    . a created',
    '    . b created',
    '4 of 10 jobs done, 3 running, 0s',
  )
})

describe('downloads', () => {
  const download = {
    kind: 'artifacts',
    key: 'a',
    name: 'child > unit',
    total: 18_000_000,
    since: at(0),
  } as const
  const fetching = (bytes: number, seconds: number, more: object = {}): Event => ({
    type: 'fetching',
    download: { ...download, bytes, ...more },
    now: at(seconds),
  })
  const fetched = (seconds: number): Event => ({
    type: 'fetched',
    download: { ...download, bytes: 18_000_000 },
    isWhole: true,
    now: at(seconds),
  })

  test('a line at the bottom while it goes on, nothing after it', async () => {
    const { show } = await open(80, 24)
    await show(fetching(0, 0))
    await expectScreen('artifacts of child > unit: 0 bytes of 18 MB, 0%')
    await show(fetching(12_300_000, 4))
    await expectScreen('artifacts of child > unit: 12.3 MB of 18 MB, 68%, 3.1 MB/s')
    await show(noted('Something else.'))
    await expectScreen('Something else.', 'artifacts of child > unit: 12.3 MB of 18 MB, 68%, 3.1 MB/s')
    await show(fetched(6))
    await expectHistory('Something else.')
  })

  test('of unknown length, and of less than there is', async () => {
    const { show } = await open(80, 24)
    await show(fetching(5000, 2, { total: null }))
    await expectScreen('artifacts of child > unit: 5 kB, 2.5 kB/s')
    await show(fetching(5000, 2, { total: 4000 }))
    await expectScreen('artifacts of child > unit: 5 kB, 2.5 kB/s')
  })

  test('below the trees of what is still followed, above the line of progress', async () => {
    const { show } = await open(80, 24)
    await show(looked(small, 10))
    await show(fetching(9_000_000, 10, { kind: 'test report', name: 'pipeline 4700' }))
    const line = 'test report of pipeline 4700: 9 MB of 18 MB, 50%, 900 kB/s'
    await expectScreen(...smallRows(10), line, '0 of 2 jobs done, 1 running, 0s')
    await show(fetched(11))
    await expectScreen(...smallRows(11), '0 of 2 jobs done, 1 running, 1s')
  })

  test('in a narrow and low window they are cut, and a job cannot control the terminal', async () => {
    const { show } = await open(30, 3)
    await show(looked(busy, 10))
    for (const key of ['a', 'b', 'c']) await show(fetching(1, 10, { key, name: `${key}\x1b[2J\nx` }))
    await expectScreen('artifacts of c^[[2J x: 1 byt\u2026', '4 of 10 jobs done, 3 running\u2026')
  })
})
