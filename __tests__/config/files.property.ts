import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { environment, useGitlab } from '../helpers/gitlab.ts'
import { leaksBelow, serverYaml, useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'
import { statesIn } from '../helpers/pipeline-sentences.ts'
import { holds } from '../helpers/property.ts'

const gitlab = useGitlab()
const home = useHome()
const canary = 'c4n4ry-7f3a9'

/** Names that configs have, that JavaScript has, and any others. */
const key = fc.oneof(
  fc.constantFrom(
    ...['default', 'servers', 'recipes', 'project', 'ref', 'variables', 'inputs', 'api', 'timeout', 'retry'],
    ...[
      'url',
      'token',
      'tokenFile',
      'tokenEnv',
      'tokenCommand',
      'caFile',
      'extends',
      'targets',
      'exitCodes',
      'work',
    ],
    ...[
      '__proto__',
      'constructor',
      'prototype',
      'toString',
      'hasOwnProperty',
      '$import',
      '<<',
      '',
      '.',
      '0',
      'a b',
    ],
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
)

/** Values that configs have, and any others. No program is named that would do anything. */
const scalar = fc.oneof(
  fc.constantFrom<unknown>(
    'master',
    'https://gitlab.example.com',
    canary,
    '',
    'v4',
    'work',
    9,
    1.2,
    -1,
    true,
    null,
    '90s',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.integer(),
  fc.double(),
)

const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    scalar,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc
      .array(fc.tuple(key, tie('tree')), { maxLength: 5 })
      .map((entries) => Object.fromEntries(entries) as unknown),
  ),
}))

/** A whole config that is nearly right: each part is of the expected shape, or anything at all. */
const near = <T>(right: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 60, arbitrary: right }, { weight: 1, arbitrary: tree })
const name = fc.constantFrom('work', 'other', 'a', 'b', '2')
const texts = fc.dictionary(fc.constantFrom('A', 'B_1'), near(fc.constantFrom('x', 'yes', '')))
const what = {
  project: near(fc.constantFrom(9, 'seed/app')),
  ref: near(fc.constantFrom('master', 'develop')),
  variables: near(texts),
  inputs: near(fc.dictionary(fc.constantFrom('a', 'b'), near(fc.constantFrom<unknown>('x', 1, true, ['y'])))),
  api: near(fc.constantFrom('v4', 'v3', 'auto')),
  timeout: near(fc.constantFrom(30, '2m')),
}
const server = fc.record(
  { url: near(fc.webUrl()), token: near(fc.constant(canary)), ...what },
  { requiredKeys: ['url'] },
)
const recipe = fc.record(
  {
    extends: name,
    server: name,
    targets: fc.array(fc.record(what, { requiredKeys: [] }), { minLength: 1 }),
    exitCodes: fc.dictionary(fc.constantFrom('3', '5'), fc.nat(123)),
    ...what,
  },
  { requiredKeys: [] },
)
const config = fc.record(
  {
    default: near(name),
    servers: near(fc.dictionary(name, near(server))),
    recipes: near(fc.dictionary(name, near(recipe))),
    ...what,
  },
  { requiredKeys: [] },
)

const textOf = (data: unknown): string => JSON.stringify(data, null, 1) + '\n'
const json = tree.map(textOf)
const nearlyRight = config.map(textOf)

/** Lines as people write them, with what only YAML has. */
const yamlLine = fc
  .tuple(
    fc.constantFrom('', '  ', '    ', '\t', '- '),
    key,
    fc.constantFrom(': ', ':', ' : ', ':\n  '),
    fc.oneof(
      scalar.map(String),
      fc.constantFrom(
        '&a x',
        '*a',
        '&a',
        '!!js/function "x"',
        '!!binary aGk=',
        '|',
        '>-',
        '{',
        '[',
        '}',
        '{ a: *a }',
        '1.20',
        '2024-05-01',
        '0o7',
        '.nan',
        '# no',
        '"',
        "'",
        '%',
        '@',
      ),
    ),
  )
  .map((parts) => parts.join(''))
const yaml = fc.array(yamlLine, { maxLength: 12 }).map((lines) => lines.join('\n'))

/** A text that was right once. */
const broken = fc.tuple(fc.nat(400), fc.string({ unit: 'binary', maxLength: 3 }), fc.nat(6)).map(
  ([at, put, cut]) =>
    (text: string): string =>
      text.slice(0, at) + put + text.slice(at + cut),
)

const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array))

/** Loads it in every way; whatever it is, the run ends with a word about it or takes it. */
async function load(text: string | Buffer, file: string): Promise<number[]> {
  const codes: number[] = []
  const path = home().config(text, file)
  const script = `require('node:fs').writeFileSync('${join(home().root, 'canary')}', '')`
  for (const ending of ['js', 'cjs', 'mjs', 'ts']) {
    home().write(`work/checkout/.config/config.${ending}`, script)
    home().write(`home/.config/gitlab-trigger/boom.${ending}`, script)
  }
  const { env = {} } = environment(gitlab(), { GITLAB_TRIGGER_REF: 'master' })
  const lines = ['--dry-run', 'config show', 'run a --dry-run --json']
  for (const line of lines) {
    const result = await run(line, home().world({ env }))
    expectFairEnd(line, path, result)
    codes.push(result.code)
  }
  expect(existsSync(join(home().root, 'canary'))).toBe(false)
  expect(leaksBelow(home().root, canary, [path])).toEqual([])
  expect(gitlab().requests).toEqual([])
  return codes
}

function expectFairEnd(line: string, path: string, { code, stdout, stderr }: Result): void {
  // 2: a recipe may leave open what is needed.
  expect({ line, isFair: [0, 2, 14].includes(code), stderr }).toEqual({ line, isFair: true, stderr })
  expect(stderr).not.toContain(canary)
  expect(line.startsWith('config show') ? '' : stdout).not.toContain(canary)
  expect(stdout + stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/)
  if (code === 0) return
  expect(statesIn(stderr)).toEqual(line.startsWith('config') ? [] : ['No pipeline was created.'])
  if (line === '--dry-run' || line.startsWith('config')) expect(stderr).toContain(path)
}

/** Many runs: on a busy machine more than jest's own five seconds. */
const patience = 120_000

describe('whatever a config file holds, it is taken or refused by its name with exit 14', () => {
  const texts: [name: string, text: fc.Arbitrary<string | Buffer>, file: string][] = [
    ['any data', json, 'config.json'],
    ['any data', json, 'config.yaml'],
    ['any lines', yaml, 'config.yaml'],
    ['any bytes', bytes, 'config.yaml'],
    ['any bytes', bytes, 'config.json'],
  ]
  test.each(texts)(
    '%s',
    async (_, text, file) => {
      await holds(
        fc.asyncProperty(text, async (each) => {
          await load(each, file)
        }),
        60,
      )
    },
    patience,
  )

  const right = (): string =>
    `${serverYaml(gitlab(), `token: ${canary}`)}recipes:\n  a:\n    project: 9\n    ref: master\n    variables: { A: x }\n`
  const slips: [name: string, text: fc.Arbitrary<(right: string) => string>, file: string][] = [
    ['a right file with a slip', broken, 'config.yaml'],
    ['nearly right data', nearlyRight.map((text) => () => text), 'config.json'],
    ['nearly right data', nearlyRight.map((text) => () => text), 'config.yaml'],
  ]
  test.each(slips)(
    '%s',
    async (_, slip, file) => {
      const seen = new Set<number>()
      const property = fc.asyncProperty(slip, async (make) => {
        for (const code of await load(make(right()), file)) seen.add(code)
      })
      await holds(property, 120)
      // Both ends were seen.
      for (const code of [0, 14]) expect(seen).toContain(code)
    },
    patience,
  )
})
