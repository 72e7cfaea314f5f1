import fc from 'fast-check'
import { LogFilter } from '../../src/follow/logs/filter.ts'
import { LogRedactor } from '../../src/follow/logs/redactor.ts'
import { SecretRegistry } from '../../src/core/secret.ts'
import { holds } from '../helpers/property.ts'

function redacted(pieces: readonly Buffer[], forms: readonly string[]): string {
  const redactor = new LogRedactor(forms)
  const parts = pieces.map((piece) => Buffer.from(redactor.redact(piece)))
  return Buffer.concat([...parts, redactor.end()]).toString()
}

const byBytes = (text: string): Buffer[] => Array.from(Buffer.from(text), (byte) => Buffer.from([byte]))

// prettier-ignore
const rows: [what: string, secrets: string[], log: string, text: string][] = [
  ['one', ['hunter2-secret'], 'a hunter2-secret b hunter2-secret', 'a *** b ***'],
  ['one beside another', ['abcdef', 'ghijkl'], 'abcdefghijkl', '******'],
  ['one that begins like a longer one', ['abcdef', 'abcdefghij'], 'abcdefghij abcdefgh', '*** ***gh'],
  ['the beginning of one', ['hunter2-secret'], 'a hunter2-secre', 'a hunter2-secre'],
  ['one that repeats itself', ['aabaab'], 'aabaabaab aaabaab', '***aab a***'],
  ['beyond ASCII', ['größte-日本'], 'xgrößte-日本x', 'x***x'],
  ['none', [], 'hunter2', 'hunter2'],
]

describe('secrets in a log', () => {
  test.each(rows)('%s', (_, secrets, log, text) => {
    expect(redacted([Buffer.from(log)], secrets)).toBe(text)
    expect(redacted(byBytes(log), secrets)).toBe(text)
  })

  test('in all forms of the registry, over the edges of pieces (T45, T46)', () => {
    const secrets = new SecretRegistry()
    const token = 'glptt-+/ä"0123456789'
    secrets.keep(token)
    const forms = [token, encodeURIComponent(token), JSON.stringify(token).slice(1, -1)]
    const log = ['', ...forms, Buffer.from(`x${token}y`).toString('base64'), 'end'].join('\n')
    const whole = redacted([Buffer.from(log)], secrets.forms())
    expect(whole).toBe(secrets.redact(log))
    expect(whole).not.toContain('0123456789')
    for (let cut = 0; cut <= Buffer.byteLength(log); cut += 1) {
      const bytes = Buffer.from(log)
      expect(redacted([bytes.subarray(0, cut), bytes.subarray(cut)], secrets.forms())).toBe(whole)
    }
  })

  test('any log in any pieces', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 6, maxLength: 9 })
    holds(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 4 }),
        fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 120 }),
        fc.array(fc.nat(120), { maxLength: 6 }),
        (forms, log, cuts) => {
          const places = [...cuts.map((cut) => Math.min(cut, log.length)), log.length].sort((a, b) => a - b)
          const pieces = places.map((place, index) => Buffer.from(log.slice(places[index - 1] ?? 0, place)))
          const whole = redacted([Buffer.from(log)], forms)
          expect(redacted(pieces, forms)).toBe(whole)
          for (const form of forms) expect(whole).not.toContain(form)
        },
      ),
      2000,
    )
  })

  test('a secret is found where control sequences were in it', () => {
    const cleaner = new LogFilter(false, ['hunter2-secret'])
    const log = Buffer.from('a hun\x1b[0Kter2-\x1b[1msec')
    const first = Buffer.from(cleaner.filter(log)).toString()
    expect(first + cleaner.filter(Buffer.from('ret b')).toString() + cleaner.end().toString()).toBe('a *** b')
  })
})
