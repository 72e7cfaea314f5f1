import type { ServerSettings } from '../config/access.ts'
import type { FollowPlan } from '../config/follow-plan.ts'
import { missingError, TriggerError } from '../core/errors.ts'
import { apiTokenSources } from '../core/hints.ts'
import type { Client } from '../gitlab/api/client.ts'
import { ApiError } from '../gitlab/api/reader.ts'
import { whyNotAllowed } from '../gitlab/resources/change-rights.ts'
import { optionalRead, type OptionalReading } from '../session/optional-read.ts'

/** The first flag of a plan for which a pipeline may have to be changed later; undefined where there is none. */
export function changingFlag({ cancelOnInterrupt, cancelOnTimeout, play }: FollowPlan): string | undefined {
  if (cancelOnInterrupt) return '--cancel-on-interrupt'
  if (cancelOnTimeout) return '--cancel-on-timeout'
  return play.length > 0 ? '--play' : undefined
}

/**
 * Fails early if a plan may have to change the pipeline later and there is no API token to do it with. Throws
 * a usage error; nothing was sent then.
 */
export function refuseWithoutToken(plan: FollowPlan, { apiToken }: Pick<ServerSettings, 'apiToken'>): void {
  const flag = changingFlag(plan)
  if (flag === undefined || apiToken) return
  throw missingError(
    `${flag}: no API token given, and only with one a pipeline can be changed`,
    `Set ${apiTokenSources}.`,
  )
}

/**
 * Fails early where GitLab tells that the API token may not do what a flag promises. `changer` is a client with
 * that token. Throws a TriggerError (exit 4); nothing was changed then. A server that does not tell holds nothing up.
 */
export async function refuseUnlessAllowed(
  flag: string,
  changer: Client,
  { apiToken }: Pick<ServerSettings, 'apiToken'>,
  reading: OptionalReading,
): Promise<void> {
  const why = await optionalRead(`${flag}: what the API token may do`, '', reading, (limits) =>
    whyNotAllowed(changer.within(limits).with({ attempts: 3 }), flag !== '--play'),
  ).catch((error: unknown) => {
    if (!(error instanceof ApiError)) throw error
    return error.status === 401 ? `it is not accepted (${error.message})` : ''
  })
  if (why === '') return
  throw new TriggerError({
    exit: 'notAccepted',
    message: `${flag}: the API token from ${apiToken?.origin ?? 'nowhere'} may not change pipelines of project ${changer.target.project}: ${why}`,
    hint: `Set ${apiTokenSources}, with a token that has the scope api and the role of Developer; or leave out ${flag}.`,
  })
}
