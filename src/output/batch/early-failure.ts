import type { Context } from '../../core/context.ts'
import { asTriggerError } from '../../core/errors.ts'
import { ndjsonReporter } from '../reporters/ndjson-reporter.ts'
import type { OutputFlags } from '../reporters/reporter.ts'

/**
 * Resolves as `work`, which throws only where a batch has not begun. With --events that is said on stdout, too: else a reader would get no line at all
 * (docs/json.md).
 */
export async function tellingEarlyFailure<T>(
  { events }: Pick<OutputFlags, 'events'>,
  context: Context,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const failure = asTriggerError(error, { kind: 'none' })
    const isFirst = events && !context.stdout.wasUsed
    const report = ndjsonReporter(context, () => Promise.resolve())
    if (isFirst) await report({ type: 'failed', error: failure }).catch(() => undefined)
    throw failure
  }
}
