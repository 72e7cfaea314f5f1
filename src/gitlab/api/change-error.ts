import type { Answer, Outcome } from '../../http/message.ts'
import { gitlabWords, objectMembers } from './answer.ts'
import { ApiError, readError, UnconfirmedChange, type Reader } from './reader.ts'

/**
 * What the JSON of an answer says of a change, undefined where it is not the answer that belongs to it: a sign-in page, `{}` and another object are
 * none, whatever their status (docs/guarantees.md#G18).
 */
export type Confirms<T> = (json: unknown) => T | undefined

/** Confirms a change by the object in its answer, which must have these members: its id, and what was to be changed. Gives all its members. */
export function confirmedBy(
  expected: Readonly<Record<string, unknown>>,
): Confirms<Readonly<Record<string, unknown>>> {
  return (json) => {
    const members = objectMembers(json)
    return Object.entries(expected).every(([name, value]) => members[name] === value) ? members : undefined
  }
}

/** What is wrong with an answer that neither confirms nor refuses; undefined for a refusal. 5xx, 408 and 409 may come after the work was done. */
function doubtAbout(answer: Answer): string | undefined {
  const { status, headers, body, isComplete } = answer
  if (status >= 500 || status === 408 || status === 409) return readError(answer).message
  if (status >= 300) return undefined
  if (!isComplete) return 'the answer broke off'
  const type = body === '' ? 'empty' : (headers['content-type'] ?? 'no content type').slice(0, 60)
  return `the answer does not confirm it (${status}, ${type})`
}

/** The same as `changeError` for one attempt. */
function attemptError(outcome: Outcome): ApiError {
  const error = readError(outcome)
  if (outcome.kind === 'no answer') {
    const { message, cause } = error
    return outcome.isSent ? new UnconfirmedChange(message, null, { cause }) : error
  }
  const doubt = doubtAbout(outcome)
  return doubt === undefined ? error : new UnconfirmedChange(doubt, null, { answer: outcome })
}

/**
 * The error for the outcome of a change that was not confirmed: an ApiError where it is certain that nothing was changed, else an UnconfirmedChange.
 * Where it was repeated, a refusal says nothing of the attempts before it.
 */
export function changeError(outcome: Outcome): ApiError {
  const error = attemptError(outcome)
  if (error instanceof UnconfirmedChange) return error
  const doubt = outcome.earlier?.map(attemptError).find((each) => each instanceof UnconfirmedChange)
  if (!doubt) return error
  const message = `${error.message}; an earlier attempt may have been carried out: ${doubt.message}`
  return new UnconfirmedChange(message, null, outcome.kind === 'answer' ? { answer: outcome } : {})
}

/**
 * GitLab's words for what is not there: `404 Trigger Not Found`. Of a project that may not be seen any more nothing is known, and other 404s are no
 * answer of this API (docs/gitlab.md#2.3).
 */
const notThere = /^404 (?!Project\b)(.+ )?not found$/i

/** Whether GitLab says that there is nothing at a path. A page, an error and no answer prove nothing. Throws an abort's reason. */
export async function isGone(reader: Reader, path: string): Promise<boolean> {
  try {
    await reader.get(path)
    return false
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const { answer } = error
    return answer?.status === 404 && !error.isNoApi && notThere.test(gitlabWords(answer))
  }
}
