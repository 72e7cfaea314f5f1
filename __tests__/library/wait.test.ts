import { wait } from '../../src/index.ts'
import type { WaitEvent, WaitOptions } from '../../src/library/options.ts'
import type { PipelineResult } from '../../src/library/pipeline-result.ts'
import { waitForEnd } from '../../src/library/wait.ts'
import type { Script } from '../../src/sandbox/server.ts'
import { failTimes } from '../helpers/follower.ts'
import { failureOf, pipelineFailureOf, useCaller } from '../helpers/library.ts'

const { gitlab, options, inTime } = useCaller()
const slow: Script = { by: 'clock', job: { run_tests: { runs: 9999 } } }
const bad: Script = { failsInStage: 'build' }
const warned: Script = { job: { run_tests: { statuses: ['running', 'failed'], allowFailure: true } } }

function waitOn(script: Script, more: Partial<WaitOptions> = {}): Promise<PipelineResult> {
  gitlab().script('master', script)
  gitlab().addPipeline()
  return inTime((clock) => waitForEnd({ ...options(), ...more }, clock))
}

test.each<[name: string, script: Script, more: Partial<WaitOptions>, status: string]>([
  ['that succeeds', {}, {}, 'success'],
  ['by its URL', {}, { project: undefined, pipeline: 'URL' }, 'success'],
  ['skipped, where that is allowed', { pipeline: ['skipped'] }, { allowSkipped: true }, 'success'],
  ['that a person must start, where that passes', { manual: ['run_tests'] }, { onManual: 'pass' }, 'manual'],
  ['of which a manual job is started', { manual: ['run_tests'] }, { play: 'run_tests' }, 'success'],
])('a pipeline %s', async (name, script, more, status) => {
  const pipeline = more.pipeline && `${gitlab().url}/seed/app/-/pipelines/4711`
  const result = await waitOn(script, { ...more, ...(pipeline !== undefined && { pipeline }) })
  expect(result).toMatchObject({
    id: 4711,
    kind: 'pipeline',
    status: name.includes('skipped') ? 'skipped' : status,
  })
  expect(structuredClone(result)).toEqual(result)
})

// prettier-ignore
const rows: [name: string, script: Script, more: Partial<WaitOptions>, exit: string, status: string, message: RegExp][] = [
  ['fails', bad, {}, 'buildFailed', 'failed', /^Pipeline 4711 failed: \w/],
  ['was canceled', { pipeline: ['canceled'] }, {}, 'buildFailed', 'canceled', /^Pipeline 4711 was canceled$/],
  ['was skipped', { pipeline: ['skipped'] }, {}, 'buildFailed', 'skipped', /^Pipeline 4711 was skipped; no job ran$/],
  ['waits for a person', { manual: ['run_tests'] }, {}, 'buildFailed', 'manual', /^Pipeline 4711 is waiting for manual action: run_tests/],
  ['has warnings that count', warned, { failOnWarnings: true }, 'buildFailed', 'success', /^Pipeline 4711 succeeded with warnings; allowed to fail, and failed: run_tests \(script_failure\)$/],
  ['is too slow', slow, { timeoutMs: 60_000 }, 'endNotSeen', 'running', /^Pipeline 4711 is still running after 60 s/],
  ['runs too long', slow, { runTimeoutMs: 60_000 }, 'endNotSeen', 'running', /^Pipeline 4711 has run for 60 s and is still running/],
  ['does not start', { ...slow, startsAfter: 600 }, { queueTimeoutMs: 60_000 }, 'endNotSeen', 'created', /^No job of pipeline 4711 started within 60 s/],
]
test.each(rows)('a pipeline that %s', async (_, script, more, exit, status, message) => {
  const error = await pipelineFailureOf(waitOn(script, more), gitlab().tokens.api)
  expect(error.message).toMatch(message)
  expect(error).toMatchObject({
    exit,
    build: { kind: 'triggered', build: { id: 4711 } },
    pipeline: { id: 4711, status },
  })
  expect(error.pipeline.jobs.length).toBeGreaterThan(1)
  if (exit === 'endNotSeen') expect(error.hint).toBe('To resume waiting: wait({ ..., pipeline: 4711 })')
})

test('cancelOnTimeout: a limit cancels the pipeline, and the error says so', async () => {
  const error = await pipelineFailureOf(waitOn(slow, { runTimeoutMs: 60_000, cancelOnTimeout: true }))
  expect(error.message).toMatch(/^Pipeline 4711 has run for 60 s/)
  expect(error.pipeline.status).toBe('canceled')
  const changes = gitlab().requests.filter(({ method }) => method !== 'GET')
  expect(changes.map(({ path }) => path)).toEqual(['/api/v4/projects/9/pipelines/4711/cancel'])
})

test('cancelOnTimeout: without a token that may cancel, it is refused at once', async () => {
  gitlab().addPipeline()
  const { readApi } = gitlab().tokens
  const error = await failureOf(wait({ ...options(), apiToken: readApi, cancelOnTimeout: true }), readApi)
  expect(error).toMatchObject({ exit: 'notAccepted' })
  expect(error.message).toMatch(/^the option cancelOnTimeout: the API token from the option apiToken may not/)
  const { server, project, pipeline } = options()
  const without = await failureOf(wait({ server, project, pipeline, cancelOnTimeout: true }))
  expect(without).toMatchObject({ exit: 'usage' })
  expect(without.message).toMatch(/^the option cancelOnTimeout: no API token given/)
})

test('what happens meanwhile is told, and awaited', async () => {
  const events: WaitEvent[] = []
  let isBusy = false
  await waitOn(
    {},
    {
      async onChange(event) {
        expect(isBusy).toBe(false)
        isBusy = true
        await new Promise((resolve) => setImmediate(resolve))
        isBusy = false
        events.push(event)
      },
    },
  )
  const statuses = events.flatMap((event) => (event.type === 'changed' ? event.pipeline.status : []))
  expect(statuses[0]).not.toBe('success')
  expect(statuses.at(-1)).toBe('success')
  expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['changed']))
})

test('what onChange throws is thrown', async () => {
  const own = new Error('enough')
  const onChange = (): never => {
    throw own
  }
  await expect(waitOn(slow, { onChange })).rejects.toBe(own)
})

test.each(['why', undefined, new Error('enough')])('aborted by %p: the pipeline goes on', async (reason) => {
  const stopping = new AbortController()
  const onChange = (): void => {
    stopping.abort(reason)
  }
  const error = await pipelineFailureOf(waitOn(slow, { onChange, signal: stopping.signal }))
  expect(error).toMatchObject({
    exit: 'interrupt',
    exitCode: 130,
    pipeline: { status: expect.any(String) as string },
  })
  expect(error.message).toBe('stopped by its AbortSignal; the pipeline is still running')
  expect(error.hint).toBe('To resume waiting: wait({ ..., pipeline: 4711 })')
  expect(gitlab().requests.filter(({ method }) => method !== 'GET')).toEqual([])
})

test('aborted while the first answer is waited for', async () => {
  gitlab().addPipeline()
  gitlab().failNext({ kind: 'stall' })
  const stopping = new AbortController()
  const look = (): void => {
    if (gitlab().requests.at(-1)?.outcome === 'stalled') stopping.abort()
    else setImmediate(look)
  }
  look()
  const error = await failureOf(wait({ ...options(), signal: stopping.signal }))
  expect(error).toMatchObject({ exit: 'interrupt', build: { kind: 'none' } })
})

test('transient failures are waited out', async () => {
  let isFirst = true
  const onChange = (): void => {
    if (isFirst) failTimes(gitlab(), 3, { kind: 'answer', status: 502 })
    isFirst = false
  }
  expect((await waitOn({}, { onChange })).status).toBe('success')
})

test('the loss of contact ends it', async () => {
  const onChange = (): void => {
    failTimes(gitlab(), 200, { kind: 'reset' })
  }
  const error = await pipelineFailureOf(waitOn(slow, { onChange, pollGraceMs: 20_000 }))
  expect(error).toMatchObject({ exit: 'endNotSeen', build: { kind: 'triggered' }, pipeline: { id: 4711 } })
  expect(error.message).toMatch(
    /^the status of pipeline 4711 could not be read: lost connection to the server/,
  )
})

test('one that is not there, and a token that is not accepted', async () => {
  const { api } = gitlab().tokens
  gitlab().addPipeline()
  expect(await failureOf(wait({ ...options(), pipeline: 9999 }), api)).toMatchObject({ exit: 'notAccepted' })
  const wrong = 'glpat-c4n4ry0123456789abcd'
  const error = await failureOf(wait({ ...options(), apiToken: wrong }), wrong)
  expect(error).toMatchObject({ exit: 'notAccepted', build: { kind: 'none' } })
})

test('no more than 120 requests a minute', async () => {
  await pipelineFailureOf(waitOn(slow, { timeoutMs: 600_000 }))
  expect(gitlab().requests.length).toBeLessThan(1200)
})

describe('API v3', () => {
  const old = useCaller({ gitlab: '8.17' })
  test('a pipeline with its builds', async () => {
    old.gitlab().script('master', bad)
    old.gitlab().addPipeline()
    const error = await pipelineFailureOf(old.inTime((clock) => waitForEnd(old.options(), clock)))
    expect(error).toMatchObject({ exit: 'buildFailed', pipeline: { id: 4711, status: 'failed' } })
    expect(error.pipeline.jobs.some(({ status }) => status === 'failed')).toBe(true)
  })
})
