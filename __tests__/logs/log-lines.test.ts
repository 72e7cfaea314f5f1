import fc from 'fast-check'
import { LastBytes, lastLines, WholeLines, withoutFirstLine } from '../../src/follow/logs/line-buffers.ts'
import { holds } from '../helpers/property.ts'

// prettier-ignore
test.each<[text: string, count: number, last: string]>([
  ['', 2, ''], ['a', 1, 'a'], ['a\nb\nc\n', 2, 'b\nc\n'], ['a\nb\nc', 2, 'b\nc'], ['a\nb\n', 2, 'a\nb\n'], ['a\nb\n', 9, 'a\nb\n'], ['\n\n\n', 2, '\n\n'],
])('the last lines of %j: %i', (text, count, last) => {
  expect(lastLines(Buffer.from(text), count).toString()).toBe(last)
})

test('bytes that begin in the middle of a line lose it', () => {
  expect(withoutFirstLine(Buffer.from('x\ny\nz')).toString()).toBe('y\nz')
})

test('the last bytes: at least as many as wanted, and hardly more', () => {
  holds(
    fc.property(
      fc.array(fc.string({ maxLength: 9 }), { maxLength: 30 }),
      fc.integer({ min: 1, max: 40 }),
      (parts, most) => {
        const last = new LastBytes(most)
        for (const part of parts) last.add(Buffer.from(part))
        const whole = Buffer.from(parts.join(''))
        const kept = last.bytes()
        expect(whole.subarray(whole.length - kept.length).equals(kept)).toBe(true)
        expect(kept.length).toBeGreaterThanOrEqual(Math.min(most, whole.length))
        expect(kept.length).toBeLessThan(most + 9 * 4)
        expect(last.isCut).toBe(kept.length < whole.length)
      },
    ),
  )
})

test('whole lines, however they come', () => {
  holds(
    fc.property(fc.array(fc.stringMatching(/^[ab\n]{0,6}$/), { maxLength: 30 }), (parts) => {
      const lines = new WholeLines()
      const given = parts.map((part) => lines.add(Buffer.from(part)).toString())
      for (const each of given) expect(each).toMatch(/^$|\n$/)
      const text = given.join('') + lines.end().toString()
      expect(text.replace(/\n$/, '')).toBe(parts.join('').replace(/\n$/, ''))
    }),
  )
})

test('a line longer than any is cut', () => {
  const lines = new WholeLines()
  const given = Array.from({ length: 300 }, () => lines.add(Buffer.alloc(1000, 'x')).length)
  expect(Math.max(...given)).toBeLessThan(70_000)
  expect(given.reduce((sum, length) => sum + length) + lines.end().length).toBe(300_000 + 5)
})
