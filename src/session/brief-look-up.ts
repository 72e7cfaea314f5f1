import type { ServerSettings } from '../config/access.ts'
import type { Context } from '../core/context.ts'
import { DeadlineError } from '../core/errors.ts'
import type { Reporter } from '../events.ts'
import { firstAllowed, type Attempted } from '../gitlab/api/first-allowed.ts'
import { readerFor, type Reader } from '../gitlab/api/reader.ts'
import { openHttpSession } from '../http/http-session.ts'
import { sessionOptions } from './retry-policy.ts'
import { transportOptions } from './server-client.ts'

/** What is helpful only is not worth more time than this, in ms. */
const limitMs = 5000

/** Reads something with the API token, of a project or, with '', of the server. */
export type LookUp = <T>(
  project: string,
  read: (reader: Reader) => Promise<T>,
) => Promise<Attempted<Reader, T>>

/**
 * What `task` makes of what it reads with the API token, for a few seconds at most; undefined where there is no such token, or where that does
 * not work.
 */
export async function lookUpBriefly<T>(
  access: Omit<ServerSettings, 'jobToken'>,
  { context, signal, report }: { context: Context; signal: AbortSignal; report: Reporter },
  task: (lookUp: LookUp) => Promise<T>,
): Promise<T | undefined> {
  const { server, api, apiToken } = access
  if (!apiToken || signal.aborted) return undefined
  const limit = new AbortController()
  const stopAlarm = context.alarm(limitMs, () => {
    limit.abort(new DeadlineError('no answer in time'))
  })
  try {
    const { base } = server.value
    const limits = { signal: AbortSignal.any([signal, limit.signal]), deadline: context.now() + limitMs }
    const session = openHttpSession(base, {
      ...sessionOptions(0, context, limits, report),
      transport: transportOptions(access, context),
    })
    const candidate = {
      name: 'with the API token',
      credential: { header: 'PRIVATE-TOKEN', token: apiToken.value },
    } as const
    return await task((project, read) =>
      firstAllowed(
        [candidate],
        api.value,
        (dialect, credential) =>
          readerFor({ base, project }, dialect, credential, session, { policy: 'probe' }),
        read,
      ),
    )
  } catch {
    return undefined
  } finally {
    stopAlarm()
    // What is still under way must not keep the process.
    limit.abort(new DeadlineError('over'))
  }
}
