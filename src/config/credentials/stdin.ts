import type { Context } from '../../core/context.ts'
import { usageError } from '../../core/errors.ts'

/** Reads all of standard input for the flag `who`. */
export type ReadStdin = (who: string) => Promise<Buffer>

/**
 * Standard input for the flags that ask for it. Nobody else may read it: cron puts what follows an unescaped % there (T102).
 * A second reader would get nothing, so two flags that ask for it are refused.
 */
export function stdinOnce(context: Pick<Context, 'stdin'>, signal: AbortSignal): ReadStdin {
  let reader: string | undefined
  return async (who) => {
    if (reader !== undefined) {
      throw usageError(`${reader} and ${who} both read standard input`, 'Use a file for one of them.')
    }
    reader = who
    return context.stdin.read(signal)
  }
}
