import { DeadlineError, Interrupted, TriggerError } from '../../core/errors.ts'
import { signalExits } from '../../core/exit-codes.ts'
import type { Secret } from '../../core/secret.ts'
import { dialects } from './dialect.ts'
import { ApiError, type Reader } from './reader.ts'
import type { Credential } from './requests.ts'

/** A credential to try, and its name for people. */
export interface CredentialCandidate {
  name: string
  credential: Credential | undefined
}

/** The credentials that may read, best first; the last is nobody's, good for public projects. */
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
}

/** Who may, and what came of it; and why those before may not, or nobody. */
export type Attempted<R extends Reader, T> =
  | { isAllowed: true; reader: R; credential: Credential | undefined; found: T; refusals: Rejected[] }
  | { isAllowed: false; refusals: Rejected[] }

/**
 * Tries credentials and API versions, best first, until one may do what `attempt` does. Throws an ApiError where the server cannot be asked, an
 * abort's reason.
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
    for (const dialect of versions) {
      const reader = open(dialect, credential)
      try {
        return { isAllowed: true, reader, credential, found: await attempt(reader), refusals }
      } catch (error) {
        if (!(error instanceof ApiError) || !error.isRefusal) throw error
        if (dialect === versions.at(-1) || !error.isNoApi) {
          refusals.push({ name, credential, error })
          break
        }
      }
    }
  }
  return { isAllowed: false, refusals }
}

/** The refusals as one line: `with the API token: 401 Unauthorized; without a credential: 404 ...`. */
export function refusalLine(refusals: readonly Pick<Rejected, 'name' | 'error'>[]): string {
  return refusals.map(({ name, error }) => `${name}: ${error.message}`).join('; ')
}

/** The error of a question that could not be asked before a trigger: nothing was started. Any other error as it is. */
export function notAsked(what: string, error: unknown): unknown {
  if (error instanceof Interrupted) {
    return new TriggerError({ exit: signalExits[error.signal], message: error.message })
  }
  if (!(error instanceof ApiError) && !(error instanceof DeadlineError)) return error
  return new TriggerError({
    exit: 'notReached',
    message: `${what} could not be asked: ${error.message}`,
    hint: 'It is safe to run the same command again.',
  })
}
