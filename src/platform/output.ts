import { fstatSync, writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import type { OutputStream } from '../core/context.ts'

/** Only a character device can be a terminal; to ask Node further loads its sockets. */
function isTerminal(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice() && isatty(fd)
  } catch {
    return false
  }
}

/** Writes, and returns what is left over for a pipe that is full and does not wait by itself. */
function writeNow(fd: number, bytes: Buffer): Buffer {
  let rest = bytes
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest))
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EAGAIN') throw error
  }
  return rest
}

/** One of this process's own output streams. Node's stream is made when it is first written to: that loads Node's sockets. */
export function outputStream(fd: 1 | 2, open: () => NodeJS.WriteStream): OutputStream {
  let stream: NodeJS.WriteStream | undefined
  const write = (data: string | Buffer): Promise<void> =>
    new Promise((resolve, reject) => {
      // Without a listener a closed pipe or a full disk ends the process with a stack trace (guarantees 8.2).
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
      const rest = writeNow(fd, Buffer.from(text))
      if (rest.length > 0) await write(rest)
    },
  }
}
