import fc from 'fast-check'
import { WholeLines } from '../../src/follow/logs/line-buffers.ts'
import { holds } from '../helpers/property.ts'

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
