import type { Settings } from '../../config/settings.ts'
import { DeadlineError, type TriggerError } from '../../core/errors.ts'
import { firstAllowed, type Attempted } from '../../gitlab/api/first-allowed.ts'
import { readerFor, type Reader } from '../../gitlab/api/reader.ts'
import { openHttpSession } from '../../http/http-session.ts'
import { sessionOptions } from '../../session/retry-policy.ts'
import { transportOptions } from '../../session/server-client.ts'
import type { RunContext } from '../run-context.ts'

/** What explains a refusal is not worth more time than this, in ms. */
const limitMs = 5000

/** Reads something with the API token, of a project or, with '', of the server. */
export type LookUp = <T>(
  project: string,
  read: (reader: Reader) => Promise<T>,
) => Promise<Attempted<Reader, T>>

/**
 * What `explain` makes of a failure by what it reads with the API token, for a few seconds at most; the failure
 * itself where there is no such token, or where that does not work.
 */
export async function lookAfterRefusal(
  failure: TriggerError,
  settings: Settings,
  { context, budget, report }: Pick<RunContext, 'context' | 'budget' | 'report'>,
  explain: (lookUp: LookUp) => Promise<TriggerError>,
): Promise<TriggerError> {
  const { server, api, apiToken } = settings
  const { signal } = budget
  if (!apiToken || signal.aborted) return failure
  const limit = new AbortController()
  const stopAlarm = context.alarm(limitMs, () => {
    limit.abort(new DeadlineError('no answer in time'))
  })
  try {
    const { base } = server.value
    const limits = { signal: AbortSignal.any([signal, limit.signal]), deadline: context.now() + limitMs }
    const session = openHttpSession(base, {
      ...sessionOptions(0, context, limits, report),
      transport: transportOptions(settings, context),
    })
    const candidate = {
      name: 'with the API token',
      credential: { header: 'PRIVATE-TOKEN', token: apiToken.value },
    } as const
    return await explain((project, read) =>
      firstAllowed(
        [candidate],
        api.value,
        (dialect, credential) =>
          readerFor({ base, project }, dialect, credential, session, { policy: 'probe' }),
        read,
      ),
    )
  } catch {
    return failure
  } finally {
    stopAlarm()
    // What is still under way must not keep the process.
    limit.abort(new DeadlineError('over'))
  }
}
