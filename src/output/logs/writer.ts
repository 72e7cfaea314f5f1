import type { Context, OutputStream } from '../../core/context.ts'
import type { LogSink } from '../../follow/logs/job-log.ts'
import type { LoggedJob } from '../../follow/logs/logged-jobs.ts'
import { logLayouts, type LogLayout, type LogLayoutName } from './layouts.ts'
import type { Style } from '../terminal/style.ts'

const lineFeed = 0x0a
const reset = '\x1b[0m'

/** So many colours of a line go on in the next one. */
const mostCarried = 8

/**
 * Lines that GitHub's runner would take for commands to itself, from a log that anybody may write: `::name::` behind blanks, and in its old form
 * `##[name]` anywhere.
 */
function withoutCommands(text: string): string {
  return text.replace(/^((?:[^\S\n]|\x1b\[[\d:;]*m)*)::/gm, '$1: :').replaceAll('##[', '## [')
}

/** The colours that are on at the end of a line, if `before` were on at its beginning. */
function colorsAfter(before: string, line: string): string {
  const colors = `${before}${line}`.match(/\x1b\[[\d:;]*m/g) ?? []
  const off = colors.findLastIndex((color) => /^\x1b\[0*(?:[;:]|m$)/.test(color))
  const on = colors.slice(Math.max(0, off)).filter((color) => !/^\x1b\[[0;:]*m$/.test(color))
  return on.slice(-mostCarried).join('')
}

/** Puts a text before every line, so that its colours stay in the line. */
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

/** Where logs are written to, and how. */
export interface LogWriting {
  stream: OutputStream
  layout: LogLayoutName
  style: Style
  /** Colours were kept, and must not go on behind the log. */
  keepsColors: boolean
  /** GitHub's runner reads what is written. */
  isOnGithub: boolean
}

/** Writes clean logs to a stream. All layouts but `plain`, and GitHub, need whole lines. */
export function logWriter(
  { stream, layout: name, style, keepsColors, isOnGithub }: LogWriting,
  { secrets, now }: Pick<Context, 'secrets' | 'now'>,
): Pick<LogSink, 'begin' | 'write' | 'end'> {
  const layout: LogLayout = logLayouts[name](style, now)
  const prefixers = new Map<number, Prefixer>()
  const tame = (text: string): string => (isOnGithub && name !== 'github' ? withoutCommands(text) : text)
  const say = async (text: string): Promise<void> => {
    if (text !== '') await stream.writeBytes(Buffer.from(tame(secrets.redact(text))))
  }
  const prefixerFor = (job: LoggedJob): Prefixer | undefined => {
    const known = prefixers.get(job.jobId)
    if (known) return known
    const prefix = tame(secrets.redact(layout.prefix(job)))
    const prefixer = prefix === '' ? undefined : new Prefixer(prefix)
    if (prefixer) prefixers.set(job.jobId, prefixer)
    return prefixer
  }
  return {
    begin: (job, lastLines) => say(layout.begin(job, lastLines)),
    write(job, bytes) {
      const lines = isOnGithub ? Buffer.from(withoutCommands(bytes.toString())) : bytes
      return stream.writeBytes(prefixerFor(job)?.add(lines) ?? lines)
    },
    async end(job) {
      prefixers.delete(job.jobId)
      await say(`${keepsColors ? reset : ''}${layout.end(job)}`)
    },
  }
}
