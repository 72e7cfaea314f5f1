import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import type { OutputStream } from '../core/context.ts'

/** Whether a descriptor is a terminal. fstat comes first, since `isatty` loads Node's socket code. */
function isTerminal(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice() && isatty(fd)
  } catch {
    return false
  }
}

/**
 * A descriptor by which writing does not block: a pipe whose reader has stalled would block this process, and it
 * would not even hear a signal. Undefined where there is none.
 */
function nonBlocking(fd: number): number | undefined {
  try {
    const stats = fstatSync(fd)
    if (stats.isSocket()) return undefined
    const flags = constants.O_WRONLY | constants.O_NONBLOCK
    return stats.isFIFO() ? openSync(`/proc/self/fd/${fd}`, flags) : fd
  } catch {
    return undefined
  }
}

/** Writes synchronously and returns the bytes that a full non-blocking pipe did not take. */
function writeSyncUntilFull(fd: number, bytes: Buffer): Buffer {
  let rest = bytes
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest))
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EAGAIN') throw error
  }
  return rest
}

/** Standard output or standard error. Node's stream, which loads its socket code, is created when needed. */
export function outputStream(fd: 1 | 2, open: () => NodeJS.WriteStream): OutputStream {
  let stream: NodeJS.WriteStream | undefined
  const write = (data: string | Buffer): Promise<void> =>
    new Promise((resolve, reject) => {
      // Without a listener, a closed pipe or full disk ends the process with a stack trace (docs/guarantees.md#8.2).
      stream ??= open().on('error', () => undefined)
      stream.write(data, (error) => {
        if (error) reject(error)
        else resolve()
      })
    })
  return {
    isTTY: isTerminal(fd),
    get columns() {
      return open().columns
    },
    get rows() {
      return open().rows
    },
    write,
    writeBytes: write,
    async writeAtOnce(text) {
      const bytes = Buffer.from(text)
      const own = nonBlocking(fd)
      if (own === undefined) return write(bytes)
      const rest = writeSyncUntilFull(own, bytes)
      if (own !== fd) closeSync(own)
      if (rest.length > 0) await write(rest)
    },
  }
}
