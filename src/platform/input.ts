import { fstatSync, type Stats } from 'node:fs'
import type { InputStream } from '../core/context.ts'

function stats(): Stats | undefined {
  try {
    return fstatSync(0)
  } catch {
    return undefined
  }
}

/** Standard input of this process. */
export function inputStream(): InputStream {
  return {
    get isTTY() {
      return process.stdin.isTTY
    },
    get terminal() {
      return process.stdin
    },
    stats,
    async read(signal, maxBytes) {
      const chunks: Buffer[] = []
      let size = 0
      const stop = (): void => void process.stdin.destroy(signal.reason as Error)
      signal.addEventListener('abort', stop)
      try {
        for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
          chunks.push(chunk)
          size += chunk.length
          if (size > maxBytes) break
        }
        signal.throwIfAborted()
      } finally {
        signal.removeEventListener('abort', stop)
      }
      return Buffer.concat(chunks)
    },
    async readLine(signal, secretly = false) {
      const { createInterface } = await import('node:readline/promises')
      const { Writable } = await import('node:stream')
      // readline echoes what is typed to its output; an output that discards everything hides it.
      const discard = new Writable({
        write(_chunk, _encoding, done) {
          done()
        },
      })
      const output = secretly ? discard : process.stderr
      // In terminal mode readline clears the prompt before the cursor, so the mode is used for secrets only.
      const line = createInterface({ input: process.stdin, output, terminal: secretly })
      // In raw mode Ctrl-C sends no signal; send it ourselves.
      line.once('SIGINT', () => process.kill(process.pid, 'SIGINT'))
      try {
        // After Ctrl-D readline closes but never settles the question's promise.
        const ended = new Promise<undefined>((resolve) =>
          line.once('close', () => {
            resolve(undefined)
          }),
        )
        const answer = await Promise.race([line.question('', { signal }), ended])
        // Later output starts on a new line.
        if (answer === undefined) output.write('\n')
        return answer ?? ''
      } catch (error) {
        signal.throwIfAborted()
        throw error
      } finally {
        line.close()
      }
    },
  }
}
