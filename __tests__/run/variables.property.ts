import { isUtf8 } from 'node:buffer'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { run } from '../helpers/run.ts'
import { useFolder, type WorldOptions } from '../helpers/world.ts'
import { holds } from '../helpers/property.ts'

const gitlab = useGitlab()
const folder = useFolder()

type Sent = [key: string, value: string][]

/** Triggers with these words; resolves to the exit code and the variables of a POST, if there was one. */
async function trigger(line: string[], options: WorldOptions = {}): Promise<{ code: number; sent: Sent }> {
  const before = posts(gitlab()).length
  const { env } = environment(gitlab(), options.env)
  const { code } = await run(['--ref', 'master', ...line], { ...options, ...(env && { env }) })
  const fields = posts(gitlab())
    .slice(before)
    .flatMap(({ fields }) => fields)
  const variables = fields.filter(([name]) => name.startsWith('variables['))
  return {
    code,
    sent: variables.map(([name, value]) => [name.slice('variables['.length, -1), value.toString()]),
  }
}

const key = fc
  .oneof(fc.stringMatching(/^[A-Za-z0-9_]{1,20}$/), fc.stringMatching(/^[A-Za-z0-9_]{200,255}$/))
  .filter((name) => name !== 'TRIGGER_PAYLOAD')

/** Pieces that forms, shells and dotenv readers trip over, among any characters at all. */
const piece = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '\r\n',
    '\n',
    '\r',
    '"',
    "'",
    '\\',
    '\\n',
    '$',
    '#',
    ' # ',
    '=',
    ',',
    '@',
    '--',
    ' ',
    '\t',
    '\uFEFF',
  ),
)
const anyText = fc
  .oneof(
    fc.array(piece).map((pieces) => pieces.join('')),
    fc.string({ unit: 'grapheme' }),
  )
  .map((text) => text.replaceAll('\0', ''))
/** Node makes U+FFFD of what it cannot decode in argv, so there it is refused. */
const typedText = anyText.map((text) => text.replaceAll('\uFFFD', ''))

const setOf = (value: fc.Arbitrary<string>): fc.Arbitrary<Sent> =>
  fc.uniqueArray(fc.tuple(key, value), { maxLength: 20, selector: ([name]) => name })

test('any variables arrive unchanged, in full and in order, with --var', () =>
  holds(
    fc.asyncProperty(setOf(typedText), async (variables) => {
      const line = variables.map(([name, value]) => `--var=${name}=${value}`)
      expect(await trigger(line)).toEqual({ code: 0, sent: variables })
    }),
  ))

test('any variables arrive unchanged and in full from JSON', () =>
  holds(
    fc.asyncProperty(setOf(anyText), async (variables) => {
      const path = join(folder().path, 'vars.json')
      writeFileSync(path, JSON.stringify(Object.fromEntries(variables)))
      const { code, sent } = await trigger(['--vars-from', path, '--allow-empty-vars'])
      expect(code).toBe(0)
      expect(new Map(sent)).toEqual(new Map(variables))
      expect(sent).toHaveLength(variables.length)
    }),
  ))

/** How a person may write a value into a dotenv file. */
const quotings: Record<string, (value: string) => string | undefined> = {
  'in double quotes': (value) => `"${value.replace(/[\\"$]/g, '\\$&')}"`,
  'in double quotes, on one line': (value) =>
    `"${value
      .replace(/[\\"$]/g, '\\$&')
      .replaceAll('\n', '\\n')
      .replaceAll('\r', '\\r')
      .replaceAll('\t', '\\t')}"`,
  'in single quotes': (value) => (value.includes("'") ? undefined : `'${value}'`),
  plainly: (value) => (/^[\w./:=,@-]*$/.test(value) ? value : undefined),
}

test('any variables arrive unchanged from dotenv, however they are quoted', () =>
  holds(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(key, anyText, fc.constantFrom(...Object.values(quotings))), {
        maxLength: 20,
        selector: ([name]) => name,
      }),
      fc.constantFrom('\n', '\r\n', '\n\n# comment "\n'),
      async (rows, lineEnd) => {
        const lines = rows.map(
          ([name, value, quote]) =>
            `${name}=${quote(value) ?? quotings['in double quotes']?.(value) ?? ''}${lineEnd}`,
        )
        const { code, sent } = await trigger(['--vars-from', '-', '--allow-empty-vars'], {
          stdin: lines.join(''),
        })
        expect(code).toBe(0)
        expect(sent).toEqual(rows.map(([name, value]) => [name, value]))
      },
    ),
  ))

test('any bytes in a file arrive unchanged, or nothing is sent', () =>
  holds(
    fc.asyncProperty(
      fc.oneof(
        fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      ),
      async (bytes) => {
        const path = join(folder().path, 'value')
        writeFileSync(path, bytes)
        const isFit = isUtf8(bytes) && !bytes.includes(0)
        const { code, sent } = await trigger(['--var-file', `V=${path}`])
        expect({ code, sent }).toEqual(
          isFit ? { code: 0, sent: [['V', bytes.toString()]] } : { code: 2, sent: [] },
        )
        if (isFit) expect(posts(gitlab()).at(-1)?.fields.at(-1)?.[1]).toEqual(bytes)
      },
    ),
  ))
