import { screenOf, usePlanner, type Screen } from '../helpers/batch-screen.ts'
import type { Followed } from '../helpers/follower.ts'

const { gitlab, home, batch } = usePlanner()

const tty = ['stdout', 'stderr'] as ('stdout' | 'stderr')[]

/** Types the line at a terminal of this size. */
async function seen(
  plan: string,
  more = '',
  [columns, rows]: [number, number] = [80, 24],
  env: Record<string, string> = {},
): Promise<Followed & Screen & { home: string }> {
  let screen: Screen | undefined
  const result = await batch(plan, more, {
    tty,
    env: { TERM: 'xterm', ...env },
    prepare(world) {
      screen = screenOf(world, columns, rows)
    },
  })
  if (!screen) throw new Error('no screen')
  return { ...result, ...screen, home: home().root }
}

const plan = `
defaults: { wait: true }
targets:
  build: { ref: master }
  docs: { ref: develop, needs: [build] }
  bad: { ref: failing }
  after-bad: { ref: master, needs: [bad], variables: { A: x } }
  all: { ref: master, needs: [build, docs, bad, after-bad], variables: { A: y } }
`

test('each target has a line with its state in words, its pipeline and its times', async () => {
  const { frameWith, frames, code } = await seen(plan)
  expect(code).toBe(3)
  expect(frames[0]).toBe(
    [
      '  Target     State  Pipeline  Queued  Run',
      '. build      waiting',
      '. docs       waiting for build',
      '. bad        waiting',
      '. after-bad  waiting for bad',
      '. all        waiting for build, docs and 2 more',
      '................... 0 of 5 done, 0s',
    ].join('\n'),
  )
  const both = frameWith('2 running, 5s')
  expect(both).toMatch(/^> build +running +4711 +\d+s +\d+s$/m)
  expect(both).toMatch(/^. docs +waiting for build$/m)
  const slow = '  slow: { ref: develop, needs: [docs], variables: { A: z } }\n'
  const late = (await seen(`${plan}${slow}`, '--restart')).frameWith('1 failed, 2 not started')
  expect(late).toMatch(/^x bad +failed +\d+ +\d+s +\d+s$/m)
  expect(late).toMatch(/^- after-bad +not started: bad has not succeeded \(3\)$/m)
  expect(late).toMatch(/^###.* of 6 done, 1 running, 1 failed, 2 not started, /m)
})

test('it is gone at the end; ids, failures and the summary are left', async () => {
  const { frames, home } = await seen(plan, '--parallel 1', [160, 24])
  const pages = `${gitlab().url}/seed/app/-/pipelines`
  const left = frames
    .at(-1)
    ?.replace(/\b\d+s\b/g, 'Ns')
    .replace(/^Slowest: .*Ns\)\.$/m, 'Slowest')
  expect(left).toBe(
    [
      `build: Pipeline 4711 (ref master): created ${pages}/4711`,
      '4711',
      `docs: Pipeline 4712 (ref develop): created ${pages}/4712`,
      '4712',
      `bad: Pipeline 4713 (ref failing): created ${pages}/4713`,
      '4713',
      'bad: Pipeline 4713 failed: build_package (script_failure)',
      'Pipeline 4713 was created.',
      `See ${pages}/4713`,
      '',
      '-',
      '-',
      '2 of 5 targets succeeded, 1 failed, 2 were not started, in Ns.',
      'Critical path: build (Ns) → docs (Ns), Ns.',
      'Slowest',
      'Failed:',
      '  bad: Pipeline 4713 failed: build_package (script_failure)',
      'Not started:',
      '  after-bad: bad has not succeeded (3)',
      '  all: bad has not succeeded (3)',
      `To run the failed jobs again: gitlab-trigger retry ${pages}/4713`,
      'A plain rerun triggers again what has a pipeline already.',
      `To continue the plan: gitlab-trigger batch ${home}/plan.yml --parallel 1 --resume`,
    ].join('\n'),
  )
})

const many = (count: number): string =>
  [
    'defaults: { wait: true, ref: master }',
    'targets:',
    ...Array.from({ length: count }, (_, at) =>
      at === 3 ? '  bad: { ref: failing }' : `  t${at}: { variables: { A: "${at}" } }`,
    ),
  ].join('\n')

test('of more targets than rows those that failed come first, then those that move; the rest is counted', async () => {
  const { frameWith } = await seen(many(30), '', [80, 12])
  const rows = frameWith('1 failed').split('\n').slice(-11)
  expect(rows[0]).toMatch(/^ {2}Target +State +Pipeline +Queued +Run$/)
  expect(rows[1]).toMatch(/^x bad +failed +\d+ /)
  expect(rows.slice(2, 6).join('\n')).toMatch(/^([.>] t\d+ +(starting|\w+ +47\d+.*)\n?){4}$/)
  expect(rows.slice(6, 9).join('\n')).toMatch(/^(\. t\d+ +waiting\n?)+$/m)
  expect(rows[9]).toMatch(/^\+ \d+ waiting, \d+ succeeded$/)
  expect(rows[10]).toMatch(/^[#.]+ \d+ of 30 done, \d running, 1 failed, \d+s, about \d+[ms] left$/)
})

test('of targets that are not followed the rest counts as triggered', async () => {
  const { frames } = await seen(many(30).replace('wait: true', 'wait: false'), '--rate 5', [80, 8])
  const rests = frames.flatMap((frame) => /^\+ .*$/m.exec(frame)?.[0] ?? [])
  expect(rests.join('\n')).toMatch(/, \d+ triggered$/m)
  expect(rests.join('\n')).not.toContain('succeeded')
})

test('an estimate is silent until a target is over, shrinks, and is silent again where the mean is over', async () => {
  const { frames } = await seen(many(9), '--parallel 2')
  const lefts = frames.map((frame) => /of 9 done.*about (\d+)s left/.exec(frame)?.[1]).map(Number)
  const done = frames.map((frame) => Number(/(\d+) of 9 done/.exec(frame)?.[1]))
  expect(lefts.filter((_, at) => done[at] === 0).every(Number.isNaN)).toBe(true)
  const told = lefts.filter((left) => !Number.isNaN(left))
  expect(told.length).toBeGreaterThan(5)
  expect(Math.min(...told)).toBeGreaterThan(0)
  expect(told.at(-1)).toBeLessThanOrEqual(told[0] ?? 0)
})

test('the pace of a project bounds the estimate: 3 a minute, 9 to go', async () => {
  const text = many(12).replace('wait: true', 'wait: false').replace('bad', 't3').replace('failing', 'master')
  const { frames, code } = await seen(
    text.replace('{ ref: master }', '{ variables: { A: "3" } }'),
    '--rate 3',
  )
  expect(code).toBe(0)
  expect(frames.join('\n\n')).toMatch(
    /waiting for the rate limit until .*\n(\..*\n)*[#.]+ \d+ of 12 done.*, about [123]m left$/m,
  )
})

test('it is drawn once a second, and at most ten times a second, however much happens', async () => {
  const { frames, times } = await seen(many(100).replace('wait: true', 'wait: false'), '--parallel 32')
  const drawn = new Map<string, number>()
  for (const [at, frame] of frames.entries()) {
    const bar = /\d+ of 100 done.*/.exec(frame)?.[0]
    if (bar !== undefined) drawn.set(bar, times[at] ?? 0)
  }
  const seconds = new Map<number, number>()
  for (const time of drawn.values())
    seconds.set(Math.floor(time / 1000), (seconds.get(Math.floor(time / 1000)) ?? 0) + 1)
  expect(Math.max(...seconds.values())).toBeLessThanOrEqual(11)
})

test.each([
  [80, 24],
  [40, 10],
  [20, 5],
  [10, 3],
  [5, 2],
  [1, 1],
])(
  'in a window of %i columns and %i rows no line is wider, and nothing is left behind',
  async (columns, rows) => {
    const { frames, stderr } = await seen(many(8), '', [columns, rows])
    const painted = [...stderr.matchAll(/\x1b\[\?7l([^]*?)\x1b\[\?7h/g)].map(([, text = '']) => text)
    if (rows > 1) expect(painted.length).toBeGreaterThan(5)
    for (const text of painted) {
      const lines = text.replaceAll('\x1b[K', '').split('\n').slice(0, -1)
      expect(lines.length).toBeLessThan(Math.max(rows, 2))
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(Math.max(columns - 1, 1))
    }
    expect(frames.at(-1)).not.toMatch(/ of 8 done/)
  },
)

test.each([
  ['--progress lines', true],
  ['--progress none', false],
  ['--quiet', false],
  ['--events', false],
  ['--events --progress lines', true],
])('%s: there is no table', async (more, hasLines) => {
  const { frames } = await seen(plan, more, [200, 24])
  const all = frames.join('\n')
  expect(all).not.toContain('of 5 done,')
  expect(/^build: running$/m.test(all)).toBe(hasLines)
})

test('off a terminal there are lines, and --progress tree says so', async () => {
  const { stderr } = await batch(plan, '--progress tree')
  expect(stderr).toMatch(/^warning: --progress tree: stderr is not a terminal that can move its cursor/)
  expect(stderr).toMatch(/^build: success in \d+s \(1 of 5 done\)$/m)
})

test('where links are shown an id is one to its page', async () => {
  const { stderr } = await batch(plan, '', { tty, env: { TERM: 'xterm-kitty' } })
  const page = `${gitlab().url}/seed/app/-/pipelines/4711`
  expect(stderr).toContain(`\x1b]8;;${page}\x1b\\4711\x1b]8;;\x1b\\`)
})
