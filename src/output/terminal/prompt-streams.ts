import { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { Context, OutputStream } from '../../core/context.ts'
import { Interrupted, usageError } from '../../core/errors.ts'

/** What a prompt of the library works on. */
export interface PromptStreams {
  input: NodeJS.ReadableStream
  output: Writable
  signal: AbortSignal
}

/** Whether a user can be asked: keys come from a terminal, and questions go to one that can move its cursor. */
export function canPrompt({ stdin, stderr, env }: Pick<Context, 'stdin' | 'stderr' | 'env'>): boolean {
  return stdin.isTTY && stdin.terminal !== undefined && stderr.isTTY && env['TERM'] !== 'dumb'
}

/** A stream as Node's, for cursor movements, which the sink would escape. */
function painted(stream: OutputStream): Writable {
  const writable = new Writable({
    write(chunk: Buffer, _encoding, done) {
      stream.writeBytes(chunk).then(() => {
        done()
      }, done)
    },
  })
  return Object.defineProperties(writable, {
    columns: { get: () => stream.columns },
    rows: { get: () => stream.rows },
    isTTY: { value: true },
  })
}

/**
 * Asks one question at the terminal, on stderr: `begin` starts the prompt, and may `stop` it with an error. Resolves to the answer when all is
 * written. Throws an Interrupted after Ctrl-C or a signal, a usage error after Ctrl-D or where there is no terminal, and the error of `stop`.
 */
export async function askOnTerminal<T>(
  context: Context,
  begin: (streams: PromptStreams, stop: (error: unknown) => void) => Promise<T>,
): Promise<T> {
  const { stdin, stderr, interrupted } = context
  const { terminal: input } = stdin
  if (!input || !canPrompt(context)) throw usageError('there is no terminal to ask at')
  interrupted.throwIfAborted()
  const over = new AbortController()
  const stop = (reason: unknown): void => {
    over.abort(reason)
  }
  // readline pauses its input when it is closed; before there is an answer that is the end of the input, or Ctrl-D.
  const end = (): void => {
    stop(usageError('the question was not answered: the input has ended'))
  }
  input.once('pause', end)
  const signal = AbortSignal.any([interrupted, over.signal])
  const output = painted(stderr).on('error', stop)
  try {
    return await begin({ input, output, signal }, stop)
  } catch (error) {
    if ((error as Error).name === 'ExitPromptError') throw new Interrupted('SIGINT')
    signal.throwIfAborted()
    throw error
  } finally {
    input.off('pause', end)
    await finished(output.end()).catch(stop)
  }
}
