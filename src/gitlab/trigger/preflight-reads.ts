import { TriggerError } from '../../core/errors.ts'
import { apiTokenSources } from '../../core/hints.ts'
import { isFinished } from '../../core/status.ts'
import { objectMembers } from '../api/answer.ts'
import {
  refusalHint,
  firstAllowed,
  notAsked,
  refusalLine,
  type CredentialCandidate,
  type Open,
} from '../api/first-allowed.ts'
import { positiveId, nonEmptyText } from '../api/decode.ts'
import { ApiError, type Reader } from '../api/reader.ts'
import { newestPipelines, type TriggerSource } from './pipeline-lists.ts'

/** Asks something before a trigger, for a flag that needs to know it. Resolves to what the first credential that may gets. */
export type Ask = <T>(flag: string, attempt: (reader: Reader) => Promise<T>) => Promise<T>

/** As `Ask`, with these credentials. Throws a TriggerError, no build: exit 4 where none may, 6 where the server cannot be asked. */
export function asker(tries: readonly CredentialCandidate[], open: Open<Reader>): Ask {
  return async (flag, attempt) => {
    const tried = await firstAllowed(tries, 'v4', open, attempt).catch((error: unknown) => {
      throw notAsked(`${flag}: the project`, error)
    })
    if (tried.isAllowed) return tried.found
    throw new TriggerError({
      exit: 'notAccepted',
      message: `${flag}: what it needs to know may not be read (${refusalLine(tried.refusals)})`,
      hint: refusalHint(
        tried.refusals,
        `Set ${apiTokenSources}, with a token that has read_api; or leave out ${flag}.`,
      ),
    })
  }
}

/**
 * The newest pipeline of a ref and source that still runs, as its id and status. One that waits for manual action does not run: it may wait forever.
 * Throws a ReadError.
 */
export async function runningPipeline(
  reader: Reader,
  ref: string,
  source: TriggerSource,
): Promise<{ id: number; status: string } | undefined> {
  for (const each of (await newestPipelines(reader, ref, source, 100)).map(objectMembers)) {
    const id = positiveId(each['id'])
    const status = nonEmptyText(each['status'])
    if (id !== null && status !== null && !isFinished(status) && status !== 'manual') return { id, status }
  }
  return undefined
}

/** The SHA of the commit that a ref is at. Throws a ReadError. */
export async function commitAt(reader: Reader, ref: string): Promise<string> {
  const commit = objectMembers(await reader.get(`/repository/commits/${encodeURIComponent(ref)}`))
  const sha = nonEmptyText(commit['id'])
  if (sha === null || !/^[0-9a-f]{40,64}$/.test(sha))
    throw new ApiError('the commit in the answer was not understood', 200)
  return sha
}
