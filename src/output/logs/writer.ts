import type { Context, OutputStream } from '../../core/context.ts'
import type { LogSink } from '../../follow/logs/job-log.ts'
import type { LoggedJob } from '../../follow/logs/logged-jobs.ts'
import { logLayouts, type LogLayout, type LogLayoutName } from './layouts.ts'
import type { Style } from '../terminal/style.ts'

const lineFeed = 0x0a
const reset = '\x1b[0m'

/** Number of colour sequences that are repeated in the next line. */
const maxCarriedColors = 8

/**
 * Defuses text that GitHub's runner would execute as commands, because anybody may write the log: `::name::`
 * after white space, and the old form `##[name]` anywhere.
 */
function withoutCommands(text: string): string {
  return text.replace(/^((?:[^\S\n]|\x1b\[[\d:;]*m)*)::/gm, '$1: :').replaceAll('##[', '## [')
}

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
  /** GitHub's runner parses the output. */
  isOnGithub: boolean
}

/** Writes filtered logs. Except with the layout `plain` outside GitHub, `write` expects whole lines. */
export function logWriter(
  { stream, layout: name, style, keepsColors, isOnGithub }: LogWriterOptions,
  { secrets, now }: Pick<Context, 'secrets' | 'now'>,
): Pick<LogSink, 'begin' | 'write' | 'end'> {
  const layout: LogLayout = logLayouts[name](style, now)
  const prefixers = new Map<number, Prefixer>()
  const neutralize = (text: string): string =>
    isOnGithub && name !== 'github' ? withoutCommands(text) : text
  const writeText = async (text: string): Promise<void> => {
    if (text !== '') await stream.writeBytes(Buffer.from(neutralize(secrets.redact(text))))
  }
  const prefixerFor = (job: LoggedJob): Prefixer | undefined => {
    const existing = prefixers.get(job.jobId)
    if (existing) return existing
    const prefix = neutralize(secrets.redact(layout.prefix(job)))
    const prefixer = prefix === '' ? undefined : new Prefixer(prefix)
    if (prefixer) prefixers.set(job.jobId, prefixer)
    return prefixer
  }
  return {
    begin: (job, part) => writeText(layout.begin(job, part)),
    write(job, bytes) {
      const lines = isOnGithub ? Buffer.from(withoutCommands(bytes.toString())) : bytes
      return stream.writeBytes(prefixerFor(job)?.add(lines) ?? lines)
    },
    async end(job) {
      prefixers.delete(job.jobId)
      await writeText(`${keepsColors ? reset : ''}${layout.end(job)}`)
    },
  }
}
