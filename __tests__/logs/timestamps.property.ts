import fc from 'fast-check'
import { TimestampFilter } from '../../src/follow/logs/timestamps.ts'
import { holds } from '../helpers/property.ts'

const prefix = fc.constantFrom(
  '2026-09-26T10:42:49.140140Z 00O ',
  '2026-09-26T10:42:49.140145Z 01E ',
  '2026-09-26T10:42:50.140145Z ffO+',
)
const line = fc.tuple(prefix, fc.stringMatching(/^[a+ Z\d-]{0,40}$/))

/** What a log without prefixes has, by the definition of the format. */
function plain(lines: readonly (readonly [string, string])[]): string {
  return lines.map(([start, text], at) => `${at > 0 && !start.endsWith('+') ? '\n' : ''}${text}`).join('')
}

function filtered(pieces: readonly Buffer[]): string {
  const filter = new TimestampFilter()
  return [...pieces.map((piece) => Buffer.from(filter.filter(piece))), filter.end()].join('')
}

test('the prefixes go and continued lines are joined, wherever the bytes are cut', () => {
  holds(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 6 }),
      fc.boolean(),
      fc.array(fc.nat(300), { maxLength: 6 }),
      (lines, endsLine, cuts) => {
        const log = `${lines.map(([start, text]) => `${start}${text}`).join('\n')}${endsLine ? '\n' : ''}`
        const places = [...cuts.map((cut) => Math.min(cut, log.length)), log.length].sort((a, b) => a - b)
        const pieces = places.map((place, at) => Buffer.from(log.slice(places[at - 1] ?? 0, place)))
        expect(filtered(pieces)).toBe(`${plain(lines)}${endsLine ? '\n' : ''}`)
      },
    ),
    1000,
  )
})

test('a log without them is as it was', () => {
  holds(
    fc.property(fc.array(fc.stringMatching(/^[ab\n]{0,60}$/), { maxLength: 5 }), (pieces) => {
      expect(filtered(pieces.map((piece) => Buffer.from(piece)))).toBe(pieces.join(''))
    }),
    500,
  )
})
