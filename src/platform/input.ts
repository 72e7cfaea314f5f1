import type { InputStream } from '../core/context.ts'

/** This process's standard input, and the terminal behind it. */
export function inputStream(): InputStream {
  return {
    get isTTY() {
      return process.stdin.isTTY
    },
    async read(signal) {
      const chunks: Buffer[] = []
      const stop = (): void => void process.stdin.destroy(signal.reason as Error)
      signal.addEventListener('abort', stop)
      try {
        for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
        signal.throwIfAborted()
      } finally {
        signal.removeEventListener('abort', stop)
      }
      return Buffer.concat(chunks)
    },
    async readLine(signal, secretly = false) {
      const { createInterface } = await import('node:readline/promises')
      const { Writable } = await import('node:stream')
      // What is typed is echoed by readline itself; written to nowhere, it stays secret.
      const nowhere = new Writable({
        write(_chunk, _encoding, done) {
          done()
        },
      })
      const output = secretly ? nowhere : process.stderr
      // As a terminal, readline would wipe away the question before the cursor; only what must stay secret needs it.
      const line = createInterface({ input: process.stdin, output, terminal: secretly })
      // Raw mode swallows Ctrl-C; it is to end the run as anywhere else.
      line.once('SIGINT', () => process.kill(process.pid, 'SIGINT'))
      try {
        // Ctrl-D ends the line without an answer, of which readline says nothing to who asked.
        const ended = new Promise<undefined>((resolve) =>
          line.once('close', () => {
            resolve(undefined)
          }),
        )
        const answer = await Promise.race([line.question('', { signal }), ended])
        // Whatever is said next is to stand below the question.
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
