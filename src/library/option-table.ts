import type { CancelOptions, LogsOptions, PipelineOptions, TriggerOptions, WaitOptions } from './options.ts'

const isText = (value: unknown): boolean => typeof value === 'string'
const isFlag = (value: unknown): boolean => typeof value === 'boolean'
const isWhole = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0
const isOneOf =
  (words: readonly string[]) =>
  (value: unknown): boolean =>
    words.includes(value as string)
const isRecord = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What an option must be: in words, and how that is said. */
export const optionKinds = {
  text: ['a string', isText],
  id: ['a whole number or a string', (value: unknown) => isWhole(value) || isText(value)],
  ms: ['a number of milliseconds above 0', (value: unknown) => typeof value === 'number' && value > 0],
  msOrNone: [
    'a number of milliseconds, 0 or more',
    (value: unknown) => typeof value === 'number' && value >= 0,
  ],
  count: ['a whole number, 0 or more', isWhole],
  flag: ['true or false', isFlag],
  api: ['one of v4, v3, auto', isOneOf(['v4', 'v3', 'auto'])],
  onManual: ['one of fail, pass, wait, play', isOneOf(['fail', 'pass', 'wait', 'play'])],
  record: ['an object', isRecord],
  names: [
    'a string or a list of strings',
    (value: unknown) => isText(value) || (Array.isArray(value) && value.every(isText)),
  ],
  callback: ['a function', (value: unknown) => typeof value === 'function'],
  signal: ['an AbortSignal', (value: unknown) => value instanceof AbortSignal],
} as const satisfies Record<string, readonly [words: string, is: (value: unknown) => boolean]>

/** The kind of each option of a function. */
export type OptionTable<T = object> = Readonly<Record<keyof T, keyof typeof optionKinds>>

// prettier-ignore
const server = {
  server: 'text', api: 'api', timeoutMs: 'ms', retry: 'count', allowHttp: 'flag', ca: 'text', cert: 'text', key: 'text',
  proxy: 'text', signal: 'signal',
} as const

const pipeline = {
  ...{ ...server, project: 'id', pipeline: 'id', apiToken: 'text', jobToken: 'text' },
} as const satisfies OptionTable<PipelineOptions>

/** The options of `trigger`. */
export const triggerTable = {
  ...{ ...server, project: 'id', ref: 'text', token: 'text', variables: 'record', inputs: 'record' },
} as const satisfies OptionTable<TriggerOptions>

/** The options of `status`. */
export const statusTable = pipeline

/** The options of `wait`. */
export const waitTable = {
  ...{ ...pipeline, queueTimeoutMs: 'ms', runTimeoutMs: 'ms', pollIntervalMs: 'ms', pollGraceMs: 'ms' },
  ...{ retryGraceMs: 'msOrNone', onManual: 'onManual', play: 'names', allowSkipped: 'flag' },
  ...{ failOnWarnings: 'flag', cancelOnTimeout: 'flag', onChange: 'callback' },
} as const satisfies OptionTable<WaitOptions>

/** The options of `cancel`. */
export const cancelTable = { ...pipeline, downstream: 'flag' } as const satisfies OptionTable<CancelOptions>

/** The options of `logs`. */
export const logsTable = {
  ...{ ...pipeline, job: 'id', failed: 'flag', follow: 'flag' },
} as const satisfies OptionTable<LogsOptions>
