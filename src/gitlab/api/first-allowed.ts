import { DeadlineError, Interrupted, TriggerError } from '../../core/errors.ts'
import { safeToRepeat } from '../../core/hints.ts'
import { signalExits } from '../../core/exit-codes.ts'
import type { Secret } from '../../core/secret.ts'
import { answeredBefore, namedBefore, type AnsweredBefore } from '../errors/answered-before.ts'
import { dialects } from './dialect.ts'
import { ApiError, type Reader } from './reader.ts'
import type { Credential } from './requests.ts'

/** A credential to try, and its name for people. */
export interface CredentialCandidate {
  name: string
  credential: Credential | undefined
}

/** The credentials to read with, best first; the last is none, which is enough for public projects. */
export function candidates(
  apiToken: Secret | undefined,
  jobToken: Secret | undefined,
): CredentialCandidate[] {
  const list: CredentialCandidate[] = []
  if (apiToken)
    list.push({ name: 'with the API token', credential: { header: 'PRIVATE-TOKEN', token: apiToken } })
  if (jobToken)
    list.push({ name: 'with the job token', credential: { header: 'JOB-TOKEN', token: jobToken } })
  list.push({ name: 'without a credential', credential: undefined })
  return list
}

/** Opens a reader of one kind or another. */
export type Open<R extends Reader> = (dialect: Reader['dialect'], credential: Credential | undefined) => R

/** A credential that was tried and may not. */
export interface Rejected {
  name: string
  credential: Credential | undefined
  error: ApiError
  /** What has answered in GitLab's place, where it was something else. */
  before: AnsweredBefore | undefined
}

/**
 * The first credential that was accepted, with its result, and those that were rejected before it; or why all
 * of them were.
 */
export type Attempted<R extends Reader, T> =
  | { isAllowed: true; reader: R; credential: Credential | undefined; found: T; refusals: Rejected[] }
  | { isAllowed: false; refusals: [Rejected, ...Rejected[]] }

/** Whether an answer proves that this version of the API is not there; 410 is that of API v3 in GitLab 11 and later (docs/gitlab.md#1.4). */
const lacksThis = ({ isNoApi, status }: ApiError): boolean => isNoApi || status === 410

/**
 * Tries credentials, of which there must be at least one, and API versions, best first, until one may do what
 * `attempt` does. Throws an ApiError where the server cannot be asked, and an abort's reason.
 */
export async function firstAllowed<R extends Reader, T>(
  tries: readonly CredentialCandidate[],
  api: 'v4' | 'v3' | 'auto',
  open: Open<R>,
  attempt: (reader: R) => Promise<T>,
): Promise<Attempted<R, T>> {
  const versions = api === 'auto' ? [dialects.v4, dialects.v3] : [dialects[api]]
  const refusals: Rejected[] = []
  for (const { name, credential } of tries) {
    let first: ApiError | undefined
    for (const dialect of versions) {
      const reader = open(dialect, credential)
      try {
        return { isAllowed: true, reader, credential, found: await attempt(reader), refusals }
      } catch (error) {
        if (!(error instanceof ApiError) || !error.isRefusal) throw error
        // Where the other API is not there either, the first answer says more: it may be that of a gateway.
        if (dialect === versions.at(-1) || !error.isNoApi) {
          const said = first && lacksThis(error) ? first : error
          const before = said.answer && answeredBefore(said.answer, reader.target.base)
          refusals.push({ name, credential, error: said, before })
          break
        }
        first = error
      }
    }
  }
  const [first, ...others] = refusals
  if (!first) throw new Error('no credential was tried')
  return { isAllowed: false, refusals: [first, ...others] }
}

/** The refusals as one line: `with the API token: 401 Unauthorized; without a credential: 404 ...`. */
export function refusalLine(refusals: readonly Omit<Rejected, 'credential'>[]): string {
  return refusals
    .map(({ name, error, before }) => `${name}: ${before ? `${namedBefore(before)}: ` : ''}${error.message}`)
    .join('; ')
}

/**
 * What to do about refusals: `usual`, unless something before GitLab has answered; where a project lets no job token of ours in, that first
 * (docs/gitlab.md#2.5).
 */
export function refusalHint(refusals: readonly Rejected[], usual: string): string {
  const before = refusals.find((each) => each.before)?.before
  if (before) return before.hint
  const isRefused = refusals.some(
    ({ credential, error }) => credential?.header === 'JOB-TOKEN' && error.status === 403,
  )
  const allowList =
    "Add this job's project to the project's job token allowlist (Settings > CI/CD > Job token permissions). Or: "
  return isRefused ? allowList + usual : usual
}

/**
 * The error of a question that could not be asked before a trigger: nothing was started. Any other error as
 * it is.
 */
export function notAsked(what: string, error: unknown): unknown {
  if (error instanceof Interrupted) {
    return new TriggerError({ exit: signalExits[error.signal], message: error.message })
  }
  if (!(error instanceof ApiError) && !(error instanceof DeadlineError)) return error
  return new TriggerError({
    exit: 'notReached',
    message: `${what} could not be asked: ${error.message}`,
    hint: safeToRepeat,
  })
}
