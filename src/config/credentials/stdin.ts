import { startBudget } from '../../core/budget.ts'
import type { Context } from '../../core/context.ts'
import { DeadlineError, TriggerError, usageError } from '../../core/errors.ts'

/** Reads all of standard input for a flag: at most `maxSize` bytes. */
export type ReadStdin = (flagName: string, maxSize: number) => Promise<Buffer>

/**
 * A reader of standard input for flags that ask for it. Nothing else may read it, since cron puts the text
 * after an unescaped % there (docs/guarantees.md#T102). A second read would get nothing, so it throws a usage error, as for an input
 * that is too large. It must end within `ms`, and before `signal` aborts.
 */
export function stdinOnce(
  context: Pick<Context, 'stdin' | 'now' | 'alarm'>,
  signal: AbortSignal,
  ms = Infinity,
): ReadStdin {
  let reader: string | undefined
  return async (flagName, maxSize) => {
    if (reader !== undefined) {
      throw usageError(`${reader} and ${flagName} both read standard input`, 'Use a file for one of them.')
    }
    reader = flagName
    const clock = {
      now: () => context.now(),
      alarm: (after: number, ring: () => void) => context.alarm(after, ring),
    }
    const budget = startBudget({ ...clock, interrupted: signal }, ms)
    try {
      const bytes = await context.stdin.read(budget.signal, maxSize)
      if (bytes.length <= maxSize) return bytes
      throw usageError(
        `${flagName}: standard input is larger than ${maxSize} bytes`,
        'Is it the right input?',
      )
    } catch (error) {
      if (!(error instanceof DeadlineError)) throw error
      throw new TriggerError({
        exit: 'notReached',
        message: `${flagName}: standard input has not ended: ${error.message}`,
        hint: 'Does the program that writes to it end?',
        cause: error,
      })
    } finally {
      budget.end()
    }
  }
}
