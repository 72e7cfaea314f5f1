import type { ServerSettings } from '../config/access.ts'
import type { FollowPlan } from '../config/follow-plan.ts'
import { usageError } from '../core/errors.ts'
import { apiTokenSources } from '../core/hints.ts'

/**
 * Fails early if a plan may have to change the pipeline later and there is no API token to do it with. Throws
 * a usage error; nothing was sent then.
 */
export function refuseWithoutToken(
  { cancelOnInterrupt, cancelOnTimeout, play }: FollowPlan,
  { apiToken }: Pick<ServerSettings, 'apiToken'>,
): void {
  const flag = [
    cancelOnInterrupt && '--cancel-on-interrupt',
    cancelOnTimeout && '--cancel-on-timeout',
    play.length > 0 && '--play',
  ].find((each) => each !== false)
  if (flag === undefined || apiToken) return
  throw usageError(
    `${flag}: no API token given, and only with one a pipeline can be changed`,
    `Set ${apiTokenSources}.`,
  )
}
