import type { Context, OutputStream } from '../../core/context.ts'
import type { LogSink } from '../../follow/logs/job-log.ts'
import type { LoggedJob } from '../../follow/logs/logged-jobs.ts'
import { logLayouts, type LogLayout, type LogLayoutName } from './layouts.ts'
import { escapeLine } from '../terminal/escape.ts'
import type { Style } from '../terminal/style.ts'
import { dropControlStrings } from '../../core/text/control-strings.ts'
import { breakCommands } from '../../core/text/ci-commands.ts'
import { CommandBreaker } from './command-breaker.ts'

const lineFeed = 0x0a
const reset = '\x1b[0m'

/** Number of colour sequences that are repeated in the next line. */
const maxCarriedColors = 8

/** The colours in effect at the end of a line that begins with the colours `before`. */
function colorsAfter(before: string, line: string): string {
  const colors = `${before}${line}`.match(/\x1b\[[\d:;]*m/g) ?? []
  const off = colors.findLastIndex((color) => /^\x1b\[0*(?:[;:]|m$)/.test(color))
  const on = colors.slice(Math.max(0, off)).filter((color) => !/^\x1b\[[0;:]*m$/.test(color))
  return on.slice(-maxCarriedColors).join('')
}

/** Adds a prefix to every line, and keeps the colours of the log out of it. */
class Prefixer {
  readonly #prefix: Buffer
  #colors = ''

  constructor(prefix: string) {
    this.#prefix = Buffer.from(prefix)
  }

  add(lines: Buffer): Buffer {
    const hasColors = this.#colors !== '' || lines.includes(0x1b)
    const parts: Buffer[] = []
    for (let at = 0; at < lines.length;) {
      const end = lines.indexOf(lineFeed, at) + 1 || lines.length
      const line = lines.subarray(at, end)
      parts.push(this.#prefix, hasColors ? this.#colored(line.toString()) : line)
      at = end
    }
    return Buffer.concat(parts)
  }

  #colored(line: string): Buffer {
    const before = this.#colors
    this.#colors = colorsAfter(before, line)
    const text = this.#colors === '' ? line : line.replace(/\n?$/, (end) => `${reset}${end}`)
    return Buffer.from(before + text)
  }
}

/** The stream, layout and colours of a log writer. */
export interface LogWriterOptions {
  stream: OutputStream
  layout: LogLayoutName
  style: Style
  /** The logs contain colours, which must be reset after each log. */
  keepsColors: boolean
  /** The exact bytes were asked for. */
  isRaw: boolean
}

/**
 * Writes filtered logs, in which nothing is left that a CI system would execute: logs are written by other users. Except with the layout `plain`,
 * `write` expects whole lines.
 */
export function logWriter(
  { stream, layout: name, style, keepsColors, isRaw }: LogWriterOptions,
  { secrets, wallTime, env }: Pick<Context, 'secrets' | 'wallTime' | 'env'>,
): Pick<LogSink, 'begin' | 'write' | 'end'> {
  const clean = (text: string): string =>
    breakCommands(escapeLine(secrets.redact(dropControlStrings(text))), env)
  const layout: LogLayout = logLayouts[name](style, wallTime, clean)
  const open = new Map<number, { prefixer: Prefixer | undefined; breaker: CommandBreaker | undefined }>()
  const writeBytes = (bytes: Buffer): Promise<void> =>
    bytes.length === 0 ? Promise.resolve() : stream.writeBytes(bytes)
  const openFor = (
    job: LoggedJob,
  ): { prefixer: Prefixer | undefined; breaker: CommandBreaker | undefined } => {
    const existing = open.get(job.jobId)
    if (existing) return existing
    const prefix = layout.prefix(job)
    const made = {
      prefixer: prefix === '' ? undefined : new Prefixer(prefix),
      breaker: isRaw ? undefined : new CommandBreaker(env),
    }
    open.set(job.jobId, made)
    return made
  }
  return {
    begin: (job, part) => writeBytes(Buffer.from(layout.begin(job, part))),
    write(job, bytes) {
      const { prefixer, breaker } = openFor(job)
      const lines = breaker?.add(bytes) ?? bytes
      return writeBytes(prefixer?.add(lines) ?? lines)
    },
    async end(job) {
      const rest = open.get(job.jobId)?.breaker?.end() ?? Buffer.alloc(0)
      open.delete(job.jobId)
      await writeBytes(rest)
      await writeBytes(Buffer.from(`${keepsColors ? reset : ''}${layout.end(job)}`))
    },
  }
}
