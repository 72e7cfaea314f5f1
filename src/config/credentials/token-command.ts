import { spawn } from 'node:child_process'
import type { Context } from '../../core/context.ts'
import { codeOf, configError, DeadlineError, type TriggerError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { asConfigError } from '../layers.ts'
import { decodeText } from '../files/decode-text.ts'
import type { TokenUse } from './parse-token.ts'
import { keepToken } from './token-source.ts'
import type { Setting } from '../setting.ts'

/** Time limit for the program, in ms. It may ask the user for a passphrase. */
const timeLimitMs = 60_000
const maxBytes = 64 * 1024

/**
 * Runs a program without a shell and without the environment variables in `hidden` (docs/guarantees.md#T52); returns the token
 * it prints on one line. Throws a configuration error that names the program and never shows its output
 * (docs/guarantees.md#T24).
 */
export async function runTokenCommand(
  command: Setting<readonly string[]>,
  hidden: readonly string[],
  use: TokenUse,
  context: Context,
  signal: AbortSignal,
): Promise<Secret> {
  signal.throwIfAborted()
  const [file = '', ...args] = command.value
  const refuse = (why: string): TriggerError => configError(`${command.origin}: the program ${file} ${why}`)
  const output = await new Promise<Buffer>((resolve, reject) => {
    const env = Object.fromEntries(Object.entries(context.env).filter(([name]) => !hidden.includes(name)))
    // The program may ask for a passphrase, but only at a terminal.
    const terminalStdio = context.stdin.isTTY ? 'inherit' : 'ignore'
    const child = spawn(file, args, { env, stdio: [terminalStdio, 'pipe', terminalStdio] })
    const chunks: Buffer[] = []
    let size = 0
    const fail = (error: Error): void => {
      child.kill('SIGKILL')
      cancelAlarm()
      reject(error)
    }
    const stop = (): void => {
      const { reason } = signal as { reason: Error }
      fail(reason instanceof DeadlineError ? refuse('did not end within the time limit') : reason)
    }
    const cancelAlarm = context.alarm(timeLimitMs, () => {
      fail(refuse(`did not end within ${timeLimitMs / 1000} s`))
    })
    signal.addEventListener('abort', stop, { once: true })
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size > maxBytes) fail(refuse('printed too much'))
    })
    child.once('error', (error) => {
      fail(refuse(codeOf(error) === 'ENOENT' ? 'is not there' : `cannot be run (${codeOf(error)})`))
    })
    child.once('close', (code, killer) => {
      cancelAlarm()
      signal.removeEventListener('abort', stop)
      if (code === 0) resolve(Buffer.concat(chunks))
      else reject(refuse(`failed (${code === null ? String(killer) : `exit ${code}`})`))
    })
  })
  const where = `${command.origin}: what ${file} printed`
  return asConfigError(() => keepToken(decodeText(output, where), where, use, context))
}
