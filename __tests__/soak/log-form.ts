import fc from 'fast-check'

/** What a job writes. `many` is sixty lines, `huge` one line that is longer than what is printed as one. */
const lineKinds = [
  ...['plain', 'bar', 'section', 'long', 'huge', 'secret', 'wide', 'blank', 'colour', 'crlf'],
  ...['invalid', 'error', 'many'],
] as const
export type LineKind = (typeof lineKinds)[number]

/** The log of a job: what it writes, and how that comes. */
export interface LogForm {
  lines: readonly LineKind[]
  /** A runner of 18.7 or later: each line begins with its time, and long ones are cut in two. */
  isStamped: boolean
  /** Its last line has no line end. */
  isOpen: boolean
  /** The last bytes come after the job's end, in as many pieces, each this many seconds after the one before. */
  late: readonly number[]
}

/** A log as the server has it, and as it is to be printed. */
export interface BuiltLog {
  raw: Buffer
  /** The number of its bytes that are there when the job ends. */
  prompt: number
  /** What a user reads who follows it, without the final line end. */
  followed: string[]
  /** The same of its last lines: what was overwritten counts once. */
  shown: string[]
  /** Its lines may be cut in two, where their runner has done that and nothing has come for a while. */
  isStamped: boolean
}

/** A piece of a log: its bytes, and its text. `shown` is the text where what was overwritten counts once. */
interface Piece {
  raw: string | Buffer
  clean: string
  shown?: string
}

/** What a line of more bytes than are kept of one is cut to, in the last lines of a log. */
const keptBytes = 16_384
const hugeBytes = 99_000

const plain = (text: string): Piece => ({ raw: text, clean: text })

/** A long text by which the log of one job can be told from that of another. */
const filling = (tag: string, count: number): string =>
  String.fromCharCode(97 + (Number.parseInt(tag, 10) % 26)).repeat(count)

/** A line that is printed in pieces, since it is longer than what is held of one. */
export const hugeLine = (tag: string): string => `${tag} ${filling(tag, hugeBytes)} ${tag}`

/** Each piece names its log by `tag`. `secrets` are known to the program that prints it. */
function pieceOf(kind: LineKind, tag: string, secrets: readonly string[]): Piece {
  const [one = '', other = ''] = secrets
  switch (kind) {
    case 'plain':
      return plain(`${tag} plain\n`)
    case 'many':
      return plain(Array.from({ length: 60 }, (_, at) => `${tag}.${at} of many\n`).join(''))
    case 'bar': {
      const states = [10, 55, 100].map((percent) => `${tag} ${percent}%`)
      return {
        raw: `${states.join('\r')}\n`,
        clean: `${states.join('\n')}\n`,
        shown: `${states.at(-1) ?? ''}\n`,
      }
    }
    case 'section': {
      const text = `${tag} title\n${tag} inside\n`
      return {
        raw: `section_start:1700000000:s\r\x1b[0K${text}\x1b[0Ksection_end:1700000001:s\r\x1b[0K`,
        clean: text,
      }
    }
    case 'long':
      return plain(`${tag} ${filling(tag, 6000)}\n`)
    case 'huge': {
      const line = hugeLine(tag)
      const left = `${line.slice(0, keptBytes)} ... (${line.length - keptBytes} bytes of this line left out)`
      return { raw: `${line}\n`, clean: `${line}\n`, shown: `${left}\n` }
    }
    case 'secret':
      return { raw: `${tag} token=${one}, ${other}!\n`, clean: `${tag} token=***, ***!\n` }
    case 'wide':
      return plain(`${tag} größe 日本語 🎉 ✓\n`)
    case 'blank':
      return plain('\n')
    case 'colour':
      return { raw: `\x1b[32;1m${tag} green\x1b[0;m\n`, clean: `${tag} green\n` }
    case 'crlf':
      return { raw: `${tag} dos\r\n`, clean: `${tag} dos\n` }
    case 'invalid': {
      const raw = Buffer.concat([Buffer.from(`${tag} `), Buffer.of(0xff, 0xfe), Buffer.from(' latin\n')])
      return { raw, clean: `${tag} \ufffd\ufffd latin\n` }
    }
    case 'error':
      return plain(`${tag} error: no\n`)
  }
}

const lineFeed = 0x0a

/** A log in the format of runners since 18.7 (docs/gitlab.md#4.4). */
function stamped(raw: Buffer): Buffer {
  const parts: Buffer[] = []
  const stamp = Buffer.from('2026-11-22T12:00:00.123456Z 01O')
  for (let at = 0; at < raw.length;) {
    const end = raw.indexOf(lineFeed, at) < 0 ? raw.length : raw.indexOf(lineFeed, at) + 1
    const line = raw.subarray(at, end)
    const cut = line.length > 60 ? Math.floor(line.length / 2) : line.length
    parts.push(stamp, Buffer.from(' '), line.subarray(0, cut))
    if (cut < line.length) parts.push(Buffer.from('\n'), stamp, Buffer.from('+'), line.subarray(cut))
    at = end
  }
  return Buffer.concat(parts)
}

const linesOf = (text: string, isOpen: boolean): string[] => {
  const lines = (isOpen ? text.replace(/\n$/, '') : text).split('\n')
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

/** The log of one job, whose lines name it by its id. */
export function buildLog(
  { lines, isStamped, isOpen, late }: LogForm,
  id: number,
  secrets: readonly string[],
): BuiltLog {
  const pieces = lines.map((kind, at) => pieceOf(kind, `${id}.${at}`, secrets))
  const bytes = Buffer.concat(pieces.map(({ raw }) => Buffer.from(raw)))
  const hasOpenEnd = isOpen && bytes.at(-1) === lineFeed
  const whole = hasOpenEnd ? bytes.subarray(0, -1) : bytes
  const raw = isStamped ? stamped(whole) : whole
  return {
    raw,
    isStamped,
    prompt: late.length === 0 ? raw.length : Math.floor(raw.length * 0.8),
    followed: linesOf(pieces.map(({ clean }) => clean).join(''), hasOpenEnd),
    shown: linesOf(pieces.map(({ clean, shown }) => shown ?? clean).join(''), hasOpenEnd),
  }
}

/** How many bytes of a log have come, a number of ms after its job's end; at that moment, `prompt`. */
export function arrivedBytes({ late }: LogForm, { raw, prompt }: BuiltLog, afterMs: number): number {
  let due = 0
  const come = late.filter((seconds) => (due += seconds * 1000) <= afterMs).length
  return come === late.length ? raw.length : prompt + Math.floor(((raw.length - prompt) * come) / late.length)
}

const kinds = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<LineKind>(...lineKinds.filter((kind) => kind !== 'huge')) },
  { weight: 4, arbitrary: fc.constantFrom<LineKind>('plain', 'bar', 'secret', 'wide') },
  { weight: 1, arbitrary: fc.constantFrom<LineKind>('huge', 'many') },
)

/** Logs in every form. A piece comes late by less than what two equal reads of a log are apart (5 s). */
export const logForms: fc.Arbitrary<LogForm> = fc.record({
  lines: fc.array(kinds, { maxLength: 9 }),
  isStamped: fc.boolean(),
  isOpen: fc.boolean(),
  late: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
})
