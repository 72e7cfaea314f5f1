import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { cronQuote } from '../../src/schedule/cron.ts'
import { execWord } from '../../src/schedule/systemd.ts'
import { shellQuote } from '../../src/core/text/shell-quote.ts'
import { holds } from '../helpers/property.ts'

/** What Debian's cron (do_command.c) makes of a line: the command, and what it puts on its standard input. */
function asCronReads(line: string): { command: string; input: string | undefined } {
  let command = ''
  let isEscaped = false
  for (const [at, char] of Array.from(line).entries()) {
    if (isEscaped) {
      command = char === '%' ? `${command.slice(0, -1)}%` : command + char
      isEscaped = false
    } else if (char === '%')
      return {
        command,
        input: Array.from(line)
          .slice(at + 1)
          .join(''),
      }
    else {
      command += char
      isEscaped = char === '\\'
    }
  }
  return { command, input: undefined }
}

/** Backslashes, percent signs and quotes next to each other, and anything else but a line end. */
const words = fc.array(
  fc.oneof(
    fc.string({ unit: fc.constantFrom('\\', '%', "'", '"', '$', '`', ' ', 'a', '!', '#') }),
    fc.string().map((text) => text.replace(/[\n\0]/g, '')),
  ),
  { minLength: 1, maxLength: 3 },
)

test('cron and the shell hand every byte of a word on, percent signs and backslashes too', () => {
  holds(
    fc.property(words, (typed) => {
      const { command, input } = asCronReads(
        cronQuote(['printf', '%s\\0', ...typed].map(shellQuote).join(' ')),
      )
      expect(input).toBeUndefined()
      const output = execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8', env: {} })
      expect(output).toBe(typed.map((word) => `${word}\0`).join(''))
    }),
    300,
  )
})

/** What systemd makes of a word in double quotes or without (systemd.syntax, systemd.service). */
function asSystemdReads(word: string): string {
  const text = word.startsWith('"')
    ? word
        .slice(1, -1)
        .replace(/\\(x[0-9a-f]{2}|.)/g, (_, code: string) =>
          code.startsWith('x') ? String.fromCharCode(parseInt(code.slice(1), 16)) : code,
        )
    : word
  expect(text.replaceAll('%%', '').replaceAll('$$', '')).not.toMatch(/[%$]/)
  return text.replaceAll('%%', '%').replaceAll('$$', '$')
}

test('systemd hands every byte of a word on', () => {
  holds(
    fc.property(words, (typed) => {
      for (const word of typed) {
        const written = execWord(word)
        expect(written).not.toMatch(/[\n\0]/)
        expect(asSystemdReads(written)).toBe(word)
      }
    }),
    500,
  )
})
