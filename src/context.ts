import { fstatSync, readSync, writeSync } from 'node:fs'
import { hostname, userInfo, type UserInfo } from 'node:os'
import { isatty } from 'node:tty'
import { Interrupted } from './errors.ts'
import type { SignalName } from './exit-codes.ts'
import { SecretRegistry } from './secret.ts'

/** A place to write to. `write` resolves when the bytes are handed to the system, and rejects when they cannot be. */
export interface OutputStream {
  write(text: string): Promise<void>
  /** The same where nothing else is going on: the process may stand still until a reader has taken the text, and Node's streams are spared. */
  writeAtOnce(text: string): Promise<void>
  isTTY: boolean
  columns: number
}

/** Standard input: read only when a flag asks for it. */
export interface InputStream {
  isTTY: boolean
  /** Everything up to the end of the stream; rejects when `signal` aborts. */
  read(signal: AbortSignal): Promise<Buffer>
  /** One line that somebody types at a terminal, without its end; `secretly` does not show it. Rejects as `read`. */
  readLine(signal: AbortSignal, secretly?: boolean): Promise<string>
}

/** The world as one typed value. Nothing else in the source touches the process, the clock or chance. */
export interface Context {
  stdin: InputStream
  stdout: OutputStream
  stderr: OutputStream
  env: Readonly<Record<string, string | undefined>>
  /** The working directory. Throws when it was deleted. */
  cwd(): string
  /** The user's home by the system's own record, whatever HOME says; undefined where there is none. */
  home(): string | undefined
  /** The number of the user we run as; undefined where the system has none (Windows). */
  uid: number | undefined
  /** Who runs this, where, and as which process. */
  me(): { user: string; host: string; pid: number }
  /** Whether a process of this machine is still there. */
  isRunning(pid: number): boolean
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves after `ms` milliseconds, or rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** Calls `expired` after `ms` milliseconds unless the returned function was called before. Does not keep a process alive. */
  alarm(ms: number, expired: () => void): () => void
  /** A number from 0 up to 1. */
  random(): number
  /** Aborts, with an Interrupted as its reason, when the process is told to end. */
  interrupted: AbortSignal
  /** Every secret of this run. */
  secrets: SecretRegistry
  /** Does `work`. What WebAssembly is made in it is not optimised soon: for a run of one request that costs more than the request. */
  sparingly(work: () => void): void
}

/** Only a character device can be a terminal; to ask Node further loads its sockets. */
function isTerminal(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice() && isatty(fd)
  } catch {
    return false
  }
}

/** Writes what is taken without a fuss; returns what is left over for a pipe that is full and does not wait by itself. */
function writeNow(fd: number, bytes: Buffer): Buffer {
  let rest = bytes
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest))
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EAGAIN') throw error
  }
  return rest
}

/** Node's stream is made when something is written: it loads Node's sockets. */
function outputStream(fd: 1 | 2, open: () => NodeJS.WriteStream): OutputStream {
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
    write,
    async writeAtOnce(text) {
      const rest = writeNow(fd, Buffer.from(text))
      if (rest.length > 0) await write(rest)
    },
  }
}

function inputStream(): InputStream {
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
      const line = createInterface({ input: process.stdin, output, terminal: true })
      // Raw mode swallows Ctrl-C; it is to end the run as anywhere else.
      line.once('SIGINT', () => process.kill(process.pid, 'SIGINT'))
      try {
        return await line.question('', { signal })
      } catch (error) {
        signal.throwIfAborted()
        throw error
      } finally {
        line.close()
      }
    },
  }
}

/**
 * Whether nohup started us. Node resets the ignored SIGHUP that it hands on (guarantees 8.1), but it also puts a terminal's stdin on
 * /dev/null, open for writing only; nobody else does that.
 */
function isUnderNohup(): boolean {
  try {
    if (!fstatSync(0).isCharacterDevice() || isatty(0)) return false
    readSync(0, Buffer.alloc(1), 0, 1, null)
    return false
  } catch (error) {
    return (error as { code?: unknown }).code === 'EBADF'
  }
}

/** Aborts at the first signal; the second one ends the process at once (guarantee G14). */
function interruption(): AbortSignal {
  const controller = new AbortController()
  const numbers: Record<SignalName, number> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }
  for (const [name, number] of Object.entries(numbers) as [SignalName, number][]) {
    process.on(name, () => {
      if (name === 'SIGHUP' && isUnderNohup()) return
      if (controller.signal.aborted) process.exit(128 + number)
      controller.abort(new Interrupted(name))
    })
  }
  return controller.signal
}

/** The real clock and timers. */
export const realTime: Pick<Context, 'now' | 'sleep' | 'alarm' | 'random'> = {
  now: () => Date.now(),
  random: () => Math.random(),
  alarm(ms, expired) {
    const timer = setTimeout(expired, ms).unref()
    return () => {
      clearTimeout(timer)
    }
  },
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error)
        return
      }
      const stop = (): void => {
        clearTimeout(timer)
        reject(signal.reason as Error)
      }
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop)
        resolve()
      }, ms)
      signal.addEventListener('abort', stop, { once: true })
    }),
}

/**
 * V8 11.3 (Node 20) optimises undici's parser after one answer, on a thread that the end of the process waits for: 60 ms and 40 MB. Later
 * V8s wait longer by themselves. The budget is read when the module is made, and no flag may stay set: with one, Node refuses its own code cache
 * (performance.md 4.2).
 */
function sparingly(work: () => void): void {
  if (!process.versions.v8.startsWith('11.3.')) {
    work()
    return
  }
  const v8 = process.getBuiltinModule('node:v8')
  v8.setFlagsFromString('--wasm-tiering-budget=1000000000')
  try {
    work()
  } finally {
    v8.setFlagsFromString('--wasm-tiering-budget=1800000')
  }
}

/** The system's record of our user; a container's user often has none. */
function record(): UserInfo<string> | undefined {
  try {
    return userInfo()
  } catch {
    return undefined
  }
}

/** The real world: this process's streams, environment, clock and signals. Called once, by the launcher. */
export function processContext(): Context {
  return {
    ...realTime,
    stdin: inputStream(),
    stdout: outputStream(1, () => process.stdout),
    stderr: outputStream(2, () => process.stderr),
    env: process.env,
    cwd: () => process.cwd(),
    uid: process.getuid?.(),
    me() {
      return {
        user: record()?.username ?? String(process.getuid?.() ?? ''),
        host: hostname(),
        pid: process.pid,
      }
    },
    isRunning(pid) {
      try {
        process.kill(pid, 0)
        return true
      } catch (error) {
        return (error as { code?: unknown }).code === 'EPERM'
      }
    },
    home: () => record()?.homedir,
    interrupted: interruption(),
    secrets: new SecretRegistry(),
    sparingly,
  }
}
