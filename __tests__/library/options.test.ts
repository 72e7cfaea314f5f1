import { cancel, logs, status, trigger, TriggerError, wait } from '../../src/index.ts'
import { useOneGitlab } from '../helpers/gitlab.ts'
import { failureOf } from '../helpers/library.ts'

const gitlab = useOneGitlab()
const canary = 'glptt-c4n4ry0123456789abcd'
const order = { server: 'https://gitlab.example.com', project: 9, ref: 'm', token: canary }
const one = { server: 'https://gitlab.example.com', project: 9, pipeline: 4711 }

// What a program without types may write.
type Untyped = (options?: unknown) => Promise<unknown>
const functions: Record<string, Untyped> = {
  trigger: trigger as Untyped,
  status: status as Untyped,
  wait: wait as Untyped,
  cancel: cancel as Untyped,
  logs: async (options) => (logs as (options: unknown) => AsyncGenerator)(options).next(),
}

// prettier-ignore
const rows: [name: string, options: unknown, message: string][] = [
  ['trigger', undefined, 'no object with options was given: no server, project, ref and token given'],
  ['trigger', null, 'no object with options was given: no server, project, ref and token given'],
  ['trigger', 'https://x', 'no object with options was given: no server, project, ref and token given'],
  ['trigger', [order], 'no object with options was given: no server, project, ref and token given'],
  ['trigger', {}, 'no server, project, ref and token given'],
  ['trigger', { ...order, token: undefined }, 'no token given'],
  ['trigger', { ...order, token: '' }, 'no token given'],
  ['trigger', { ...order, server: '', ref: undefined }, 'no server and ref given'],
  ['trigger', { ...order, timeout: 3 }, 'unknown option "timeout" (did you mean "timeoutMs"?)'],
  ['trigger', { ...order, Ref: 'x' }, 'unknown option "Ref" (did you mean "ref"?)'],
  ['trigger', { ...order, pipeline: 3 }, 'unknown option "pipeline"'],
  ['trigger', { ...order, [canary]: 3 }, 'unknown option'],
  ['trigger', { server: order.server, varaibles: {} }, 'no project, ref and token given; unknown option "varaibles" (did you mean "variables"?)'],
  ['trigger', { ...order, token: 42 }, 'token must be a string, not 42'],
  ['trigger', { ...order, token: [canary] }, 'token must be a string, not a list'],
  ['trigger', { ...order, ref: { canary } }, 'ref must be a string, not an object'],
  ['trigger', { ...order, server: new URL(order.server) }, 'server must be a string, not an object'],
  ['trigger', { ...order, project: 1.5 }, 'project must be a whole number or a string, not 1.5'],
  ['trigger', { ...order, project: null }, 'no project given'],
  ['trigger', { ...order, variables: [canary] }, 'variables must be an object, not a list'],
  ['trigger', { ...order, variables: null }, 'variables must be an object, not null'],
  ['trigger', { ...order, variables: { A: 1 } }, 'variables: the value of A is not a string'],
  ['trigger', { ...order, inputs: canary }, 'inputs must be an object, not a string'],
  ['trigger', { ...order, timeoutMs: canary }, 'timeoutMs must be a number of milliseconds above 0, not a string'],
  ['trigger', { ...order, timeoutMs: 0 }, 'timeoutMs must be a number of milliseconds above 0, not 0'],
  ['trigger', { ...order, timeoutMs: NaN }, 'timeoutMs must be a number of milliseconds above 0, not NaN'],
  ['trigger', { ...order, retry: -1 }, 'retry must be a whole number, 0 or more, not -1'],
  ['trigger', { ...order, retry: 1.5 }, 'retry must be a whole number, 0 or more, not 1.5'],
  ['trigger', { ...order, api: 'v5' }, 'api must be one of v4, v3, auto, not a string'],
  ['trigger', { ...order, allowHttp: 'yes' }, 'allowHttp must be true or false, not a string'],
  ['trigger', { ...order, ca: true }, 'ca must be a string, not a boolean'],
  ['trigger', { ...order, signal: {} }, 'signal must be an AbortSignal, not an object'],
  ['trigger', { ...order, signal: new AbortController() }, 'signal must be an AbortSignal, not an object'],
  ['trigger', { ...order, retry: 'x', api: 3 }, 'retry must be a whole number, 0 or more, not a string; api must be one of v4, v3, auto, not 3'],
  ['trigger', { ...order, ref: ' ' }, 'ref: it is blank'],
  ['trigger', { ...order, server: 'http://gitlab.example.com' }, 'server: plain http would send the token unencrypted'],
  ['trigger', { ...order, project: 'https://other.example.com/a/b' }, 'project: the URL is not of https://gitlab.example.com, but of https://other.example.com'],
  ['trigger', { ...order, signal: AbortSignal.abort() }, 'signal: it was aborted before anything was sent'],
  ['status', undefined, 'no object with options was given: no server, pipeline and project given'],
  ['status', {}, 'no server, pipeline and project given'],
  ['status', { server: one.server, pipeline: 4711 }, 'no project given'],
  ['status', { ...one, token: canary }, 'unknown option "token"'],
  ['status', { ...one, apitoken: canary }, 'unknown option "apitoken" (did you mean "apiToken"?)'],
  ['status', { ...one, pipeline: 'x' }, '"x" is not a pipeline id or URL'],
  ['status', { ...one, pipeline: 0 }, 'pipeline: the number 0 is out of range'],
  ['status', { ...one, pipeline: -1 }, 'pipeline must be a whole number or a string, not -1'],
  ['status', { ...one, pipeline: canary }, 'that is not a pipeline id or URL'],
  ['status', { server: one.server, pipeline: 'https://other.example.com/a/b/-/pipelines/1' }, 'pipeline: the URL is not of https://gitlab.example.com'],
  ['status', { ...one, apiToken: 'a b' }, 'apiToken: the token holds a blank, a line end or another character that no token has'],
  ['status', { ...one, signal: AbortSignal.abort('why') }, 'signal: it was aborted before anything was sent'],
  ['wait', {}, 'no server, pipeline and project given'],
  ['wait', { ...one, onManual: 'never' }, 'onManual must be one of fail, pass, wait, play, not a string'],
  ['wait', { ...one, onManual: 'play' }, 'onManual: no job to play given'],
  ['wait', { ...one, play: ['a'] }, 'the option play: no API token given, and only with one a pipeline can be changed'],
  ['wait', { ...one, play: [1] }, 'play must be a string or a list of strings, not a list'],
  ['wait', { ...one, retryGraceMs: -1 }, 'retryGraceMs must be a number of milliseconds, 0 or more, not -1'],
  ['wait', { ...one, pollIntervalMs: 10 }, 'pollIntervalMs: 10 is too small except for a server on this machine'],
  ['wait', { ...one, onChange: 'x' }, 'onChange must be a function, not a string'],
  ['wait', { ...one, queueTimeout: 3 }, 'unknown option "queueTimeout" (did you mean "queueTimeoutMs"?)'],
  ['wait', { ...one, signal: AbortSignal.abort() }, 'signal: it was aborted before anything was sent'],
  ['cancel', {}, 'no server, pipeline and project given'],
  ['cancel', { ...one, downstream: 1 }, 'downstream must be true or false, not 1'],
  ['cancel', { ...one, pipeline: 'https://gitlab.example.org/a/b/-/jobs/9' }, 'https://gitlab.example.org/a/b/-/jobs/9 is the page of a job, not of a pipeline'],
  ['cancel', { ...one, signal: AbortSignal.abort() }, 'signal: it was aborted before anything was sent'],
  ['logs', {}, 'no server, pipeline and project given'],
  ['logs', { ...one, job: {} }, 'job must be a whole number or a string, not an object'],
  ['logs', { ...one, folow: true }, 'unknown option "folow" (did you mean "follow"?)'],
  ['logs', { ...one, job: 'a', failed: true }, 'job and failed cannot be used together'],
  ['logs', { ...one, signal: AbortSignal.abort() }, 'signal: it was aborted before anything was sent'],
]
test.each(rows)('%s(%j): nothing is sent', async (name, options, message) => {
  const local =
    options !== null && typeof options === 'object' && 'server' in options && options.server === order.server
  // What is right except for the mistake would reach the sandbox.
  const here = local ? { ...options, server: gitlab().url } : options
  const says = message.replaceAll(order.server, gitlab().url)
  const isRemote = message.includes('on this machine')
  const error = await failureOf(functions[name]?.(isRemote ? options : here) ?? Promise.resolve(), canary)
  expect(error.message).toBe(says)
  expect(error.exit).toBe(message.startsWith('signal: it was') ? 'interrupt' : 'usage')
  expect(error.build).toEqual({ kind: 'none' })
  expect(gitlab().requests).toEqual([])
})

test('the hint names the options of the function', async () => {
  expect((await failureOf(functions['cancel']?.({}) ?? Promise.resolve())).hint).toBe(
    'The options are server, api, timeoutMs, retry, allowHttp, ca, cert, key, proxy, signal, project, pipeline, apiToken, jobToken and downstream.',
  )
})

test('an option that is undefined was not given', async () => {
  const options = { ...order, server: gitlab().url, token: gitlab().tokens.trigger, ref: 'master' }
  const undefineds = {
    api: undefined,
    timeoutMs: undefined,
    retry: undefined,
    signal: undefined,
    ca: undefined,
  }
  const more = { allowHttp: undefined, variables: undefined, inputs: undefined }
  expect((await trigger({ ...options, ...undefineds, ...more })).id).toBe(4711)
})

test('a trigger that is aborted says that a pipeline may exist', async () => {
  const stopping = new AbortController()
  gitlab().failNext({ kind: 'stall', method: 'POST' })
  const options = { ...order, server: gitlab().url, token: gitlab().tokens.trigger, ref: 'master' }
  const call = trigger({ ...options, signal: stopping.signal }).catch((error: unknown) => error)
  const look = (): void => {
    if (gitlab().requests.at(-1)?.outcome === 'stalled') stopping.abort('why')
    else setImmediate(look)
  }
  look()
  const error = await call
  expect(error).toBeInstanceOf(TriggerError)
  expect(error).toMatchObject({ exit: 'interrupt', exitCode: 130, build: { kind: 'unknown' } })
  expect((error as TriggerError).message).toMatch(/did not give a usable answer: stopped by its AbortSignal$/)
})
