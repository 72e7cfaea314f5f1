import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { useHome } from '../helpers/home.ts'
import { run } from '../helpers/run.ts'
import { holds } from '../helpers/property.ts'

const home = useHome()

const text = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 10 }),
  fc.constantFrom('yes', 'null', '~', '1.20', '007', '0x1F', '1e3', '2026-11-30', '- a', 'a: b', '# c', '{a: 1}', '&x', '*x', '!t', '%', '@', '`', '|', '> ', 'a #b', 'é\u2028', '\u{1f600}', '.inf', '=', '<<', '\t', ' x ', 'a\nb', 'a\r\n'),
) // prettier-ignore

/** What is typed for a text: quoted where it would be taken for YAML's quotes, or for a flag. */
const typedFor = (value: string): string => (/^["'-]/.test(value) ? JSON.stringify(value) : value)

const name = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9][\w.-]{0,8}$/),
  fc.constantFrom('true', '0', '12', '1.5', 'null', 'y'),
)
const variable = fc.stringMatching(/^[A-Za-z0-9_]{1,8}$/)
const comment = fc.constantFrom('', '  # why', ' # "x": {')
const between = fc.constantFrom('', '\n', '# a comment\n', '\n    # an inner one\n\n')

/** A file with an entry of each kind, in one of many layouts. */
const layouts = fc
  .record({ comment, between, tail: between, isFlow: fc.boolean(), indent: fc.constantFrom('  ', '    ') })
  .map(({ comment: c, between: b, tail, isFlow, indent: i }) =>
    [
      `${b}default: work${c}\n`,
      `servers:${c}\n${b}${i}work:\n${i}${i}url: https://gitlab.example.com${c}\n${b}`,
      isFlow
        ? `recipes: { r: { variables: { A: 'x' } } }${c}\n`
        : `recipes:\n${i}r:${c}\n${i}${i}variables:\n${b}${i}${i}${i}A: 'x'${c}\n`,
      tail,
    ].join(''),
  )

const json = fc
  .constantFrom(undefined, 2, '\t')
  .map((indent) =>
    JSON.stringify(
      { default: 'work', servers: { work: { url: 'https://x' } }, recipes: { r: { variables: { A: 'x' } } } },
      null,
      indent,
    ),
  )

const files = fc.oneof(
  layouts.map((content) => ({ content, file: 'config.yaml' })),
  json.map((content) => ({ content, file: 'config.json' })),
)

const quotedPart = (part: string): string => JSON.stringify(part)

const keys = fc.oneof(
  variable.map((part) => `recipes.r.variables.${part}`),
  name.map((part) => `recipes.${quotedPart(part)}.ref`),
  name.map((part) => `servers.work.projects.${quotedPart(`group/${part}`)}.ref`),
  fc.constantFrom('ref', 'servers.work.ref', 'recipes.r.ref', 'recipes.s.ref', 'servers.work.variables.V'),
)

const type = async (...line: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  run(line, home().world())

test('what is set is what is got, and nothing else changes; unset after set restores the text where the key was new', async () => {
  await holds(
    fc.asyncProperty(files, keys, text, async ({ content, file }, key, value) => {
      fc.pre(value !== '' || key.includes('variables'))
      const path = home().config(content, file)
      const before = await type('config', 'get', key, '--json', '--config', path)
      const all = async (): Promise<unknown[]> =>
        Promise.all(
          ['default', 'servers.work.url', 'recipes.r.variables.A'].map(async (each) => [
            each,
            (await type('config', 'get', each, '--config', path)).stdout,
          ]),
        )
      const others = (await all()).filter((each) => (each as string[])[0] !== key)

      expect(await type('config', 'set', key, typedFor(value), '--config', path)).toMatchObject({ code: 0 })
      const got = await type('config', 'get', key, '--json', '--config', path)
      expect((JSON.parse(got.stdout) as { value: unknown }).value).toBe(value)
      expect((await all()).filter((each) => (each as string[])[0] !== key)).toEqual(others)
      // Each line of before is still there, in its order: nothing was reprinted.
      if (before.code !== 0 && file === 'config.yaml' && !content.includes('recipes: {')) {
        const after = readFileSync(path, 'utf8').split('\n')
        let at = 0
        for (const line of content.split('\n')) at = after.indexOf(line, at) + 1 || NaN
        expect(at).not.toBeNaN()
      }

      expect(await type('config', 'unset', key, '--config', path)).toMatchObject({ code: 0 })
      expect(await type('config', 'get', key, '--config', path)).toMatchObject({ code: 2 })
      if (before.code !== 0) expect(readFileSync(path, 'utf8')).toBe(content)
    }),
    500,
  )
})
