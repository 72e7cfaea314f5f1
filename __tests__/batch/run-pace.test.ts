import { useBatch } from '../helpers/batch.ts'
import { posts } from '../helpers/gitlab.ts'
import { start } from '../helpers/world.ts'

const { batch, gitlab } = useBatch()

/** This many targets, one a line, each with these members. */
const targets = (count: number, of: (index: number) => Record<string, unknown> = () => ({})): string =>
  Array.from({ length: count }, (_, index) => {
    const own = { name: `t${index}`, ref: 'master', variables: { N: String(index) }, ...of(index) }
    return `${JSON.stringify(own)}\n`
  }).join('')

const noApiToken = { GITLAB_TRIGGER_API_TOKEN: '' }

const run = (plan: string, ...words: string[]): ReturnType<typeof batch> =>
  batch(plan, { name: 'plan.ndjson', words, env: noApiToken })

const created = (): number => posts(gitlab()).filter(({ status }) => status === 201).length
const refused = (): number => posts(gitlab()).filter(({ status }) => status !== 201).length

describe('a rate that is given', () => {
  test.each([
    ['60 of one commit, 25 a minute', 60, () => ({}), 25, 120_000],
    ['10 a minute', 25, () => ({}), 10, 120_000],
    [
      'of two commits each has its own',
      40,
      (index: number) => ({ ref: index % 2 ? 'develop' : 'master' }),
      20,
      0,
    ],
    ['as many as there are', 25, () => ({}), 25, 0],
    ['one more', 26, () => ({}), 25, 60_000],
  ])('%s: never above the limit of the server', async (_, count, of, rate, least) => {
    gitlab().set('pipelines_per_minute', String(rate))
    const { code, tookMs } = await run(targets(count, of), '--rate', String(rate))
    expect({ code, created: created(), refused: refused() }).toEqual({ code: 0, created: count, refused: 0 })
    expect(tookMs).toBeGreaterThanOrEqual(least)
    expect(tookMs).toBeLessThan(least + 5000)
  })

  test('waiting for it counts as no time of a target', async () => {
    const { code, tookMs } = await run(targets(6), '--rate', '2', '--timeout', '10s')
    expect({ code, tookMs: Math.round(tookMs / 1000) }).toEqual({ code: 0, tookMs: 120 })
  })

  test('it is said until when', async () => {
    const { stderr } = await run(targets(2), '--rate', '1')
    expect(stderr).toMatch(/seed|127\.0\.0\.1.* 9: .*12:01:00/)
  })

  test('and that only once, however many triggers wait', async () => {
    gitlab().set('pipelines_per_minute', '3')
    const { stderr } = await run(targets(6), '--parallel', '6')
    const said = stderr.match(/.*continuing at .*/g) ?? []
    expect(said.length).toBeGreaterThan(0)
    expect(new Set(said).size).toBe(said.length)
  })
})

describe('a limit that is not known beforehand', () => {
  test.each([
    ['of a project', 'pipelines_per_minute', 3, 10],
    ['of a user', 'pipelines_per_user', 3, 10],
    ['one a minute', 'pipelines_per_minute', 1, 5],
  ])('%s: all are created, none fails of it', async (_, setting, most, count) => {
    gitlab().set(setting, String(most))
    const { code, stdout } = await run(targets(count), '--timeout', '90s')
    expect({ code, created: created() }).toEqual({ code: 0, created: count })
    expect(stdout).not.toContain('-')
    // Each minute some that were on their way already are refused.
    expect(refused()).toBeLessThanOrEqual(4 * Math.ceil(count / most))
  })

  test('of a user over two projects: the second refusal holds up the server', async () => {
    gitlab().set('pipelines_per_user', '2')
    gitlab().set('pipelines_per_user', '2', 10)
    const docs =
      gitlab()
        .projects()
        .find(({ id }) => id === 10)?.triggerTokens[0] ?? ''
    const plan = targets(8, (index) => (index % 2 ? { project: 10, tokenEnv: 'DOCS' } : { tokenEnv: 'APP' }))
    const { code } = await batch(plan, {
      name: 'plan.ndjson',
      env: { ...noApiToken, DOCS: docs, APP: gitlab().tokens.trigger, GITLAB_TRIGGER_TOKEN: '' },
    })
    expect({ code, created: created() }).toEqual({ code: 0, created: 8 })
  })

  test('429 with Retry-After slows all targets of the server', async () => {
    gitlab().failNext({
      method: 'POST',
      kind: 'answer',
      status: 429,
      body: 'Retry later\n',
      headers: { 'retry-after': '30' },
    })
    const { code, tookMs } = await run(targets(6), '--parallel', '1')
    expect({ code, created: created(), refused: refused() }).toEqual({ code: 0, created: 6, refused: 1 })
    expect(Math.round(tookMs / 1000)).toBe(30)
  })

  test('a server that says that nothing is left of its minute is not asked before the next one', async () => {
    const reset = Math.ceil((start + 20_000) / 1000)
    const headers = {
      'ratelimit-remaining': '0',
      'ratelimit-reset': String(reset),
      date: new Date(start).toUTCString(),
    }
    const body = JSON.stringify({ id: 1, status: 'created', ref: 'master' })
    gitlab().failNext({
      method: 'POST',
      kind: 'answer',
      status: 201,
      body,
      contentType: 'application/json',
      headers,
    })
    const { code, tookMs } = await run(targets(4), '--parallel', '1')
    expect({ code, posts: posts(gitlab()).length, s: Math.round(tookMs / 1000) }).toEqual({
      code: 0,
      posts: 4,
      s: 20,
    })
  })

  test('another server is not slowed', async () => {
    gitlab().failNext({
      method: 'POST',
      kind: 'answer',
      status: 429,
      body: 'Retry later\n',
      headers: { 'retry-after': '30' },
    })
    const other = gitlab().url.replace('127.0.0.1', 'localhost')
    const plan = targets(3, (index) => (index === 0 ? {} : { server: other }))
    await run(plan, '--parallel', '1')
    const variables = posts(gitlab()).map(({ fields }) =>
      fields.find(([key]) => key === 'variables[N]')?.[1].toString(),
    )
    expect(variables).toEqual(['0', '1', '2', '0'])
  })

  test('a server that lets nobody through ends it: exit 12, when its time is over', async () => {
    for (let count = 0; count < 40; count += 1)
      gitlab().failNext({
        method: 'POST',
        kind: 'answer',
        status: 429,
        body: 'Retry later\n',
        headers: { 'retry-after': '30' },
      })
    const { code, stdout } = await run(targets(1), '--timeout', '90s')
    expect({ code, stdout, posts: posts(gitlab()).length }).toEqual({ code: 12, stdout: '-\n', posts: 4 })
  })

  test('no answer holds up anybody for more than an hour', async () => {
    for (const headers of [
      { 'retry-after': '86400' },
      { 'ratelimit-remaining': '0', 'retry-after': '86400' },
    ])
      gitlab().failNext({ method: 'POST', kind: 'answer', status: 429, body: 'Retry later\n', headers })
    const { code, tookMs } = await run(targets(1), '--timeout', '3h')
    expect({ code, h: Math.round(tookMs / 3_600_000) }).toEqual({ code: 0, h: 2 })
  })

  test('--batch-timeout bounds how long a pipeline is followed, from the beginning of the batch', async () => {
    gitlab().set('pipelines_per_minute', '1')
    // With this API token it is followed; a manual job keeps it from ending.
    const endless = targets(2, () => ({ ref: 'manual', wait: true, onManual: 'wait' }))
    const { code, stderr, tookMs } = await batch(endless, {
      name: 'plan.ndjson',
      words: ['--batch-timeout', '90s'],
    })
    expect({ code, s: Math.round(tookMs / 1000) }).toEqual({ code: 8, s: 90 })
    expect(stderr.match(/after the 90 s of the batch \(--batch-timeout\)/g)).toHaveLength(4)
  })

  test('--batch-timeout ends the waiting', async () => {
    gitlab().set('pipelines_per_minute', '1')
    const { code, stdout, tookMs } = await run(targets(5), '--batch-timeout', '90s', '--parallel', '1')
    expect({ code, stdout, s: Math.round(tookMs / 1000) }).toEqual({
      code: 12,
      stdout: '4711\n4712\n-\n-\n-\n',
      s: 90,
    })
  })
})
