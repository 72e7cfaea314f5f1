import type { Context } from '../context.ts'
import type { Reporter } from '../output/events.ts'
import type { Followed, Logs } from './follow.ts'

/** The logs that are wanted of a followed pipeline; undefined for none. */
export function logsFor(_followed: Followed, _context: Context, _report: Reporter): Logs | undefined {
  return undefined
}
