import type { FollowPlan } from '../../config/follow-plan.ts'
import type { Settings } from '../../config/settings.ts'
import { missingError } from '../../core/errors.ts'
import { flagName } from '../../core/flag-name.ts'
import { apiTokenSources } from '../../core/hints.ts'
import { refuseWithoutToken } from '../../pipelines/require-api-token.ts'
import { checkExpectedSha } from '../expect-sha.ts'

/** Flags that need an API token for what they read, however the pipeline is started. */
const reading = ['verify', 'everywhere', 'skipIfRunning', 'onlyIfChanged'] as const

/** What was typed of the flags that may not be kept. */
type ConditionFlags = { expectSha?: string | undefined } & Partial<
  Record<(typeof reading)[number], boolean | undefined>
>

/** Throws a usage error for flags that cannot be kept with these settings. Nothing is sent to find out. */
export function refuseImpossible(follow: FollowPlan, settings: Settings, flags: ConditionFlags): void {
  if (flags.expectSha !== undefined) checkExpectedSha(flags.expectSha, settings)
  if (follow.mode.value !== 'no') refuseWithoutToken(follow, settings)
  const needed = settings.apiToken ? undefined : reading.find((flag) => flags[flag] === true)
  if (needed !== undefined)
    throw missingError(`${flagName(needed)}: no API token given`, `Set ${apiTokenSources}.`)
}
