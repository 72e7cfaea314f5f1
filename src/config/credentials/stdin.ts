import type { Context } from '../../core/context.ts'
import { usageError } from '../../core/errors.ts'

/** Reads all of standard input for a flag. */
export type ReadStdin = (flagName: string) => Promise<Buffer>

/**
 * A reader of standard input for flags that ask for it. Nothing else may read it, since cron puts the text
 * after an unescaped % there (T102). A second read would get nothing, so it throws a usage error.
 */
export function stdinOnce(context: Pick<Context, 'stdin'>, signal: AbortSignal): ReadStdin {
  let reader: string | undefined
  return async (flagName) => {
    if (reader !== undefined) {
      throw usageError(`${reader} and ${flagName} both read standard input`, 'Use a file for one of them.')
    }
    reader = flagName
    return context.stdin.read(signal)
  }
}
