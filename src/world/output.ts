import type { OutputStream } from '../context.ts'

/** One of this process's own output streams. */
export function outputStream(stream: NodeJS.WriteStream): OutputStream {
  // Without a listener a closed pipe or a full disk ends the process with a stack trace (guarantees 8.2).
  stream.on('error', () => undefined)
  return {
    isTTY: stream.isTTY,
    get columns() {
      return stream.columns
    },
    get rows() {
      return stream.rows
    },
    write: (text) =>
      new Promise((resolve, reject) => {
        stream.write(text, (error) => {
          if (error) reject(error)
          else resolve()
        })
      }),
  }
}
