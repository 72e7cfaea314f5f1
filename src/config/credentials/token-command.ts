import { spawn } from 'node:child_process'
import type { Context } from '../../core/context.ts'
import { codeOf, configError, DeadlineError, type TriggerError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { asConfigError } from '../layers.ts'
import { parseToken } from './parse-token.ts'
import type { Setting } from '../setting.ts'

/** How long a program may take to print a token, in ms; it may ask its user for a passphrase. */
const patienceMs = 60_000
const maxBytes = 64 * 1024

/**
 * The token that a program prints on one line. Run without a shell, and without the variables in `hidden` (T52). Throws a
 * configuration error that names the program, never what it printed (T24).
 */
export async function runTokenCommand(
  command: Setting<readonly string[]>,
  hidden: readonly string[],
  context: Context,
  signal: AbortSignal,
): Promise<Secret> {
  signal.throwIfAborted()
  const [file = '', ...args] = command.value
  const refuse = (why: string): TriggerError => configError(`${command.origin}: the program ${file} ${why}`)
  const output = await new Promise<Buffer>((resolve, reject) => {
    const env = Object.fromEntries(Object.entries(context.env).filter(([name]) => !hidden.includes(name)))
    // Somebody at a terminal may have to unlock a key; nobody else is asked.
    const forPeople = context.stdin.isTTY ? 'inherit' : 'ignore'
    const child = spawn(file, args, { env, stdio: [forPeople, 'pipe', forPeople] })
    const chunks: Buffer[] = []
    let size = 0
    const fail = (error: Error): void => {
      child.kill('SIGKILL')
      end()
      reject(error)
    }
    const stop = (): void => {
      const { reason } = signal as { reason: Error }
      fail(reason instanceof DeadlineError ? refuse('did not end within the time limit') : reason)
    }
    const end = context.alarm(patienceMs, () => {
      fail(refuse(`did not end within ${patienceMs / 1000} s`))
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
      end()
      signal.removeEventListener('abort', stop)
      if (code === 0) resolve(Buffer.concat(chunks))
      else reject(refuse(`failed (${code === null ? String(killer) : `exit ${code}`})`))
    })
  })
  return asConfigError(() =>
    context.secrets.keep(parseToken(output.toString(), `${command.origin}: what ${file} printed`)),
  )
}
