import type { Stats } from 'node:fs'
import type { SecretRegistry } from './secret.ts'
import type { WriteLimits } from './limits/write-limits.ts'

/** One line of the block at the bottom of a terminal. */
export interface BottomLine {
  text: string
  /** The number of screen rows that the line takes in a terminal of this width. */
  rowsAt: (columns: number) => number
}

/** Returns the lines to show at the bottom of a terminal of this size. None is wider than the terminal. */
export type StickyLines = (columns: number, rows: number) => readonly BottomLine[]

/** An output stream. A write resolves when the operating system has taken the bytes, else it rejects. */
export interface OutputStream {
  write(text: string): Promise<void>
  /**
   * Writes synchronously as much as the reader takes, which saves loading Node's streams. It is for a program
   * with nothing else to do.
   */
  writeAtOnce?: (text: string) => Promise<void>
  /** Writes bytes unchanged. The buffer may be reused once the promise resolves. */
  writeBytes(bytes: Buffer): Promise<void>
  isTTY: boolean
  columns: number
  rows: number
  /** Whether anything was written, or was to be. Only behind the sink. */
  readonly wasUsed?: boolean
  /**
   * Shows lines at the bottom, below all later output; undefined removes them. Only streams made by
   * `withSink` have it, and only on a terminal that can move the cursor.
   */
  keepBelow?: (bottom: StickyLines | undefined) => Promise<void>
  /** Makes a text a link to a page. Only streams made by `withSink` have it, and only on a terminal that shows links. */
  link?: (text: string, url: string) => string
}

/** Standard input. It is read only if a flag asks for it. */
export interface InputStream {
  isTTY: boolean
  /** Reads to the end of the stream, or until it has more than `maxBytes`. Rejects when `signal` aborts. */
  read(signal: AbortSignal, maxBytes: number): Promise<Buffer>
  /** Reads a line from a terminal, with echo unless `secretly`. Rejects when `signal` aborts. */
  readLine(signal: AbortSignal, secretly?: boolean): Promise<string>
  /** What it is: a file, a pipe, a terminal. Undefined where it is closed. */
  stats?: () => Stats | undefined
  /** The terminal as Node's stream, for questions that take single keys (output/terminal/prompt.ts). */
  readonly terminal?: NodeJS.ReadableStream
}

/** What a bug report says about Node and the machine. */
export interface SystemFacts {
  node: string
  platform: string
  arch: string
  openssl: string
  /** The C library, on Linux. */
  libc: string | undefined
}

/** A file that a flag names to be written, as it stood before the command began. */
export interface OutputFile {
  flag: string
  dev: number
  ino: number
  /** It is read, too: nothing may be written to it. */
  isInput?: true
}

/** All access to the outside world. No other code touches the process, the clock or random numbers. */
export interface Context {
  stdin: InputStream
  stdout: OutputStream
  stderr: OutputStream
  env: Readonly<Record<string, string | undefined>>
  /** The working directory. Throws if it was deleted. */
  cwd(): string
  /** The home folder from the system's user database, whatever HOME says. Undefined without an entry. */
  home(): string | undefined
  /** The numeric user id of this process. Undefined on systems that have none (Windows). */
  uid: number | undefined
  /** The operating system, as Node names it: `linux`, `darwin`, `win32`. What differs is in core/system/platforms.ts. */
  platform: string
  /** The user name, host name and process id. */
  me(): { user: string; host: string; pid: number }
  /**
   * The command line for error messages, redacted. Recipe and server are included only if `areNamesKnown`,
   * since a misplaced token may stand there.
   */
  command(areNamesKnown: boolean): string
  /** Whether the command that was typed can start a pipeline: only then an error says whether one was started. */
  startsPipelines: boolean
  /** The command that starts this program, with absolute paths. */
  program(): string[]
  /** Versions of Node and of what it stands on. */
  system(): Promise<SystemFacts>
  /** The folder in which container engines mount secrets; undefined where any user could create it. */
  secretsFolder: string | undefined
  /** Whether a file system may be there that does not answer, as that of a lost network: files are then read aside, so that signals are heard. */
  canFilesHang(): boolean
  /** How long one call on such a file system may take, in ms; undefined: as usual. */
  fileCallMs?: number
  /** Whether a process with this id exists on this machine. */
  isRunning(pid: number): boolean
  /**
   * Milliseconds since 1970, for limits and pauses: time in which this process ran, whatever happens to the
   * system's clock. While the machine sleeps it stands still.
   */
  now(): number
  /** Milliseconds since 1970 by the system's clock, for what is written down and compared with other clocks. */
  wallTime(): number
  /** How often the process has stood still for seconds (suspended, stopped) since it began. */
  suspensions(): number
  /** Resolves after `ms` milliseconds, or rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** Calls `expired` after `ms`, unless the returned function is called first. Keeps no process alive. */
  alarm(ms: number, expired: () => void): () => void
  /** A random number, at least 0 and less than 1. */
  random(): number
  /** Aborts when the process gets a signal to stop; the reason is an Interrupted. */
  interrupted: AbortSignal
  /** The limits of what is written. Only behind the sink. */
  writeLimits?: WriteLimits
  /** The files that flags name to be written. */
  outputs?: readonly OutputFile[]
  /** The secrets read so far, to be masked in all output. */
  secrets: SecretRegistry
  /** Calls `work` with V8's optimising WebAssembly compiler off: it takes longer than a request. */
  withoutWasmTiering: (work: () => void) => void
  /** Prepares the process for many short tasks, one like the other; only where this program has it for itself. */
  tuneForMany?: (count: number) => Promise<void>
}
