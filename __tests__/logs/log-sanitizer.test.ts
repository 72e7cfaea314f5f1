import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { LogSanitizer } from '../../src/follow/logs/sanitize/sanitizer.ts'
import { escapeControls } from '../../src/output/terminal/escape.ts'
import { withoutJoiners } from '../helpers/attacks.ts'
import { holds } from '../helpers/property.ts'

/** A log in pieces, sanitized. */
function tamed(pieces: readonly Buffer[], keepsColors: boolean): Buffer {
  const tamer = new LogSanitizer(keepsColors)
  const parts = pieces.map((piece) => Buffer.from(tamer.sanitize(piece)))
  return Buffer.concat([...parts, tamer.end()])
}

const tame = (log: string | Buffer, keepsColors = false): string =>
  tamed([Buffer.from(log)], keepsColors).toString()

const mark = 'section_start:1560896352:build_package[collapsed=true]\r\x1b[0K'

// prettier-ignore
const rows: [what: string, log: string | Buffer, text: string, colored?: string][] = [
  ['plain text, tabs and line feeds', 'one\ttwo\nthree', 'one\ttwo\nthree'],
  ['accents, other scripts, emoji', 'größe 日本語 🎉\n', 'größe 日本語 🎉\n'],
  ['a colour', '\x1b[0;31mbad\x1b[0m\n', 'bad\n', '\x1b[0;31mbad\x1b[0m\n'],
  ['colours of all kinds', '\x1b[mA\x1b[38;5;9mB\x1b[38:2::1:2:3mC', 'ABC', '\x1b[mA\x1b[38;5;9mB\x1b[38:2::1:2:3mC'],
  ['what looks like a colour', '\x1b[>4mA\x1b[?1mB\x1b[ mC', 'ABC'],
  ['erased lines and moves', '\x1b[0KA\x1b[2J\x1b[1;1H\x1b[?25lB\x1b[6n', 'AB'],
  ['what tput sgr0 writes', '\x1b(B\x1b[mA', 'A', '\x1b[mA'],
  ['an empty end of a sequence', 'A\x1b', 'A^['],
  ['a sequence without an end', 'A\x1b[12;', 'A^[[12;'],
  ['a sequence that is broken by a line', '\x1b[12\nA', '^[[12\nA'],
  ['a sequence longer than any', `\x1b[${'1'.repeat(61)}mA\x1b[${'1'.repeat(62)}mB`, `A^[[${'1'.repeat(62)}mB`, `\x1b[${'1'.repeat(61)}mA^[[${'1'.repeat(62)}mB`],
  ['a title (OSC)', '\x1b]0;evil\x07A', 'A'],
  ['the clipboard (OSC 52)', '\x1b]52;c;ZXZpbA==\x1b\\', ''],
  ['a link (OSC 8)', '\x1b]8;;https://evil.example\x1b\\A', 'A'],
  ['the text of a link', 'see \x1b]8;id=1;https://evil.example\x1b\\the page\x1b]8;;\x1b\\.', 'see the page.'],
  ['a colour in a link', '\x1b]8;;x\x07\x1b[31mA\x1b[0m\x1b]8;;\x07B', 'AB', '\x1b[31mA\x1b[0mB'],
  ['DCS, APC, SOS, PM', 'a\x1bPq#0;2\x1b\\b\x1b_Gf=100;x\x1b\\c\x1bXx\x1b\\d\x1b^x\x1b\\e', 'abcde'],
  ['the same, each broken off by the next, the last without an end', '\x1bPq\x1b_G\x1bX\x1b^', '^[^'],
  ['the same in C1', 'a\x9d0;x\x9cb\x90q\x9cc\x9fG\x9cd\x98x\x9ce\x9ex\x9cf', 'abcdef'],
  ['C1 that ESC and BEL end', 'a\x9d0;x\x07b\x90q\x1b\\c', 'abc'],
  ['BEL ends no other string', 'a\x1bPq\x07r\x1b\\b', 'ab'],
  ['a string that CAN or SUB breaks off', 'a\x1b]0;x\x18b\x1bPq\x1ac', 'abc'],
  ['a string that a colour breaks off', 'a\x1b]0;x\x1b[31mb', 'ab', 'a\x1b[31mb'],
  ['what looks like a colour in a string', 'a\x1b]1m\x1b\\b\x1b]38;5;1m\x07c', 'abc'],
  ['controls, tabs and letters in a string', 'a\x1b]0;\0\b\t日本\x7f\x07b', 'ab'],
  ['a string without an end: the log goes on', 'a\x1b]0;evil\nb\x9d0;c\r\nd', 'a^[]0;evil\nb<U+009D>0;c\nd'],
  ['a long string without an end: the next line goes on', `a\x1b]0;${'x'.repeat(5000)}\nb\x90${'x'.repeat(9000)}`, 'a\nb'],
  ['a long string with one', `a\x1b]1337;File=:${'x'.repeat(20_000)}\x07b\x1bP${'x'.repeat(20_000)}\x1b\\c\n`, 'abc\n'],
  ['a long string without an end that ESC ends', `a\x1b]0;${'x'.repeat(5000)}\x1b[0Kb`, 'ab'],
  ['the end of a string alone', 'a\x1b\\b\x9c', 'a^[\\b<U+009C>'],
  ['a string in a section mark', 'section_st\x1b]0;x\x07art:1:a\r\x1b[0KA', 'A'],
  ['a string before a command to a terminal', '\x1b]0;x\x07\x9b2J', '<U+009B>2J'],
  ['reset, charsets', '\x1bcA\x1b(0B', '^[cA^[(0B'],
  ['C0 and DEL', '\0\x01\x07\b\x0b\x0c\x0e\x1f\x7f', '^@^A^G^H^K^L^N^_^?'],
  ['C1', '\x9b2J\x85\x90', '<U+009B>2J<U+0085><U+0090>'],
  ['a C1 byte, not UTF-8', Buffer.from([0x9b, 0x32, 0x4a]), '\ufffd2J'],
  ['bidi and zero-width', '\u061c\u200b\u200f\u2028\u202e\u2066\ufeff', '<U+061C><U+200B><U+200F><U+2028><U+202E><U+2066><U+FEFF>'],
  ['emoji of several', '👩‍💻 👨‍👩‍👧‍👦 🏳️‍🌈 🧑🏽‍🚀 🏃🏽‍♀️‍➡️ ❤️ 1️⃣ ©️\n', '👩‍💻 👨‍👩‍👧‍👦 🏳️‍🌈 🧑🏽‍🚀 🏃🏽‍♀️‍➡️ ❤️ 1️⃣ ©️\n'],
  ['Persian, Hindi, Sinhala', 'می‌خواهم ۲۰‌ساله क्‍ष ශ්‍රී\n', 'می‌خواهم ۲۰‌ساله क्‍ष ශ්‍රී\n'],
  ['variations of ideographs', '葛\u{e0100}飾\ufe00', '葛\u{e0100}飾\ufe00'],
  ['joiners that join nothing', 'mas\u200cter\u200d \u200c', 'mas<U+200C>ter<U+200D> <U+200C>'],
  ['joiners at the edge of an emoji or of a word', '\u200d👩\u200d \u200cمی\u200c.', '<U+200D>👩<U+200D> <U+200C>می<U+200C>.'],
  ['a non-joiner between emoji, two joiners', '👩\u200c💻 👩\u200d\u200d💻', '👩<U+200C>💻 👩<U+200D><U+200D>💻'],
  ['a joiner between an emoji and a letter', '👩\u200da a\u200d👩 👩\u200dم', '👩<U+200D>a a<U+200D>👩 👩<U+200D>م'],
  ['variation selectors of nothing', 'a\ufe0f \ufe0f❤\ufe0f\ufe0f\u{e0100}', 'a<U+FE0F> <U+FE0F>❤\ufe0f<U+FE0F><U+E0100>'],
  ['a colour in an emoji', '👩\x1b[31m\u200d💻\u200d\x1b[0m👩', '👩<U+200D>💻<U+200D>👩', '👩\x1b[31m<U+200D>💻<U+200D>\x1b[0m👩'],
  ['marks of direction in Persian', 'می\u200fخ\u202eواهم', 'می<U+200F>خ<U+202E>واهم'],
  ['half a letter at the end', Buffer.from('é').subarray(0, 1), '\ufffd'],
  ['overlong, surrogates, too far', Buffer.from([0xc0, 0x80, 0xed, 0xa0, 0x80, 0xf4, 0x90, 0x80, 0x80]), '\ufffd'.repeat(9)],
  ['line ends of Windows', 'one\r\ntwo\r\r\nthree\r\n', 'one\ntwo\nthree\n'],
  ['a progress bar', '10%\r55%\r\x1b[K100%\n', '10%\n55%\n100%\n'],
  ['a return where nothing is', '\rA\n\r\x1b[KB\n\x1b[32m\rC', 'A\nB\nC', 'A\nB\n\x1b[32mC'],
  ['a return at the end', 'A\r', 'A\n'],
  ['a return before the end of a line', 'A\r\x1b[0m\n', 'A\n', 'A\x1b[0m\n'],
  ['section marks', `\x1b[0K${mark}Building\nA\n\x1b[0Ksection_end:1560896353:build_package\r\x1b[0KB\n`, 'Building\nA\nB\n'],
  ['a section mark in a line', `A${mark}B`, 'AB'],
  ['a section mark after a return', `A\r${mark}B`, 'A\nB'],
  ['section marks on one line', `section_end:1:a\r\x1b[0K${mark}B`, 'B'],
  ['what two section marks are cut out of', `ssection_start:1:a\r\x1b[0Kection_start:2:b\r\x1b[0K`, 'section_start:2:b\n'],
  ['a beginning before a section mark, the rest behind a sequence', `s${mark}\x1b[${mark}`, 'section_start:1560896352:build_package[collapsed=true]\n'],
  ['text like a section mark', 'section_start:1:a\rsection_start:x:a\r\x1b[0Ksection_end:1:\n', 'section_start:1:a\nsection_start:x:a\nsection_end:1:\n'],
  ['the beginning of a section mark', 'section_start:1', 'section_start:1'],
  ['a section mark longer than any', `section_start:1:${'a'.repeat(300)}\r\x1b[0KB`, `section_start:1:${'a'.repeat(300)}\nB`],
]

describe('a log on a terminal (T86 to T90)', () => {
  test.each(rows)('%s', (_, log, text, colored = text) => {
    expect(tame(log)).toBe(text)
    expect(tame(log, true)).toBe(colored)
  })

  test.each(rows)('%s: byte by byte', (_, log, text, colored = text) => {
    const bytes = Array.from(Buffer.from(log), (byte) => Buffer.from([byte]))
    expect(tamed(bytes, false).toString()).toBe(text)
    expect(tamed(bytes, true).toString()).toBe(colored)
  })
})

// prettier-ignore
const pieces = [
  '\x1b', '[', '\x1b[', '0K', '\x1b[0K', '\x1b[31m', '\x1b[0m', 'm', ';', '\r', '\n', '\r\n', '\t', ' ', 'A', '\x1b(B', '\x1b(', '\x1b]', '\x07', '\x9b',
  '\x1b\\', '\x1bP', '\x1b_', '\x1bX', '\x1b^', '\x1b]0;', '\x1b]8;;x\x1b\\', '\x9d', '\x90', '\x98', '\x9c', '\x18', '\x1a', 'x'.repeat(4090), 'x'.repeat(4096),
  '👩', '💻', '❤', '🏽', '\u200d', '\u200c', '\ufe0f', '\u{e0100}', '葛', 'م', 'ی', '👩‍💻', 'می‌خواهم',
  's', 'section_', 'section_start:', 'section_end:', '1', ':', 'name', '[', 'collapsed=true', ']', mark, 'é', '日', '🎉', '\u202e', '\u200b', '\0', '\x7f',
  'a line of usual text\n', 'x'.repeat(290), `section_start:1:${'y'.repeat(280)}`,
]

/** Section marks, whole and broken, close to each other. */
const marks = fc
  .array(
    fc.constantFrom(
      ...[
        's',
        'section_',
        'start:',
        'section_end:1:a',
        '1:',
        '[',
        ']',
        ' ',
        'é',
        '\n',
        '\r',
        '\r\x1b[0K',
        '\x1b[',
      ],
      ...['\x1b[31m', '\x1b[0K', '\x1b[s', 'ection_start:2:b\r\x1b[0K', 'section_start:1:a[b]\r\x1b[0K'],
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.from(parts.join('')))

/** A log that is made to be difficult, in pieces. */
const others = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...pieces).map((text) => Buffer.from(text)) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }).map((text) => Buffer.from(text)) },
    ),
    { maxLength: 40 },
  )
  .map((parts) => Buffer.concat(parts))

const logs = fc.oneof({ weight: 3, arbitrary: others }, { weight: 1, arbitrary: marks })

const split = (log: Buffer, cuts: readonly number[]): Buffer[] => {
  const places = [...cuts.map((cut) => cut % (log.length + 1)), log.length].sort((a, b) => a - b)
  return places.map((place, index) => log.subarray(places[index - 1] ?? 0, place))
}

const forbidden = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/

/** Words as people write them. */
const words = fc.oneof(
  fc.constantFrom(
    '👩‍💻',
    '👨‍👩‍👧‍👦',
    '🏳️‍🌈',
    '🧑🏽‍🚀',
    '❤️',
    '🇮🇷',
    '1️⃣',
    '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
    'می‌خواهم',
    'کتاب‌ها',
    'خانه‌ای',
    'سلام',
    'größe',
    '日本語',
    'ක්‍ෂ',
  ),
  fc.stringMatching(/^[ -~]{1,8}$/),
)

describe('any log', () => {
  test('however it is cut into pieces, it comes out the same', () => {
    holds(
      fc.property(logs, fc.array(fc.nat(), { maxLength: 12 }), fc.boolean(), (log, cuts, keepsColors) => {
        const whole = tamed([log], keepsColors)
        expect(tamed(split(log, cuts), keepsColors).equals(whole)).toBe(true)
      }),
      3000,
    )
  })

  test('nothing that controls a terminal comes out, and only UTF-8', () => {
    holds(
      fc.property(logs, fc.boolean(), (log, keepsColors) => {
        const bytes = tamed([log], keepsColors)
        const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
        const rest = keepsColors ? text.replace(/\x1b\[[\d:;]*m/g, '') : text
        expect(withoutJoiners(rest)).not.toMatch(forbidden)
      }),
      1000,
    )
  })

  test('plain text, with emoji and Persian, arrives unchanged, however it is cut', () => {
    const texts = fc.array(words, { maxLength: 12 }).map((all) => Buffer.from(`${all.join(' ')}\n`))
    holds(
      fc.property(texts, fc.array(fc.nat(), { maxLength: 12 }), fc.boolean(), (log, cuts, keepsColors) => {
        expect(tamed(split(log, cuts), keepsColors).toString()).toBe(log.toString())
        expect(escapeControls(log.toString())).toBe(log.toString())
      }),
      500,
    )
  })

  test('what comes after a line survives whatever the line holds', () => {
    holds(
      fc.property(logs, (log) => {
        const lines = Buffer.concat([log, Buffer.from('\nthe next line\n')])
        expect(tame(lines)).toMatch(/\nthe next line\n$/)
      }),
      500,
    )
  })

  test('without escapes and returns, it is what all other output is', () => {
    holds(
      fc.property(logs, (log) => {
        const bytes = log.filter((byte) => byte !== 0x1b && byte !== 0x0d)
        // How long a string without an end is, is counted in bytes: of broken ones U+FFFD has more.
        fc.pre(bytes.length < 4096 || isUtf8(bytes))
        const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
        expect(tame(Buffer.from(bytes))).toBe(escapeControls(text))
      }),
      1000,
    )
  })

  test('every character alone is as in all other output', () => {
    const codes = Array.from({ length: 0x11000 }, (_, code) => code).filter(
      (code) => ![0x0d, 0x1b].includes(code) && (code < 0xd800 || code > 0xdfff),
    )
    const text = codes.map((code) => String.fromCodePoint(code)).join('')
    expect(tame(text) === escapeControls(text)).toBe(true)
  })
})
