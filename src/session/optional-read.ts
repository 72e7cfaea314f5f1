import { optionally, type TimeLimits } from '../core/budget.ts'
import type { Context } from '../core/context.ts'
import type { Reporter } from '../events.ts'
import type { RequestLimits } from '../http/http-session.ts'
import { requestLimits } from './retry-policy.ts'

/** What a command has when it reads something that it can do without. */
export interface OptionalReading {
  context: Context
  /** The limits of the whole command. */
  budget: TimeLimits
  report: Reporter
}

/**
 * Reads what nobody has asked for, within a quarter of the time that is left, 10 s at most. Resolves to
 * `without` after that, and says so. Throws what `read` throws.
 */
export async function optionalRead<T, U>(
  what: string,
  without: U,
  { context, budget, report }: OptionalReading,
  read: (limits: RequestLimits) => Promise<T>,
): Promise<T | U> {
  const found = await optionally(context, budget, (part) => read(requestLimits(context, part)))
  if (found !== 'too late') return found
  await report({
    type: 'warned',
    text: `${what} could not be read in time; going on without.`,
    isGrave: true,
  })
  return without
}
