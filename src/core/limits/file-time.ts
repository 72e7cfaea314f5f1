import type { Context } from '../context.ts'

/** Where files are read and written. The others, where they are given, limit each call that is made by a thread. */
export type FileWorld = Pick<Context, 'canFilesHang'> &
  Partial<Pick<Context, 'alarm' | 'fileCallMs' | 'interrupted' | 'outputs'>>

/** How long one call may take where a file system may not answer, in ms. */
export const usualFileCallMs = 10_000
/** The same after one has not been answered. */
const nextCallMs = 1000

/** Node's error for a call on a file system that does not answer. */
const noAnswer = (): Error =>
  Object.assign(new Error('the file system does not answer'), { code: 'ETIMEDOUT' })

/**
 * Resolves as `call`, which makes one or a few calls on files. Rejects with an error of the code ETIMEDOUT when their time has passed, and
 * with the reason of a signal; the thread that makes the call may hang forever (bin/start.js).
 */
export function inFileTime<T>(call: () => Promise<T>, world: FileWorld | undefined): Promise<T> {
  return inTime(call, world, world?.interrupted)
}

/** The same for calls that change files: no signal cuts them short, as what they have done is to be known. */
export function inWriteTime<T>(call: () => Promise<T>, world: FileWorld | undefined): Promise<T> {
  return inTime(call, world, undefined)
}

/** `inWriteTime` in a world: for many calls on the same files. */
export const writesIn =
  (world: FileWorld | undefined) =>
  <T>(call: () => Promise<T>): Promise<T> =>
    inWriteTime(call, world)

function inTime<T>(
  call: () => Promise<T>,
  world: FileWorld | undefined,
  signal: AbortSignal | undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const mayHang = world?.canFilesHang() ?? false
    const stop =
      mayHang &&
      world?.alarm?.(world.fileCallMs ?? usualFileCallMs, () => {
        // The next ones would wait for the same file system.
        world.fileCallMs = Math.min(world.fileCallMs ?? usualFileCallMs, nextCallMs)
        reject(noAnswer())
      })
    const abort = (): void => {
      reject(signal?.reason as Error)
    }
    signal?.addEventListener('abort', abort)
    void call()
      .then(resolve, reject)
      .finally(() => {
        if (stop) stop()
        signal?.removeEventListener('abort', abort)
      })
  })
}
