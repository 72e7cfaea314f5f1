import type { BuildState } from './build.ts'
import { exitCodes, signalExits, type ExitName, type SignalName } from './exit-codes.ts'
import { stackOf } from './text/stack-of.ts'

/** The parts of a TriggerError. */
export interface TriggerErrorOptions {
  exit: ExitName
  /** What happened, in a sentence or a few words, without the program's name and without secrets. */
  message: string
  /** More lines of the message, such as each problem of a plan. */
  details?: readonly string[]
  /** What to do next; '' if there is nothing to suggest. */
  hint?: string
  /** Whether a pipeline exists; by default none. */
  build?: BuildState
  cause?: unknown
  exitCode?: number
  about?: ErrorSubject | undefined
  /** Set where something was not given at all: what cannot be read may hold it. */
  isMissing?: boolean
}

/** The server, project and ref to name in an error message, as far as they are known. */
export interface ErrorSubject {
  /** Whether the command is `run`, whose positional argument is a recipe name. */
  isRun: boolean
  server: string | undefined
  project?: string | undefined
  ref?: string | undefined
}

/**
 * An expected failure: what happened (`message`), whether a pipeline exists (`build`), what to do next
 * (`hint`) and the exit code. Any other thrown value is a bug in this program and ends with exit code 1.
 */
export class TriggerError extends Error {
  override name = 'TriggerError'
  readonly exit: ExitName
  /** The exit status: that of `exit`, unless a recipe maps it to another number. */
  readonly exitCode: number
  readonly details: readonly string[]
  readonly hint: string
  readonly build: BuildState
  /** Undefined if the command failed before these were known. */
  readonly about: ErrorSubject | undefined
  readonly isMissing: boolean

  constructor({
    exit,
    message,
    details = [],
    hint = '',
    build = { kind: 'none' },
    cause,
    exitCode,
    about,
    isMissing = false,
  }: TriggerErrorOptions) {
    super(message, cause === undefined ? undefined : { cause })
    this.exit = exit
    this.exitCode = exitCode ?? exitCodes[exit].code
    this.details = details
    this.hint = hint
    this.build = build
    this.about = about
    this.isMissing = isMissing
  }

  /** Returns a copy in which some parts are replaced; the kind of exit stays. */
  with(changes: Omit<Partial<TriggerErrorOptions>, 'exit'>): TriggerError {
    const { exit, message, details, hint, build, cause, exitCode, about, isMissing } = this
    return new TriggerError({
      exit,
      message,
      details,
      hint,
      build,
      cause,
      exitCode,
      about,
      isMissing,
      ...changes,
    })
  }
}

/** An error for wrong usage or bad input, found before anything was sent (exit 2). */
export function usageError(message: string, hint = ''): TriggerError {
  return new TriggerError({ exit: 'usage', message, hint })
}

/** A usage error for something that was given nowhere. */
export function missingError(message: string, hint = ''): TriggerError {
  return usageError(message, hint).with({ isMissing: true })
}

/** An error for unsafe or contradictory configuration, found before anything was sent (exit 14). */
export function configError(message: string, hint = ''): TriggerError {
  return new TriggerError({ exit: 'configRefused', message, hint })
}

/** Node's error code (`ENOENT`, `UND_ERR_SOCKET` …), or '' if the value has none. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : ''
}

/** Work stopped because the process received a signal. */
export class Interrupted extends Error {
  override name = 'Interrupted'
  readonly signal: SignalName

  constructor(signal: SignalName) {
    super(`stopped by ${signal}`)
    this.signal = signal
  }
}

/** Work stopped because the time limit (`--timeout`) had passed. */
export class DeadlineError extends Error {
  override name = 'DeadlineError'
}

/** Writing to an output stream failed. */
export class WriteError extends Error {
  override name = 'WriteError'
  /** Node's error code: EPIPE if the reader is gone, ENOSPC if the disk is full; ETIMEDOUT if the reader took too long. */
  readonly code: string

  constructor(cause: unknown) {
    super('the output could not be written', { cause })
    this.code = codeOf(cause)
  }
}

/** The file, line and column of the innermost stack frame, without folders. */
function sourceLocation(error: Error): string {
  const frame = /\/([\w.-]+:\d+:\d+)\)?$/m.exec(stackOf(error))
  return frame?.[1] === undefined ? '' : ` at ${frame[1]}`
}

/**
 * Converts any thrown value to a TriggerError. Signals and time limits get their exit codes; an unexpected
 * error is reported as a bug (exit 1). `build` says whether a pipeline exists if the error itself does not.
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
    const message = `the system has run out of open files or memory (${codeOf(error)})`
    return new TriggerError({ exit, message, hint: 'Raise the limit (ulimit -n).', build, cause: error })
  }
  if (error instanceof WriteError) {
    const message =
      error.code === 'ETIMEDOUT'
        ? 'the output was not read before the time limit'
        : `${error.message} (${error.code})`
    return new TriggerError({ exit: 'notWritten', message, build, cause: error })
  }
  const description =
    error instanceof Error ? `${error.name}: ${error.message}${sourceLocation(error)}` : 'an unknown error'
  return new TriggerError({
    exit: 'internal',
    message: `this is a bug in gitlab-trigger: ${description}`,
    hint: 'Please report this line, the command (without the token) and the versions of Node and gitlab-trigger.',
    build,
    cause: error,
  })
}
