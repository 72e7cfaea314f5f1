import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs'
import { Socket } from 'node:net'
import { codeOf } from '../../core/errors.ts'

/** A pipe may be silent for this long, in ms: its writer may be a program that asks for a password. */
const idleMs = 60_000

/** A pipe ended without content, was silent for too long, or held too much; the message says which. */
export class PipeError extends Error {
  override name = 'PipeError'
}

/** What is in a pipe already; empty if no program writes to it, for which there is no event. Undefined if one still may. */
function readAtOnce(fd: number): Buffer | undefined {
  const buffer = Buffer.alloc(64 * 1024)
  try {
    return buffer.subarray(0, readSync(fd, buffer))
  } catch (error) {
    if (codeOf(error) === 'EAGAIN') return undefined
    throw error
  }
}

/**
 * Reads the pipe at a path, as a shell makes one for `<(command)`, to its end, but no more than `maxSize` bytes. It never blocks:
 * a pipe without a writer ends at once. `expected` is what was checked before. Throws a PipeError, Node's errors, and the reason of `signal`.
 */
export async function readPipe(
  path: string,
  maxSize: number,
  expected: Stats,
  signal?: AbortSignal,
): Promise<Buffer> {
  signal?.throwIfAborted()
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const { ino, dev } = fstatSync(fd)
  if (ino !== expected.ino || dev !== expected.dev) {
    closeSync(fd)
    throw new PipeError('it was replaced while it was read')
  }
  const first = readAtOnce(fd)
  if (first?.length === 0) {
    closeSync(fd)
    throw new PipeError('it is a pipe, and nothing came out of it')
  }
  const socket = new Socket({ fd, readable: true, writable: false })
  socket.setTimeout(idleMs, () => {
    socket.destroy(new PipeError(`it is a pipe, and nothing came out of it for ${idleMs / 1000} s`))
  })
  const stop = (): void => {
    socket.destroy(signal?.reason as Error)
  }
  signal?.addEventListener('abort', stop, { once: true })
  const pieces = first ? [first] : []
  let size = first?.length ?? 0
  try {
    for await (const piece of socket as AsyncIterable<Buffer>) {
      pieces.push(piece)
      size += piece.length
      if (size > maxSize) throw new PipeError(`it is larger than ${maxSize} bytes`)
    }
  } finally {
    signal?.removeEventListener('abort', stop)
  }
  if (size === 0) throw new PipeError('it is a pipe, and nothing came out of it')
  return Buffer.concat(pieces)
}
