import type { SecretRegistry } from './secret.ts'

/** A line at the bottom of a terminal. */
export interface BottomLine {
  text: string
  /** How many rows of the screen it takes where so many columns are left to it. */
  rowsAt: (columns: number) => number
}

/** The lines that are to stand at the bottom of a terminal of this size, none wider than it. */
export type StickyLines = (columns: number, rows: number) => readonly BottomLine[]

/** A place to write to. Writing resolves when the bytes are handed to the system, and rejects when they cannot be. */
export interface OutputStream {
  write(text: string): Promise<void>
  /** The same where nothing else is going on: the process may stand still until a reader has taken the text, and Node's streams are spared. */
  writeAtOnce?: (text: string) => Promise<void>
  /** The same for bytes, which nothing is done to: they were made safe before. They may change once it has resolved. */
  writeBytes(bytes: Buffer): Promise<void>
  isTTY: boolean
  columns: number
  rows: number
  /**
   * Keeps lines at the bottom, below whatever is written from now on; undefined takes them away. Only behind the sink, and only where the cursor
   * can be moved.
   */
  keepBelow?: (bottom: StickyLines | undefined) => Promise<void>
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
  /** What was typed, for messages: without secrets, and unless recipe and server are known to be names, without these. */
  command(areNamesKnown: boolean): string
  /** The words that start this program again, absolute paths. */
  program(): string[]
  /** The folder in which a container finds its secrets. */
  secretsFolder: string
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
  /** Does `work`. What WebAssembly is made in it is not optimised soon: that costs more than a request. */
  withoutWasmTiering: (work: () => void) => void
}
