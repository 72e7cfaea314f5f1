import fc from 'fast-check'
import { multipartFields } from '../../src/sandbox/params/multipart.ts'
import { nest } from '../../src/sandbox/params/nested.ts'
import { urlencodedFields } from '../../src/sandbox/params/urlencoded.ts'
import { multipart, part } from './helpers/sent.ts'
import { holds } from '../helpers/property.ts'

const mark = '----a-boundary-that-no-value-holds'
const name = fc.stringMatching(/^[A-Za-z0-9_]{1,20}$/)
const value = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))
const lineEnds = fc
  .array(fc.constantFrom('\r', '\n', '\r\n', '-', '--', '\0', '\r\n--', '\r\n----a-boundary'))
  .map((pieces) => Buffer.from(pieces.join('')))
const pairs = fc.array(fc.tuple(name, fc.oneof(value, lineEnds)), { minLength: 1, maxLength: 10 })

test.each(['1.6', '2.2'] as const)('Rack %s: any bytes come through a form as they are', (rack) => {
  holds(
    fc.property(pairs, (sent) => {
      const body = multipart(
        sent.map(([key, bytes]) => part(key, bytes)),
        mark,
      )
      expect(multipartFields(body, `--${mark}`, rack)).toEqual(sent)
    }),
  )
})

test('any bytes come through a urlencoded body as they are', () => {
  const escape = (bytes: Buffer): string => bytes.toString('hex').replace(/../g, '%$&')
  holds(
    fc.property(pairs, (sent) => {
      const text = sent.map(([key, bytes]) => `${key}=${escape(bytes)}`).join('&')
      expect(urlencodedFields(text, 'body', true)).toEqual(sent)
    }),
  )
})

test('no form makes the parsers do anything but answer or refuse', () => {
  const junk = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc
      .array(
        fc.constantFrom(
          '--b',
          '\r\n',
          '\n',
          '--',
          'Content-Disposition: form-data; name="',
          'a[',
          ']',
          '"',
          'x',
        ),
      )
      .map((words) => Buffer.from(`--b\r\n${words.join('')}`)),
  )
  holds(
    fc.property(junk, fc.constantFrom('1.6' as const, '2.2' as const), (body, rack) => {
      try {
        nest(multipartFields(body, '--b', rack))
      } catch (problem) {
        expect(problem).toHaveProperty('kind')
      }
    }),
  )
})

const text = (bytes: string): Buffer => Buffer.from(bytes)

// prettier-ignore
const nestings: [names: string[], tree: unknown][] = [
  [['a'], new Map([['a', text('0')]])],
  [['a[b]'], new Map([['a', new Map([['b', text('0')]])]])],
  [['a[b', 'a]c'], new Map<string, unknown>([['a', new Map([['c', text('1')], ['b', text('0')]])]])],
  [['a[]', 'a[]'], new Map([['a', [text('0'), text('1')]]])],
  [['a[][b]', 'a[][c]', 'a[][b]'], new Map([['a', [new Map([['b', text('0')], ['c', text('1')]]), new Map([['b', text('2')]])]]])],
  [['a', 'a'], new Map([['a', text('1')]])],
  [[''], new Map()],
]

test.each(nestings)('names %j nest as Rack nests them', (names, tree) => {
  expect(nest(names.map((key, index) => [key, text(String(index))]))).toEqual(tree)
})

test('names nested too deep are refused', () => {
  expect(() => nest([[`a${'[b]'.repeat(200)}`, text('')]])).toThrow('depth')
})
