import type { Settings } from '../../config/settings.ts'
import type { TriggerError } from '../../core/errors.ts'
import { lookUpBriefly, type LookUp } from '../../session/brief-look-up.ts'
import type { RunContext } from '../run-context.ts'

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
  const running = { context, signal: budget.signal, report }
  return (await lookUpBriefly(settings, running, explain)) ?? failure
}
