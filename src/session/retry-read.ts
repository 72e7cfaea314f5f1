import type { Context } from '../core/context.ts'
import { ApiError } from '../gitlab/api/reader.ts'

/** Pauses between tries of something that failed in a way that passes, in ms. */
const pauses = [1000, 4000, 15_000]

/** Reads, and again after faults that pass. Throws the last one, any other error at once, and an abort's reason. */
export async function again<T>(
  read: () => Promise<T>,
  context: Pick<Context, 'sleep'>,
  signal: AbortSignal,
): Promise<T> {
  for (const pause of pauses) {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof ApiError) || !error.isPassing) throw error
    }
    await context.sleep(pause, signal)
  }
  return read()
}
