import { leftOutSentence } from '../../src/follow/logs/left-out.ts'
import type { JobPlan, Script } from '../../src/sandbox/server.ts'
import { useFollower, type FollowOptions } from '../helpers/follower.ts'

const follower = useFollower()
const { gitlab } = follower

const job = (name: string, more: Partial<JobPlan> = {}): JobPlan => ({
  ...{ name, stage: 'test', ends: 'failed', log: { text: `the log of ${name}\n` } },
  ...more,
})
const failing = (count: number): JobPlan[] => Array.from({ length: count }, (_, at) => job(`unit_${at + 1}`))
const of = (jobs: readonly JobPlan[]): Script => ({ by: 'clock', jobs })

const ci = { env: { CI: 'true' } }
const terminal: FollowOptions = { tty: ['stderr'], env: { NO_COLOR: '1' } }

/** The jobs whose logs stand in a text, in their order. */
const logged = (text: string): string[] =>
  [...text.matchAll(/the log of (\w+)/g)].map(([, name = '']) => name)
const firstTen = Array.from({ length: 10 }, (_, at) => `unit_${at + 1}`)
const rest = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, at) => `unit_${from + at}`).join(', ')

const say = (line: string, script: Script, more: FollowOptions = {}): ReturnType<typeof follower.follow> => {
  gitlab().script('master', script)
  if (!line.startsWith('--ref')) gitlab().addPipeline()
  return follower.follow(line, undefined, more)
}

describe('of many failed jobs the first ten are printed, and the others named in one line', () => {
  // prettier-ignore
  const rows: [name: string, line: string, more: FollowOptions][] = [
    ['run --follow, cron', '--ref master --follow', {}],
    ['run --follow, CI', '--ref master --follow', ci],
    ['run --follow --logs failed', '--ref master --follow --logs failed', ci],
    ['run --wait --logs failed', '--ref master --wait --logs failed', {}],
    ['run --follow --logs failed, a terminal', '--ref master --follow --logs failed', terminal],
    ['run --follow, --progress none', '--ref master --follow --progress none', ci],
    ['wait --logs failed', 'wait 4711 --logs failed', {}],
    ['retry --follow', 'retry 4711 --follow', {}],
  ]
  test.each(rows)('%s', async (name, line, more) => {
    const jobs = failing(25).map((each) => ({ ...each, endsAfterRetry: 'failed' }))
    const { code, stderr } = await say(line, of(jobs), more)
    expect(code).toBe(3)
    expect(logged(stderr)).toEqual(firstTen)
    const command = `gitlab-trigger logs --server ${gitlab().url} --project 9 --failed 4711`
    expect(stderr).toContain(`15 more failed jobs: ${rest(11, 25)}; to print all: ${command}\n`)
    const read = gitlab().requests.flatMap(({ path }) => /jobs\/(\d+)\/trace/.exec(path)?.[1] ?? [])
    expect(new Set(read).size).toBe(10)
    if (name.includes('cron')) expect(stderr.split('\n').length).toBeLessThan(120)
  })

  test('the command does it', async () => {
    const { stderr } = await say('--ref master --follow', of(failing(12)), {})
    const [, command = ''] = /to print all: gitlab-trigger (.*)\n/.exec(stderr) ?? []
    const { code, stdout } = await follower.follow(command, undefined, {
      prepare(world) {
        world.advance(600_000)
      },
    })
    expect({ code, jobs: logged(stdout) }).toEqual({ code: 0, jobs: [...firstTen, 'unit_11', 'unit_12'] })
  })
})

// prettier-ignore
const others: [name: string, line: string, count: number, shown: number, line2: RegExp | null, more?: FollowOptions][] = [
  ['ten', '--ref master --follow', 10, 10, null],
  ['eleven', '--ref master --follow', 11, 10, /\n1 more failed job: unit_11; to print all: /],
  ['--logs all', '--ref master --wait --logs all', 14, 14, null],
  ['by name', '--ref master --wait --logs unit_1 --logs unit_14', 14, 2, null],
  ['a terminal, where all logs come as they grow', '--ref master --follow', 14, 14, null, terminal],
  ['--events, for programs', '--ref master --follow --events', 14, 14, null],
  ['--quiet', '--ref master --follow --quiet', 14, 0, null],
]
test.each(others)('%s', async (_, line, count, shown, line2, more = {}) => {
  const { code, stdout, stderr } = await say(line, of(failing(count)), more)
  expect(code).toBe(3)
  expect(new Set(logged(stdout + stderr)).size).toBe(shown)
  if (line2) expect(stderr).toMatch(line2)
  else expect(stderr).not.toContain('more failed')
})

test('of hundreds not all are named', () => {
  const jobs = Array.from({ length: 503 }, (_, at) => ({ name: `unit_${at + 1}` }))
  expect(leftOutSentence(jobs, '')).toBe(`503 more failed jobs: ${rest(1, 500)} and 3 more`)
  expect(leftOutSentence(jobs.slice(0, 500), '')).toBe(`500 more failed jobs: ${rest(1, 500)}`)
})

test('they come in the order of the pipeline, downstream ones in their place', async () => {
  const jobs = [
    job('z', { runs: 9 }),
    { name: 'docs', stage: 'test', downstream: { depend: true, jobs: failing(8) } },
    ...['a', 'b', 'c'].map((name) => job(name)),
  ]
  const { stderr } = await say('--ref master --follow', of(jobs))
  expect(logged(stderr)).toEqual(['z', ...firstTen.slice(0, 8), 'a'])
  expect(stderr).toMatch(/\n2 more failed jobs: b, c; to print all: /)
})

test('a name cannot look like a line of ours', async () => {
  const jobs = [...failing(10), job('x\nPipeline 4711 succeeded.'), job('y\x1b]0;z\x07')]
  const { stderr } = await say('--ref master --follow', of(jobs))
  expect(stderr).toMatch(/\n2 more failed jobs: x Pipeline 4711 succeeded\., y; to print all: /)
})

test('what cannot be printed is none of the ten that are named', async () => {
  gitlab().failNext({
    kind: 'answer',
    status: 403,
    path: '/jobs/9001/trace',
    body: '{"message":"403 Forbidden"}',
    contentType: 'application/json',
  })
  const { stderr } = await say('--ref master --follow', of(failing(11)))
  expect(stderr).toContain('the log of unit_1 could not be read: 403')
  expect(stderr).toContain('1 more failed job: unit_11;')
})

test('a failed job that a retry has replaced is not printed', async () => {
  const jobs = [job('unit_1', { endsAfterRetry: 'success' }), { name: 'slow', stage: 'test', runs: 60 }]
  const script: Script = { by: 'clock', jobs, others: [{ at: 20, do: 'retry', job: 'unit_1' }] }
  const { code, stderr } = await say('--ref master --follow', script)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})
