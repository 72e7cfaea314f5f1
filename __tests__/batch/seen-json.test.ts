import { usePlanner } from '../helpers/batch-screen.ts'
import { environment } from '../helpers/gitlab.ts'
import { run } from '../helpers/run.ts'

const { batch, gitlab } = usePlanner()

const plan = `
targets:
  build: { ref: master }
  docs: { ref: develop, needs: [build] }
  bad: { ref: failing, wait: true }
  after-bad: { ref: master, needs: [bad], variables: { A: x } }
`
const names = ['build', 'docs', 'bad', 'after-bad']

type Line = Record<string, unknown>
const linesOf = (stdout: string): Line[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)

test('--json prints an object for each target in the order of the plan, all with the same members', async () => {
  const { stdout, code } = await batch(plan, '--json')
  const objects = linesOf(stdout)
  expect(code).toBe(3)
  expect(objects.map(({ target, exit_code }) => [target, exit_code])).toEqual([
    ['build', 0],
    ['docs', 0],
    ['bad', 3],
    ['after-bad', 10],
  ])
  for (const each of objects) expect(Object.keys(each).sort()).toEqual(Object.keys(objects[0] ?? {}).sort())
  expect(objects[3]).toMatchObject({
    id: null,
    build_state: 'none',
    error: { message: 'bad has not succeeded (3)' },
  })
})

test('--json=FIELDS chooses among them', async () => {
  const { stdout } = await batch(plan, '--json=target,id,exit_code')
  expect(linesOf(stdout)).toEqual([
    { target: 'build', id: 4711, exit_code: 0 },
    { target: 'docs', id: expect.any(Number) as number, exit_code: 0 },
    { target: 'bad', id: expect.any(Number) as number, exit_code: 3, error: expect.anything() as unknown },
    { target: 'after-bad', id: null, exit_code: 10, error: expect.anything() as unknown },
  ])
  expect((await batch(plan, '--json=targt --restart')).stderr).toMatch(
    /unknown field "targt"; did you mean "target"/,
  )
})

test('each line of --events names its target, and each state is told once', async () => {
  const { stdout } = await batch(plan, '--events')
  const lines = linesOf(stdout)
  expect(lines[0]).toMatchObject({ type: 'planned', targets: names.map((target) => ({ target })) })
  expect(lines.at(-1)).toMatchObject({
    type: 'finished',
    targets: names.map((target) => ({ target, state: 'over' })),
  })
  for (const line of lines.slice(1, -1)) expect(names).toContain(line['target'])
  const states = (name: string): unknown[] =>
    lines.filter(({ type, target }) => type === 'target' && target === name).map(({ state }) => state)
  expect(states('build')).toEqual(['starting', 'created', 'pending', 'running', 'over'])
  expect(states('docs')).toEqual(['starting', 'created', 'over'])
  expect(states('after-bad')).toEqual(['over'])
})

test.each(['', '--poll-interval 30s', '--poll-interval 10m'])(
  'a pipeline that has finished is never said to run: %s',
  async (flags) => {
    const { stdout } = await batch(plan, `--events ${flags}`)
    const seen = linesOf(stdout).filter(({ type }) => type === 'target')
    const moving = seen.filter(({ state }) => state === 'pending' || state === 'running')
    expect(moving.filter(({ status }) => status === 'success' || status === 'failed')).toEqual([])
    expect(seen.filter(({ state }) => state === 'over')).toHaveLength(names.length)
  },
)

const wrong = 'targets: { a: { reff: master } }'
const endless = 'targets: { a: { ref: master }, b: { ref: develop } }'
test.each([
  ['a plan that is wrong', wrong, '--events', 2],
  ['no earlier run', endless, '--events --resume', 14],
  ['a value that is none', endless, '--events --parallel x', 2],
  ['a target that has no ref', 'targets: { a: { project: 9 } }', '--events', 2],
])('--events of a batch that has not begun is one line that says why: %s', async (_, text, words, code) => {
  const result = await batch(text, words)
  expect({ code: result.code, lines: linesOf(result.stdout) }).toEqual({
    code,
    lines: [expect.objectContaining({ type: 'failed', exit_code: code, build_state: 'none' })],
  })
})

test('the same of several that were typed', async () => {
  const env = { ...environment(gitlab()).env }
  const { code, stdout } = await run('run -r master -r develop --events -p nope', { env })
  expect({ code, lines: linesOf(stdout) }).toMatchObject({ code: 2, lines: [{ type: 'failed' }] })
})

// prettier-ignore
test.each([
  ['a time limit', '--rate 1 --batch-timeout 2s', /Not started:\n {2}c: the time limit of 2 s has passed/],
  ['--fail-fast', '--parallel 1 --fail-fast', /Not started:\n {2}b: a has failed/],
])('--quiet names what was not started, and how to go on: %s', async (_, words, says) => {
  const { stdout, stderr } = await batch('targets: { a: { ref: nowhere }, b: { ref: develop }, c: { ref: develop, variables: { N: "1" } } }', `-q ${words}`)
  expect(stdout).toBe('')
  expect(stderr).toMatch(says)
  expect(stderr).toMatch(/of 3 targets .*\n[^]*\nTo continue the plan: gitlab-trigger batch .* --resume\n/)
})

// prettier-ignore
test.each([
  ['a: { ref: nowhere }, b: { ref: develop }', '', /^A plain rerun triggers again what has a pipeline already\.\nTo continue the plan: gitlab-trigger batch .* --resume$/m],
  ['a: { ref: nowhere }', '', /^(?![^]*plain rerun)/],
  ['a: { ref: failing, wait: true }', '', /^To run the failed jobs again: gitlab-trigger retry http\S+\/4711$/m],
  ['a: { ref: broken }', '', /^(?![^]*To run the failed jobs again)/],
  ['a: { ref: broken, wait: true }', '-q', /^(?![^]*To run the failed jobs again)/],
])('how to go on after %s %s', async (targets, words, says) => {
  expect((await batch(`targets: { ${targets} }`, words)).stderr).toMatch(says)
})

// prettier-ignore
test.each([
  ['broken', '', false],
  ['broken', '--wait', false],
  ['failing', '--wait', true],
])('with --resume only what has jobs is to be retried: %s %s', async (ref, words, isNamed) => {
  const text = `targets: { a: { ref: ${ref} }, b: { ref: develop } }`
  await batch(text, words)
  for (const more of ['', words]) {
    const { stderr } = await batch(text, `--resume ${more}`.trim())
    expect(/To run the failed jobs again: .*4711$/m.test(stderr)).toBe(isNamed)
  }
})

test('what failed in an earlier run says so with --resume, and where to look', async () => {
  const text = 'targets: { a: { ref: broken }, b: { ref: develop } }'
  expect((await batch(text, '--parallel 1')).stdout).toBe('4711\n4712\n')
  const { stdout, stderr } = await batch(text, '--resume --json=id,exit_code,error')
  expect(linesOf(stdout)[0]).toEqual({
    id: 4711,
    exit_code: 3,
    error: {
      message: 'pipeline 4711 failed in an earlier run',
      hint: expect.stringMatching(/^To see why: gitlab-trigger status http\S+\/4711$/) as string,
    },
  })
  expect(stderr).toContain('Failed:\n  a: pipeline 4711 failed in an earlier run\n')
})

test('--quiet names what has failed in an earlier run; nothing after success', async () => {
  const text = 'targets: { a: { ref: failing, wait: true }, b: { ref: develop, variables: { N: "1" } } }'
  expect((await batch(text, '-q')).stderr).toMatch(/\nFailed:\n {2}a: /)
  expect((await batch('targets: { a: { ref: master } }', '-q --restart')).stderr).toBe('')
})

test('unattended, a batch that fails says once when and where it was', async () => {
  const { mail } = await batch(plan)
  expect(mail.match(/^time {7}/gm)).toHaveLength(1)
  expect(mail).toMatch(
    /\n\ntime {7}.*\nhost {7}here\ncommand {4}.*\nexit code {2}3 \(the pipeline exists and did not succeed\)\n$/,
  )
  const watched = await batch(plan, '--restart', { env: { CI: 'true', GITLAB_CI: 'true' } })
  expect(watched.mail).not.toMatch(/^time {7}/m)
  expect((await batch('targets: { a: { ref: master } }', '--restart')).mail).not.toMatch(/^time {7}/m)
})

test('of many that failed the first 20 are named', async () => {
  const targets = Array.from(
    { length: 25 },
    (_, at) => `  t${at}: { needs: [bad], variables: { A: "${at}" } }`,
  )
  const text = `defaults: { ref: master }\ntargets:\n  bad: { ref: failing }\n${targets.join('\n')}\n`
  const { stderr } = await batch(text)
  const [, listed = ''] = /^Not started:\n((?: {2}.*\n)+)/m.exec(stderr) ?? []
  expect(listed.trimEnd().split('\n')).toHaveLength(21)
  expect(listed).toMatch(/ {2}and 5 more\n$/)
})
