import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

// docs/troubleshooting.md is found by the words of a message: each must still be one.

const code = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join('src', name), 'utf8').replaceAll("\\'", "'"))
  .join('\n')

/** Messages in the first column of the tables; `…` stands for what differs. */
const messages = [...readFileSync('docs/troubleshooting.md', 'utf8').matchAll(/^\| (`.*?`) +\|/gm)].flatMap(
  ([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, message = '']) => message),
)

/** The parts of a message that are the same whatever it is about. */
const partsOf = (message: string): string[] =>
  message
    .split('…')
    .map((part) => part.replace(/^["'(:, )]+|["'(:, )]+$/g, ''))
    .filter((part) => part.length > 3)

test('there are messages to look up', () => {
  expect(messages.length).toBeGreaterThan(25)
})

test.each(messages)('%s', (message) => {
  expect(partsOf(message)).not.toEqual([])
  expect(partsOf(message).filter((part) => !code.includes(part))).toEqual([])
})
