import type { OutputStream } from '../context.ts'

/** One of this process's own output streams. */
export function outputStream(stream: NodeJS.WriteStream): OutputStream {
  // Without a listener a closed pipe or a full disk ends the process with a stack trace (guarantees 8.2).
  stream.on('error', () => undefined)
  const write = (data: string | Buffer): Promise<void> =>
    new Promise((resolve, reject) => {
      stream.write(data, (error) => {
        if (error) reject(error)
        else resolve()
      })
    })
  return {
    isTTY: stream.isTTY,
    get columns() {
      return stream.columns
    },
    get rows() {
      return stream.rows
    },
    write,
    writeBytes: write,
  }
}
