import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Readable } from 'node:stream'
import type { Context } from '../../core/context.ts'
import { codeOf, configError, DeadlineError, type TriggerError } from '../../core/errors.ts'
import { rulesOf } from '../../core/system/platforms.ts'
import type { Secret } from '../../core/secret.ts'
import { asConfigError } from '../layers.ts'
import { decodeText } from '../files/decode-text.ts'
import { StderrTail } from './stderr-tail.ts'
import type { TokenUse } from './parse-token.ts'
import { keepToken } from './token-source.ts'
import { fromEnv, type Setting } from '../setting.ts'

/** Longest time for the program, in ms. It may ask the user for a passphrase. */
const longestMs = 60_000
const maxBytes = 64 * 1024
/** How long the end of its stderr is waited for after a failure, in ms. */
const stderrCloseMs = 1000

/** How long a program may take: at most `ms`, and until `signal` aborts. */
export interface ProgramLimits {
  signal: AbortSignal
  ms: number
}

/**
 * Runs a program without a shell and without the environment variables in `hidden` (docs/guarantees.md#T52); returns the token
 * it prints on one line, with `isFirstLine` on the first. Throws a configuration error that names the program, how it ended and the last line of its
 * stderr, and never shows what it printed on stdout (docs/guarantees.md#T24).
 */
export async function runTokenCommand(
  command: Setting<readonly string[]>,
  hidden: readonly string[],
  use: TokenUse,
  context: Context,
  { signal, ms }: ProgramLimits,
  isFirstLine = false,
): Promise<Secret> {
  const timeLimitMs = Math.min(ms, longestMs)
  signal.throwIfAborted()
  const [file = '', ...args] = command.value
  const refuse = (why: string, hint = ''): TriggerError =>
    configError(`${command.origin}: the program ${file} ${why}`, hint)
  const output = await new Promise<Buffer>((resolve, reject) => {
    const env = Object.fromEntries(Object.entries(context.env).filter(([name]) => !hidden.includes(name)))
    // The program may ask for a passphrase, but only at a terminal; there it also says itself what is wrong.
    const child: ChildProcessByStdio<null, Readable, Readable | null> = context.stdin.isTTY
      ? spawn(file, args, { env, stdio: ['inherit', 'pipe', 'inherit'] })
      : spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks: Buffer[] = []
    const stderrTail = new StderrTail()
    const failure = (why: string): TriggerError => {
      const said = stderrTail.line(context.secrets, Buffer.concat(chunks).toString())
      return refuse(said === '' ? why : `${why}: ${said}`)
    }
    let size = 0
    const fail = (error: Error): void => {
      child.kill('SIGKILL')
      // What it has started may hold both open.
      child.stdout.destroy()
      child.stderr?.destroy()
      cancelAlarm()
      reject(error)
    }
    const stop = (): void => {
      const { reason } = signal as { reason: Error }
      fail(reason instanceof DeadlineError ? failure('did not end within the time limit') : reason)
    }
    const cancelAlarm = context.alarm(timeLimitMs, () => {
      fail(failure(`did not end within ${timeLimitMs / 1000} s`))
    })
    signal.addEventListener('abort', stop, { once: true })
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size > maxBytes) fail(refuse('printed too much'))
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      stderrTail.add(chunk)
    })
    child.once('error', (error) => {
      fail(refuse(...unstartable(file, codeOf(error), context)))
    })
    child.once('exit', (code, killer) => {
      void closed(child.stdout).then(async () => {
        // What it has left running may hold its stderr open.
        if (code !== 0) await within(stderrCloseMs, closed(child.stderr), context)
        child.stderr?.destroy()
        cancelAlarm()
        signal.removeEventListener('abort', stop)
        if (code === 0) resolve(Buffer.concat(chunks))
        else
          reject(failure(`failed (${code === null ? `killed by ${String(killer)}` : `exit code ${code}`})`))
      })
    })
  })
  const where = `${command.origin}: what ${file} printed`
  const text = decodeText(output, where)
  // What stands below it, as pass has it, may be as secret.
  const [first = '', ...rest] = isFirstLine ? text.split(/\r?\n/) : [text]
  for (const line of rest) context.secrets.keep(line.trim())
  return asConfigError(() => keepToken(first, where, use, context))
}

/** Resolves when nothing more can come from a stream. */
function closed(stream: Readable | null): Promise<void> {
  return new Promise((resolve) => {
    if (stream === null || stream.closed) resolve()
    else
      stream.once('close', () => {
        resolve()
      })
  })
}

/** Resolves with `work`, or after this many ms without it. */
function within(ms: number, work: Promise<void>, context: Pick<Context, 'alarm'>): Promise<void> {
  return new Promise((resolve) => {
    const cancelAlarm = context.alarm(ms, resolve)
    void work.then(() => {
      cancelAlarm()
      resolve()
    })
  })
}

/** Why a program cannot be started, and what to do. */
function unstartable(
  file: string,
  code: string,
  context: Pick<Context, 'env' | 'platform'>,
): [why: string, hint: string] {
  const { env } = context
  const isScript = rulesOf(context).hasCmdScripts && /\.(cmd|bat)$/i.test(file)
  if (isScript) return ['is a script, which only a shell starts', 'Name the .exe, or node and its script.']
  if (code !== 'ENOENT')
    return [`cannot be run (${code})`, code === 'EACCES' ? 'Is it an executable file?' : '']
  if (existsSync(file) && file.includes('/'))
    return [
      'cannot be run: the interpreter named in its first line does not exist',
      'Correct its first line.',
    ]
  if (file.includes('/')) return ['does not exist', 'Correct the path in the config.']
  const path = fromEnv(env, 'PATH')?.value
  // What execvp of the C library searches then.
  const searched =
    path === undefined ? '/bin:/usr/bin, because PATH is not set' : `PATH: ${path.slice(0, 300)}`
  const isLine = /\s/.test(file)
  return [
    `was not found (searched in ${searched})`,
    isLine
      ? 'It is started without a shell: write each argument as an element of its own, as [pass, show, gitlab].'
      : 'Write its whole path, or add its folder to PATH.',
  ]
}
