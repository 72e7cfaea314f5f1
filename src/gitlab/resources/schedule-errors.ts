import type { ApiError } from '../api/reader.ts'

/** A variable that GitLab does not take for a schedule, which is then deleted again. Its cause is the refusal. */
export class VariableRefused extends Error {
  override name = 'VariableRefused'
  override readonly cause: ApiError
  readonly key: string

  constructor(key: string, cause: ApiError) {
    super(`variable ${key}: ${cause.message}`, { cause })
    this.cause = cause
    this.key = key
  }
}

/** A schedule that is, or may be, left behind. Its cause is what went wrong. */
export class ScheduleLeft extends Error {
  override name = 'ScheduleLeft'
  /** Null where its number is not known, or whether it is there. */
  readonly id: number | null
  /** What it is called until it is whole. */
  readonly provisional: string
  /** It was asked to become active, under its own name. */
  readonly mayBeWhole: boolean

  constructor(id: number | null, provisional: string, cause: unknown, mayBeWhole = false) {
    super(cause instanceof Error ? cause.message : 'it was stopped', { cause })
    this.id = id
    this.provisional = provisional
    this.mayBeWhole = mayBeWhole
  }
}
