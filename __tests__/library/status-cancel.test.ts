import { status } from '../../src/index.ts'
import { cancelToEnd } from '../../src/library/cancel.ts'
import { readStatus } from '../../src/library/status.ts'
import type { Script } from '../../src/sandbox/server.ts'
import { failTimes } from '../helpers/follower.ts'
import { failureOf, useCaller } from '../helpers/library.ts'

const { gitlab, options, inTime } = useCaller()
const slow: Script = { by: 'clock', job: { run_tests: { runs: 600 } } }
const below: Script = {
  by: 'clock',
  jobs: [
    { name: 'other', stage: 's', downstream: { project: 11, jobs: [{ name: 'y', stage: 'y', runs: 600 }] } },
    { name: 'z', stage: 'z' },
  ],
}
const cancels = (): string[] =>
  gitlab()
    .requests.filter(({ path }) => path.endsWith('/cancel'))
    .map(({ path }) => path.replace(/^.*projects\//, ''))

describe('status', () => {
  test('is the tree, as plain data', async () => {
    gitlab().script('master', below)
    gitlab().addPipeline({ createdAt: Date.UTC(2026, 10, 22, 11, 59) })
    const pipeline = await status({ ...options(), project: 'seed/app' })
    expect(structuredClone(pipeline)).toEqual(pipeline)
    expect(pipeline).toMatchObject({
      ...{ id: 4711, kind: 'pipeline', project: '9', ref: 'master', hidden: null },
      webUrl: `${gitlab().url}/seed/app/-/pipelines/4711`,
      jobs: [
        {
          name: 'other',
          isBridge: true,
          downstream: { id: 4712, project: '11', pipeline: { jobs: [{ name: 'y', waits: null }] } },
        },
        { name: 'z', isBridge: false, downstream: null },
      ],
    })
    expect(Object.keys(pipeline).filter((name) => /by$|guess/i.test(name))).toEqual([])
  })

  test('however it is', async () => {
    gitlab().script('master', { failsInStage: 'build' })
    gitlab().addPipeline()
    const job = `${gitlab().url}/seed/app/-/jobs/9001`
    expect((await status({ ...options(), project: undefined, pipeline: job })).id).toBe(4711)
  })

  test('a token that the server repeats is masked', async () => {
    const { api } = gitlab().tokens
    const body = JSON.stringify({ message: `no, ${api}` })
    failTimes(gitlab(), 2, { kind: 'answer', status: 403, body, contentType: 'application/json' })
    gitlab().addPipeline()
    const error = await failureOf(status(options()), api)
    expect(error).toMatchObject({ exit: 'notAccepted' })
    expect(error.message).toContain('no, ***')
  })

  test.each<[name: string, more: object, exit: string]>([
    ['nobody listens', { server: 'http://127.0.0.1:1', retry: 0 }, 'notReached'],
    ['it is too slow', { timeoutMs: 5000 }, 'notReached'],
  ])('%s', async (name, more, exit) => {
    gitlab().addPipeline()
    if (name.includes('slow')) gitlab().failNext({ kind: 'stall' })
    const error = await failureOf(inTime((clock) => readStatus({ ...options(), ...more }, clock)))
    expect(error).toMatchObject({ exit, build: { kind: 'none' } })
    expect(error.message).toMatch(/^pipeline 4711 of project 9 could not be read: /)
  })

  test('what is transient is asked again', async () => {
    gitlab().addPipeline()
    failTimes(gitlab(), 2, { kind: 'answer', status: 502 })
    expect((await inTime((clock) => readStatus(options(), clock))).id).toBe(4711)
  })
})

describe('cancel', () => {
  const early = { createdAt: Date.UTC(2026, 10, 22, 11, 59) }

  test('what runs, and waits until it has stopped', async () => {
    gitlab().script('master', slow)
    gitlab().addPipeline(early)
    expect(await inTime((clock) => cancelToEnd(options(), clock))).toMatchObject({
      id: 4711,
      status: 'canceled',
    })
    expect(cancels()).toEqual(['9/pipelines/4711/cancel'])
  })

  test.each<[downstream: boolean | undefined, paths: string[]]>([
    [undefined, ['11/pipelines/4712/cancel']],
    [true, ['11/pipelines/4712/cancel']],
    [false, ['9/pipelines/4711/cancel']],
  ])('what is downstream: %p', async (downstream, paths) => {
    gitlab().script('master', below)
    gitlab().addPipeline(early)
    await inTime((clock) => cancelToEnd({ ...options(), downstream }, clock))
    expect(cancels()).toEqual(paths)
  })

  test('what was in the past', async () => {
    gitlab().script('master', { pipeline: ['success'] })
    gitlab().addPipeline()
    expect(await inTime((clock) => cancelToEnd(options(), clock))).toMatchObject({ status: 'success' })
    expect(cancels()).toEqual([])
  })

  test('not without an API token', async () => {
    gitlab().addPipeline()
    gitlab().set('visibility', 'public')
    const error = await failureOf(
      inTime((clock) => cancelToEnd({ ...options(), apiToken: undefined }, clock)),
    )
    expect(error).toMatchObject({ exit: 'notAccepted', build: { kind: 'triggered' } })
    expect(error.hint).toBe('Set the option apiToken; the role of Developer is needed.')
  })

  test('what does not stop', async () => {
    gitlab().script('master', {
      pipeline: ['canceling'],
      jobs: [{ name: 'a', stage: 'a', statuses: ['canceling'] }],
    })
    gitlab().addPipeline()
    const error = await failureOf(inTime((clock) => cancelToEnd(options(), clock)))
    expect(error.exit).toBe('endNotSeen')
    expect(error.message).toMatch(
      /^pipeline 4711 was asked to cancel, and was \w+ when it was last read: the time limit of 90 s has passed$/,
    )
  })

  test('aborted once it was asked', async () => {
    gitlab().script('master', {
      pipeline: ['canceling'],
      jobs: [{ name: 'a', stage: 'a', statuses: ['canceling'] }],
    })
    gitlab().addPipeline()
    const stopping = new AbortController()
    const look = (): void => {
      if (cancels().length > 0) stopping.abort()
      else setImmediate(look)
    }
    look()
    const call = inTime((clock) => cancelToEnd({ ...options(), signal: stopping.signal }, clock))
    expect(await failureOf(call)).toMatchObject({ exit: 'interrupt', build: { kind: 'triggered' } })
  })
})

describe('API v3', () => {
  const old = useCaller({ gitlab: '8.17' })
  test('status and cancel', async () => {
    old.gitlab().script('master', slow)
    old.gitlab().addPipeline()
    expect(await status(old.options())).toMatchObject({ id: 4711, kind: 'pipeline' })
    expect(await old.inTime((clock) => cancelToEnd(old.options(), clock))).toMatchObject({
      status: 'canceled',
    })
  })
})
