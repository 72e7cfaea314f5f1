import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { useBatch, type BatchRunOptions } from '../helpers/batch.ts'
import { beforeSleep } from '../helpers/before-sleep.ts'
import { posts } from '../helpers/gitlab.ts'
import { filesBelow } from '../helpers/home.ts'

const { batch, gitlab, home } = useBatch()

const plan = 'targets:\n  a: { ref: master }\n  b: { ref: develop }\n'

const journals = (): string[] => filesBelow(join(home().state, 'batch'))

/** As if the last run had been killed when these lines were on the disk. */
function keep(isKept: (line: { type: string; target?: string }) => boolean): void {
  const path = journals().at(-1) ?? ''
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  const kept = lines.filter((line) => isKept(JSON.parse(line) as { type: string }))
  writeFileSync(path, `${kept.join('\n')}\n`)
}

const run = (words: readonly string[], more: BatchRunOptions = {}): ReturnType<typeof batch> =>
  batch(plan, { words, ...more })

/** A run that has read what there is, and begins only once the callback has resolved. */
const slow = (words: readonly string[], meanwhile: () => Promise<unknown>): ReturnType<typeof batch> =>
  run([...words, '--jitter', '5m'], {
    pid: 4444,
    prepare: (world) => {
      beforeSleep(world, 1, meanwhile)
    },
  })

describe('of two runs that read the same journal one triggers', () => {
  const twice = async (): Promise<void> => {
    await run([])
    await run([], { pid: 4343 })
  }
  test.each([
    ['neither has found one', [], (): Promise<unknown> => run([])],
    ['the other one was followed by two more', [], () => twice().then(twice)],
  ])('%s', async (_, words, meanwhile) => {
    let before = 0
    const { code, stdout, stderr } = await slow(words, async () => {
      await meanwhile()
      before = posts(gitlab()).length
    })
    expect(before).toBeGreaterThan(0)
    expect({ code, stdout, posts: posts(gitlab()).length }).toEqual({ code: 10, stdout: '', posts: before })
    expect(stderr).toContain('another run of this plan has just begun')
  })

  test.each(['--resume', '--restart'])('both with %s', async (flag) => {
    await run([])
    keep(({ type, target }) => type !== 'over' && target !== 'b')
    const { code } = await slow([flag], () => run([flag], { pid: 4343 }))
    expect({ code, posts: posts(gitlab()).length }).toEqual({ code: 10, posts: flag === '--resume' ? 3 : 4 })
  })
})

describe('what an earlier run has made, or may have made, is never denied', () => {
  const down: BatchRunOptions = { env: { GITLAB_TRIGGER_API_TOKEN: '' } }
  const refuse = (status: number, count: number): void => {
    for (let at = 0; at < count; at += 1)
      gitlab().failNext({ method: 'GET', kind: 'answer', status, body: '{}' })
  }
  test.each([
    [
      'its outcome is unknown, and there is nobody to ask',
      'intent',
      [],
      down,
      0,
      7,
      '-',
      /A pipeline may have been/,
    ],
    ['its outcome is unknown, and GitLab is ill', 'intent', [], {}, 503, 7, '-', /A pipeline may have been/],
    ['its outcome is unknown, and GitLab refuses', 'intent', [], {}, 403, 7, '-', /A pipeline may have been/],
    [
      'it is known, and GitLab is ill',
      'result',
      ['--wait', '--report-timeout', '10s'],
      {},
      503,
      8,
      '4711',
      /Pipeline 4711 was created/,
    ],
  ])('%s', async (_, last, words, more, status, code, id, text) => {
    const flags = ['--timeout', '30s', ...words]
    await run(flags)
    const order = ['run', 'intent', 'result']
    keep(
      ({ type, target }) =>
        order.includes(type) && (target !== 'a' || order.indexOf(type) <= order.indexOf(last)),
    )
    if (status > 0) refuse(status, 60)
    const before = posts(gitlab()).length
    const { code: ended, stdout, stderr } = await run([...flags, '--resume'], { ...more, pid: 4343 })
    expect({ ended, id: stdout.split('\n')[0], posts: posts(gitlab()).length, stderr }).toEqual({
      ended: code,
      id,
      posts: before,
      stderr: expect.stringMatching(text) as string,
    })
    expect(stderr).not.toMatch(/a: [^\n]*\n?[^\n]*No pipeline was created/)
  })
})

test('a failure that has nothing to do with its pipeline is no end: with --resume the target is gone on with', async () => {
  const first = await run([], { broken: { stdout: 'ENOSPC' } })
  expect(first.code).toBe(11)
  const { code, stdout } = await run(['--resume'], { pid: 4343 })
  expect({ code, stdout, posts: posts(gitlab()).length }).toEqual({
    code: 0,
    stdout: '4711\n4712\n',
    posts: 2,
  })
})

test('pipelines whose outcome is unknown are found behind all that their batch has made since, and each is read once', async () => {
  const names = Array.from({ length: 130 }, (_, at) => `t${at}`)
  const many = `targets:\n${names.map((name) => `  ${name}: { ref: master, variables: { N: ${name} } }\n`).join('')}`
  const first = await batch(many, { words: [] })
  const lost = ['t1', 't2', 't3']
  keep(({ type, target = '' }) => type !== 'over' && (type === 'intent' || !lost.includes(target)))
  const before = gitlab().requests.length
  const resumed = await batch(many, { words: ['--resume', '--timeout', '20s'], pid: 4343 })
  const read = gitlab()
    .requests.slice(before)
    .filter(({ path }) => path.endsWith('/variables'))
    .map(({ path }) => /pipelines\/(\d+)/.exec(path)?.[1])
  expect({ code: resumed.code, stdout: resumed.stdout, read }).toEqual({
    code: 0,
    stdout: first.stdout,
    read: first.stdout.split('\n').slice(1, 4).reverse(),
  })
  expect(posts(gitlab())).toHaveLength(names.length)
})

describe('a run that ends before it begins says what the earlier one has made', () => {
  test.each([
    ['without --resume', plan, [], 10, 'it created 1 pipeline'],
    [
      'a plan that is wrong now',
      `${plan}  c: { ref: x, server: nowhere }\n`,
      ['--resume'],
      14,
      'it created 1 pipeline.',
    ],
    [
      'a file that cannot be written',
      plan,
      ['--resume', '--joblog', '/none/x'],
      14,
      'it created 1 pipeline.',
    ],
  ])('%s', async (_, text, words, code, says) => {
    await run([])
    keep(({ type, target }) => type !== 'over' && target !== 'b')
    const before = posts(gitlab()).length
    const result = await batch(text, { words })
    expect({ code: result.code, posts: posts(gitlab()).length }).toEqual({ code, posts: before })
    expect(result.stderr).toContain('No pipeline was created by this run.')
    expect(result.stderr).toContain(says)
  })
})
