import type { BuildState } from './build.ts'
import { exitCodes, signalExits, type ExitName, type SignalName } from './exit-codes.ts'

/** What a TriggerError is made of. */
export interface TriggerErrorOptions {
  exit: ExitName
  /** What happened, one sentence or a few words, without the program's name and without secrets. */
  message: string
  /** What to do next; '' where there is nothing to say. */
  hint?: string
  /** What is true about the build; none unless said. */
  build?: BuildState
  cause?: unknown
  exitCode?: number
  about?: ErrorSubject | undefined
}

/** What an error is about, as far as it was known. */
export interface ErrorSubject {
  /** Of a run: then a word in the place of a recipe is the name of one. */
  isRun: boolean
  server: string | undefined
  project?: string | undefined
  ref?: string | undefined
}

/**
 * Every expected end of a run that is not success: what happened (`message`), what is true about the build (`build`), what
 * to do next (`hint`) and the exit code. Whatever else is thrown is a bug of ours and ends with code 1.
 */
export class TriggerError extends Error {
  override name = 'TriggerError'
  readonly exit: ExitName
  /** The number that the run ends with: that of `exit`, unless a recipe wants another one. */
  readonly exitCode: number
  readonly hint: string
  readonly build: BuildState
  /** Undefined where the run did not get so far. */
  readonly about: ErrorSubject | undefined

  constructor({
    exit,
    message,
    hint = '',
    build = { kind: 'none' },
    cause,
    exitCode,
    about,
  }: TriggerErrorOptions) {
    super(message, cause === undefined ? undefined : { cause })
    this.exit = exit
    this.exitCode = exitCode ?? exitCodes[exit].code
    this.hint = hint
    this.build = build
    this.about = about
  }

  /** Returns a copy in which some parts are replaced; the kind of exit stays. */
  with(changes: Omit<Partial<TriggerErrorOptions>, 'exit'>): TriggerError {
    const { exit, message, hint, build, cause, exitCode, about } = this
    return new TriggerError({
      exit,
      message,
      hint,
      build,
      cause,
      exitCode,
      about,
      ...changes,
    })
  }
}

/** Wrong usage or bad input, found before anything was sent: exit 2. */
export function usageError(message: string, hint = ''): TriggerError {
  return new TriggerError({ exit: 'usage', message, hint })
}

/** Unsafe or contradictory configuration, found before anything was sent: exit 14. */
export function configError(message: string, hint = ''): TriggerError {
  return new TriggerError({ exit: 'configRefused', message, hint })
}

/** Node's error code (`ENOENT`, `UND_ERR_SOCKET` …), '' for anything that has none. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : ''
}

/** Why work stopped: the process was told to end. */
export class Interrupted extends Error {
  override name = 'Interrupted'
  readonly signal: SignalName

  constructor(signal: SignalName) {
    super(`stopped by ${signal}`)
    this.signal = signal
  }
}

/** Why work stopped: the time that --timeout allows was over. */
export class DeadlineError extends Error {
  override name = 'DeadlineError'
}

/** An output stream did not take what was written to it. */
export class WriteError extends Error {
  override name = 'WriteError'
  /** Node's code: EPIPE where the reader has gone, ENOSPC where the disk is full. */
  readonly code: string

  constructor(cause: unknown) {
    super('the output could not be written', { cause })
    this.code = codeOf(cause)
  }
}

/** Where in our code an error arose: the innermost frame of its stack, without folders. */
function placeOf(error: Error): string {
  const frame = /\/([\w.-]+:\d+:\d+)\)?$/m.exec(error.stack ?? '')
  return frame?.[1] === undefined ? '' : ` at ${frame[1]}`
}

/**
 * Any thrown thing as a TriggerError: one already is; a stop by signal or clock gets its exit code; anything else is a bug of
 * ours (exit 1). `build` is what is true about the build where the error does not say.
 */
export function asTriggerError(error: unknown, build: BuildState): TriggerError {
  if (error instanceof TriggerError) return error
  if (error instanceof Interrupted) {
    return new TriggerError({ exit: signalExits[error.signal], message: error.message, build, cause: error })
  }
  if (error instanceof DeadlineError) {
    const exit = build.kind === 'none' ? 'notReached' : build.kind === 'unknown' ? 'unknown' : 'endNotSeen'
    return new TriggerError({ exit, message: error.message, build, cause: error })
  }
  if (['EMFILE', 'ENFILE', 'ENOMEM'].includes(codeOf(error))) {
    const exit = build.kind === 'none' ? 'notReached' : 'unknown'
    const message = `the system has no more files or memory to give (${codeOf(error)})`
    return new TriggerError({ exit, message, hint: 'Raise the limit (ulimit -n).', build, cause: error })
  }
  if (error instanceof WriteError) {
    const message = `${error.message} (${error.code})`
    return new TriggerError({ exit: 'notWritten', message, build, cause: error })
  }
  const what =
    error instanceof Error ? `${error.name}: ${error.message}${placeOf(error)}` : 'an unknown error'
  return new TriggerError({
    exit: 'internal',
    message: `this is a bug of gitlab-trigger: ${what}`,
    hint: 'Please report this line, the command (without the token) and the versions of Node and gitlab-trigger.',
    build,
    cause: error,
  })
}
