import fc from 'fast-check'

/** What a user types, as flags and what they mean. */
export interface TypedLine {
  verb: 'run' | 'wait' | 'logs'
  output: 'text' | 'json' | 'events'
  logs: 'none' | 'all' | 'failed'
  onManual: 'fail' | 'pass' | 'wait' | 'play'
  /** The job of --play. */
  play: string | undefined
  failOnWarnings: boolean
  allowSkipped: boolean
  /** In seconds. */
  runTimeout: number | undefined
  queueTimeout: number | undefined
  totalTimeout: number | undefined
  cancelOnTimeout: boolean
  retryGrace: number
  pollInterval: number | undefined
  /** Where it runs. */
  env: Readonly<Record<string, string>>
}

/** The pipeline that is triggered, or was before. */
export const pipelineId = 4711

const seconds = (flag: string, value: number | undefined): string[] =>
  value === undefined ? [] : [flag, `${value}s`]

/** The words of a line. */
export function wordsOf(line: TypedLine): string[] {
  const pace = seconds('--poll-interval', line.pollInterval)
  const total = seconds('--timeout', line.totalTimeout)
  if (line.verb === 'logs') return ['logs', '-f', String(pipelineId), ...total, ...pace]
  const isFollowed = line.verb === 'run' && line.logs === 'all'
  return [
    ...(line.verb === 'run'
      ? ['run', '--ref', 'master', isFollowed ? '--follow' : '--wait']
      : ['wait', String(pipelineId), ...total]),
    ...(line.logs === 'none' ? [] : ['--logs', line.logs]),
    ...(line.output === 'text' ? [] : [`--${line.output}`]),
    ...(line.onManual === 'fail' ? [] : ['--on-manual', line.onManual]),
    ...(line.play === undefined ? [] : ['--play', line.play]),
    ...(line.failOnWarnings ? ['--fail-on-warnings'] : []),
    ...(line.allowSkipped ? ['--allow-skipped'] : []),
    ...seconds('--run-timeout', line.runTimeout),
    ...seconds('--queue-timeout', line.queueTimeout),
    ...(line.cancelOnTimeout ? ['--cancel-on-timeout'] : []),
    ...(line.retryGrace === usualGrace ? [] : ['--retry-grace', `${line.retryGrace}s`]),
    ...pace,
  ]
}

/** The default of --retry-grace, in seconds. */
export const usualGrace = 5

type Form = Pick<TypedLine, 'verb' | 'output' | 'logs' | 'env'>
const plain = {}
const ci = { CI: 'true' }

// prettier-ignore
const forms: Form[] = [
  { verb: 'run', output: 'text', logs: 'none', env: plain },
  { verb: 'run', output: 'text', logs: 'none', env: ci },
  { verb: 'run', output: 'text', logs: 'all', env: plain },
  { verb: 'run', output: 'text', logs: 'all', env: ci },
  { verb: 'run', output: 'events', logs: 'all', env: plain },
  { verb: 'run', output: 'events', logs: 'none', env: plain },
  { verb: 'run', output: 'json', logs: 'all', env: plain },
  { verb: 'wait', output: 'text', logs: 'none', env: plain },
  { verb: 'wait', output: 'text', logs: 'failed', env: plain },
  { verb: 'wait', output: 'events', logs: 'failed', env: plain },
  { verb: 'wait', output: 'json', logs: 'none', env: plain },
  { verb: 'wait', output: 'text', logs: 'all', env: plain },
  { verb: 'logs', output: 'text', logs: 'all', env: plain },
  { verb: 'logs', output: 'text', logs: 'all', env: plain },
  { verb: 'logs', output: 'text', logs: 'all', env: { GITLAB_CI: 'true' } },
  { verb: 'logs', output: 'text', logs: 'all', env: { GITHUB_ACTIONS: 'true' } },
]

const limit = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom(20, 45, 100, 200) },
)

/** Lines with their policies. */
export const typedLines: fc.Arbitrary<TypedLine> = fc
  .record({
    form: fc.constantFrom(...forms),
    onManual: fc.constantFrom('fail' as const, 'pass' as const, 'wait' as const, 'play' as const),
    play: fc.constantFrom('a', 'b', 'c'),
    failOnWarnings: fc.boolean(),
    allowSkipped: fc.boolean(),
    runTimeout: limit,
    queueTimeout: limit,
    totalTimeout: limit,
    cancelOnTimeout: fc.boolean(),
    retryGrace: fc.constantFrom(usualGrace, usualGrace, 0, 20, 60),
    pollInterval: fc.constantFrom(undefined, undefined, undefined, 4, 15),
  })
  .map(({ form, play, ...rest }): TypedLine => {
    const { verb } = form
    // Following logs ends however the pipeline ends, and takes no policy.
    if (verb === 'logs') {
      const unused = { failOnWarnings: false, allowSkipped: true, cancelOnTimeout: false, retryGrace: 0 }
      const none = { play: undefined, runTimeout: undefined, queueTimeout: undefined }
      return { ...rest, ...form, ...unused, ...none, onManual: 'pass' }
    }
    const total = verb === 'run' ? undefined : rest.totalTimeout
    const hasLimit = [rest.runTimeout, rest.queueTimeout, total].some((each) => each !== undefined)
    return {
      ...{ ...rest, ...form, totalTimeout: total },
      play: rest.onManual === 'play' ? play : undefined,
      cancelOnTimeout: rest.cancelOnTimeout && hasLimit,
    }
  })

/** The line with limits by which it ends though its pipeline does not. */
export function withLimits(line: TypedLine): TypedLine {
  if (line.verb === 'logs') return { ...line, totalTimeout: line.totalTimeout ?? 100 }
  return { ...line, runTimeout: line.runTimeout ?? 100, queueTimeout: line.queueTimeout ?? 100 }
}
