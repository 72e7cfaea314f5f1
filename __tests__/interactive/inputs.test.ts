import { dialogue, keys, type Step } from '../helpers/dialogue.ts'
import { lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { startSandbox, type GitlabVersion, type Sandbox } from '../../src/sandbox/server.ts'
import { start } from '../helpers/world.ts'

// The inputs that a CI file declares, asked for by run --interactive: their types, and files of all kinds.

const gitlab = useGitlab()
const home = useHome()
const { enter, down } = keys

const yes: Step = ['Start this pipeline?', `y${enter}`]

/** `run -i` for a project with this CI file. */
async function ask(
  ciFile: string,
  steps: readonly Step[],
  { url, tokens, ...sandbox }: Sandbox = gitlab(),
  project: Parameters<Sandbox['addProject']>[0] = { path: 'seed/inputs' },
): Promise<{ code: number; screen: string; sent: Record<string, string> }> {
  const id = sandbox.addProject({ ...project, ciFile })
  const { token } = sandbox.addToken({ project: id })
  const env = {
    GITLAB_TRIGGER_SERVER: url,
    GITLAB_TRIGGER_TOKEN: token,
    GITLAB_TRIGGER_API_TOKEN: tokens.api,
  }
  const line = `run -i -p ${project.path} -r main`
  const all: Step[] = [['Variable KEY=VALUE', enter], ...steps]
  const world = home().world({ tty: ['stdin', 'stderr'], env })
  const { code, screen } = await dialogue(line, all, world)
  const isSent = posts({ url, tokens, ...sandbox }).length > 0
  return { code, screen, sent: isSent ? lastFields({ url, tokens, ...sandbox }) : {} }
}

const inputsOf = (sent: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(sent).filter(([name]) => name.startsWith('inputs[')))

const file = (...lines: string[]): string =>
  `spec:\n  inputs:\n${lines.map((each) => `    ${each}\n`).join('')}---\nbuild: {}\n`

describe('an input', () => {
  test.each<[title: string, declared: string[], steps: Step[], sent: Record<string, string>]>([
    [
      'that is required must be given',
      ['name:'],
      [
        ['Input name (string, required)', enter],
        ['a value is required', `x${enter}`],
      ],
      { 'inputs[name]': 'x' },
    ],
    [
      'with options is chosen, its default first',
      ['stage: { default: b, options: [a, b, c] }'],
      [
        ['> b (default)', down],
        ['> a', enter],
      ],
      { 'inputs[stage]': 'a' },
    ],
    [
      'with options is left at its default',
      ['stage: { default: b, options: [a, b] }'],
      [['> b (default)', enter]],
      {},
    ],
    [
      'with options of numbers is sent as a number',
      ['size: { type: number, options: [1, 2] }'],
      [
        ['> 1', down],
        ['> 2', enter],
      ],
      { 'inputs[size]': '2' },
    ],
    [
      'that is a boolean without a default is chosen',
      ['dry: { type: boolean }'],
      [['> true', enter]],
      { 'inputs[dry]': 'true' },
    ],
    [
      'with a pattern is checked',
      ['tag: { regex: "^v\\\\d+$" }'],
      [
        ['Input tag', `1${enter}`],
        ['does not match ^v', `\x7fv1${enter}`],
      ],
      { 'inputs[tag]': 'v1' },
    ],
    [
      'with a pattern that never ends is left to GitLab',
      ['tag: { regex: "^(a+)+$" }'],
      [['Input tag', `${'a'.repeat(40)}b${enter}`]],
      { 'inputs[tag]': `${'a'.repeat(40)}b` },
    ],
    [
      'with a pattern that JavaScript does not know is left to GitLab',
      ['tag: { regex: "(?i)^V" }'],
      [['Input tag', `v1${enter}`]],
      { 'inputs[tag]': 'v1' },
    ],
    [
      'that is an array is checked',
      ['regions: { type: array }'],
      [
        ['Input regions (array, required)', `eu${enter}`],
        ['not a JSON array', `\x7f\x7f["eu"]${enter}`],
      ],
      { 'inputs[regions]': '["eu"]' },
    ],
    [
      'with rules may be left out: they choose its default',
      ['type: { rules: [{ if: x, options: [a] }] }'],
      [['Input type (string, empty: its default)', enter]],
      {},
    ],
    [
      'with a default that is kept is not sent',
      ['n: { type: number, default: 3 }', 't: { default: $CI_COMMIT_REF_NAME }'],
      [
        ['Input n (number) (3)', enter],
        ['Input t (string) ($CI_COMMIT_REF_NAME)', enter],
      ],
      {},
    ],
  ])('%s', async (_, declared, steps, sent) => {
    // The sandbox gets what the file declares, so that it accepts all of it.
    const types = {
      name: 'string',
      stage: 'string',
      size: 'number',
      dry: 'boolean',
      tag: 'string',
      regions: 'array',
    } as const
    const got = await ask(file(...declared), [...steps, yes], gitlab(), {
      path: 'seed/inputs',
      inputs: types,
    })
    expect(got).toMatchObject({ code: 0 })
    expect(inputsOf(got.sent)).toEqual(sent)
  })

  test('shows its description in one line, without anything that a terminal obeys', async () => {
    const { screen } = await ask(file('name: { default: x, description: "Who\\nis it \\e]0;evil\\a?" }'), [
      ['Input name', enter],
      yes,
    ])
    expect(screen).toContain('\nWho is it ')
    expect(screen).not.toMatch(/[\x07\x1b]/)
  })
})

describe('a CI file', () => {
  test.each<[title: string, text: string, said: string]>([
    ['without a header', 'build: {}\n', '.gitlab-ci.yml declares no inputs at main.'],
    [
      'with a header that declares none',
      'spec: {}\n---\nbuild: {}\n',
      '.gitlab-ci.yml declares no inputs at main.',
    ],
    ['that is empty', '', '.gitlab-ci.yml declares no inputs at main.'],
    [
      'that is no YAML',
      'spec: [\n---\n',
      'Inputs are not asked for: .gitlab-ci.yml cannot be understood at main: ',
    ],
    [
      'whose header is endless',
      `spec:\n  inputs:\n${'    # long\n'.repeat(10_000)}`,
      'its header is too long.',
    ],
    [
      'of many aliases',
      `spec:\n  a: &a [1]\n  b: [${'*a,'.repeat(50)}]\n---\n`,
      'Inputs are not asked for: ',
    ],
    ['that is deep', `spec:\n  inputs: ${'['.repeat(5000)}\n---\n`, 'Inputs are not asked for: '],
    ['of another form', 'spec: { inputs: [1, 2] }\n---\n', '.gitlab-ci.yml declares no inputs at main.'],
    [
      'with values that are none',
      'spec: { inputs: { __proto__: { default: { a: 1 } }, "a b": , c: { type: map } } }\n---\n',
      'since they are not understood: 3.',
    ],
    [
      'whose header includes others',
      'spec:\n  include: [{ local: inputs.yml }]\n---\n',
      'Inputs of files that the header includes are not asked for.',
    ],
  ])('%s: no questions, and a sentence', async (_, text, said) => {
    const { code, screen } = await ask(text, [yes])
    expect(screen.replace(/\s+/g, ' ')).toContain(said)
    expect(code).toBe(0)
  })

  test('may begin with comments and a mark, and be long behind its header', async () => {
    const text = `# ours\n---\n${file('name: { default: x }')}${'# more\n'.repeat(50_000)}`
    expect((await ask(text, [['Input name (string) (x)', enter], yes])).code).toBe(0)
  })

  test('is read where the project keeps it', async () => {
    const where = { path: 'seed/inputs', ciConfigPath: 'ci/main.yml' }
    const { code, screen } = await ask('build: {}\n', [yes], gitlab(), where)
    expect(screen.replace(/\s+/g, ' ')).toContain('ci/main.yml declares no inputs at main.')
    expect(code).toBe(0)
  })

  test('of another project is not read', async () => {
    const where = { path: 'seed/inputs', ciConfigPath: 'ci.yml@others/tool' }
    const { code, screen } = await ask('', [yes], gitlab(), where)
    expect(screen.replace(/\s+/g, ' ')).toContain('(ci.yml@others/tool)')
    expect(code).toBe(0)
  })
})

test.each<[gitlab: GitlabVersion, said: string]>([
  ['10.3', 'Inputs are not asked for: GitLab 10.3.2 has none (17.11 and later do).'],
  ['8.17', 'Inputs are not asked for: API v3 has none.'],
])('GitLab %s takes no inputs', async (version, said) => {
  const sandbox = await startSandbox({ now: () => start, paceMs: 0, gitlab: version })
  try {
    const { code, screen } = await ask(file('name:'), [yes], sandbox)
    expect(screen.replace(/\s+/g, ' ')).toContain(said)
    expect(code).toBe(0)
  } finally {
    await sandbox.close()
  }
})
