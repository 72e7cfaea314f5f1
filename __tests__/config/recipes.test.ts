import { expectRefusalMessage } from '../helpers/refusal-message.ts'
import { lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'

const gitlab = useGitlab()
const other = useGitlab()
const home = useHome()

/** Types a line at home; the token of both servers comes from their entries. */
function typed(line: string, env: Record<string, string> = {}): Promise<Result> {
  return run(line, home().world({ env }))
}

/** Two servers, `work` (the default one) and `other`, each with its token, and these lines. */
function write(...lines: string[]): string {
  const { trigger } = gitlab().tokens
  const second = ['  other:', `    url: ${other().url}`, `    token: ${trigger}`]
  return home().config(
    [serverYaml(gitlab(), `token: ${trigger}`).trimEnd(), ...second, ...lines, ''].join('\n'),
  )
}

const refOf = (): string | undefined => lastFields(gitlab())['ref']
const variable = (name: string): string | undefined => lastFields(gitlab())[`variables[${name}]`]

describe('what a recipe sets', () => {
  test('three words trigger it: server, project, ref, variables', async () => {
    write(
      'recipes:',
      '  nightly-docs: { server: other, project: 9, ref: master, variables: { NIGHTLY: "true" } }',
    )
    expect(await typed('run nightly-docs')).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
    expect(posts(gitlab())).toEqual([])
    expect(lastFields(other())).toMatchObject({ ref: 'master', 'variables[NIGHTLY]': 'true' })
  })

  test('also without the word run', async () => {
    write('recipes:', '  docs: { project: 9, ref: master }')
    expect(await typed('docs')).toMatchObject({ code: 0, stdout: '4711\n' })
  })

  test('inputs, in the form of a form', async () => {
    write(
      'recipes:',
      '  docs:',
      '    project: 9',
      '    ref: master',
      '    inputs: { environment: staging, deploy_count: 3, is_dry: true, regions: [a, b] }',
    )
    await typed('run docs')
    const { fields } = posts(gitlab()).at(-1) ?? { fields: [] }
    const inputs = fields
      .filter(([name]) => name.startsWith('inputs'))
      .map(([name, value]) => [name, value.toString()])
    expect(inputs).toEqual([
      ['inputs[environment]', 'staging'],
      ['inputs[deploy_count]', '3'],
      ['inputs[is_dry]', 'true'],
      ['inputs[regions]', '["a","b"]'],
    ])
  })

  test('jobs: their ids are printed', async () => {
    write('recipes:', '  docs: { project: 9, ref: master, jobs: true }')
    const { code, stdout } = await typed('run docs', { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api })
    expect(code).toBe(0)
    expect(stdout.split('\n').length).toBeGreaterThan(2)
  })

  test('timeout', async () => {
    write('timeout: 80s', 'recipes:', '  docs: { project: 9, ref: master, timeout: 20s }')
    expect((await typed('run docs --verbose')).stderr).toMatch(/^timeout +20 s \(.*config\.yaml:\d+\)$/m)
    expect((await typed('run docs --verbose --timeout 5s')).stderr).toMatch(/^timeout +5 s \(--timeout\)$/m)
  })

  const policies: [recipe: string, token: string, code: number][] = [
    ['{ project: 9, ref: nowhere, exitCodes: { 5: 42 } }', '', 42],
    ['{ project: 9, ref: nowhere, exitCodes: { 4: 42 } }', '', 5],
    ['{ project: 9, ref: nowhere, exitCodes: { 5: 0 } }', '', 0],
    ['{ project: 9, ref: master, exitCodes: { 4: 42 } }', 'a-token-of-nobody', 42],
    ['{ project: 9, ref: master, exitCodes: { 5: 42 } }', '', 0],
    ['{ project: 9, ref: master, exitCodes: { 0: 42 } }', '', 42],
  ]
  test.each(policies)('exitCodes: %s with the token "%s" ends with %s', async (recipe, token, code) => {
    write('recipes:', `  docs: ${recipe}`)
    const env = { GITLAB_TRIGGER_TOKEN: token }
    expect(await typed('run docs', env)).toMatchObject({ code })
    const { stdout, ...json } = await typed('run docs --json', env)
    expect(json.code).toBe(code)
    expect((JSON.parse(stdout) as { exit_code: number }).exit_code).toBe(code)
  })
})

describe('precedence: flag, environment, recipe, server, file', () => {
  const flag = { line: '--ref flag', env: {} }
  const environment = { line: '', env: { GITLAB_TRIGGER_REF: 'environment' } }
  const nothing = { line: '', env: {} }
  const rows: [
    name: string,
    typed: { line: string; env: Record<string, string> },
    lines: string[],
    ref: string,
  ][] = [
    ['flag', { ...flag, env: environment.env }, ['ref: file', 'recipes: { a: { ref: recipe } }'], 'flag'],
    ['environment', environment, ['ref: file', 'recipes: { a: { ref: recipe } }'], 'environment'],
    ['recipe', nothing, ['ref: file', 'recipes: { a: { ref: recipe } }'], 'recipe'],
    ['server', nothing, ['ref: file', 'recipes: { a: {} }'], 'server'],
  ]
  test.each(rows)('%s', async (_, { line, env }, lines, ref) => {
    const entry = serverYaml(gitlab(), `token: ${gitlab().tokens.trigger}`, 'ref: server', 'project: 9')
    home().config(entry + lines.join('\n'))
    await typed(`run a ${line}`, env)
    expect(refOf()).toBe(ref)
  })

  test('file', async () => {
    write('project: 9', 'ref: file', 'recipes: { a: {} }')
    await typed('run a')
    expect(refOf()).toBe('file')
  })

  test.each([
    ['', {}, 'other'],
    ['--server work', {}, 'work'],
    ['', { GITLAB_TRIGGER_SERVER: 'work' }, 'work'],
    ['--server other', { GITLAB_TRIGGER_SERVER: 'work' }, 'other'],
  ])('the server of a recipe with "%s" and %j: %s', async (line, env, server) => {
    write('recipes: { a: { server: other, project: 9, ref: master } }')
    expect(await typed(`run a ${line}`, env)).toMatchObject({ code: 0 })
    expect([gitlab(), other()].map((each) => posts(each).length)).toEqual(server === 'work' ? [1, 0] : [0, 1])
  })

  test('variables are added up, of one name the nearest wins', async () => {
    const entry = serverYaml(
      gitlab(),
      `token: ${gitlab().tokens.trigger}`,
      'variables: { A: server, B: server, C: server }',
    )
    home().config(
      `${entry}variables: { A: file, Z: file }\nrecipes: { a: { variables: { B: recipe, C: recipe, D: recipe } } }\n`,
    )
    await typed('run a --project 9 --ref master --var C=flag --var E=flag')
    expect(['A', 'B', 'C', 'D', 'E', 'Z'].map(variable)).toEqual([
      'server',
      'recipe',
      'flag',
      'recipe',
      'flag',
      'file',
    ])
  })

  test('--input over inputs of the recipe, also where its value is another kind', async () => {
    write('recipes: { a: { project: 9, ref: master, inputs: { environment: recipe, n: 1 } } }')
    await typed('run a --input environment=flag --input-json n=2')
    const { fields } = posts(gitlab()).at(-1) ?? { fields: [] }
    const inputs = fields
      .filter(([name]) => name.startsWith('inputs'))
      .map(([name, value]) => `${name}=${value.toString()}`)
    expect(inputs.sort()).toEqual(['inputs[environment]=flag', 'inputs[n]=2'])
  })

  test('an empty environment variable counts as unset', async () => {
    write('recipes: { a: { project: 9, ref: master } }')
    const env = {
      GITLAB_TRIGGER_REF: '',
      GITLAB_TRIGGER_PROJECT: '',
      GITLAB_TRIGGER_SERVER: '',
      GITLAB_TRIGGER_TOKEN: '',
    }
    expect(await typed('run a', env)).toMatchObject({ code: 0, stdout: '4711\n' })
  })
})

describe('extends', () => {
  test('adds to the other one, over it', async () => {
    write(
      'recipes:',
      '  base: { project: 9, ref: base, variables: { A: base, B: base } }',
      '  more: { extends: base, ref: master, variables: { B: more, C: more } }',
    )
    expect(await typed('run more')).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(refOf()).toBe('master')
    expect(['A', 'B', 'C'].map(variable)).toEqual(['base', 'more', 'more'])
  })

  test('over two levels; server, exit codes and targets too', async () => {
    write(
      'recipes:',
      '  top: { extends: middle, variables: { C: top } }',
      '  middle: { extends: bottom, exitCodes: { 5: 41 }, variables: { B: middle } }',
      '  bottom: { server: other, exitCodes: { 5: 40, 4: 39 }, targets: [{ project: 9, ref: nowhere }], variables: { A: bottom } }',
    )
    expect(await typed('run top')).toMatchObject({ code: 41 })
    const fields = lastFields(other())
    expect(['A', 'B', 'C'].map((name) => fields[`variables[${name}]`])).toEqual(['bottom', 'middle', 'top'])
  })

  const refused: [name: string, lines: string[], says: string[]][] = [
    ['itself', ['  a: { extends: a }'], ['"a"', 'extends itself']],
    [
      'in a circle',
      ['  a: { extends: b }', '  b: { extends: c }', '  c: { extends: a }'],
      ['extends itself'],
    ],
    ['an unknown one', ['  a:', '    extends: baes', '  base: {}'], ['config.yaml:', 'did you mean "base"?']],
  ]
  test.each(refused)('%s: refused', async (_, lines, says) => {
    const path = write('recipes:', ...lines)
    const { code, stdout, stderr } = await typed('run a')
    expect({ code, stdout }).toEqual({ code: 14, stdout: '' })
    for (const part of [path, ...says]) expect(stderr).toContain(part)
    expectRefusalMessage(stderr)
    expect(gitlab().requests).toEqual([])
  })
})

describe('a recipe that is none', () => {
  test.each([
    ['run nightly-dosc', 14, 'no recipe "nightly-dosc"; did you mean "nightly-docs"?'],
    ['nightly-dosc', 2, 'unknown command or recipe "nightly-dosc"; did you mean "nightly-docs"?'],
    ['run zzz', 14, 'nightly-docs'],
    ['config show nightly-dosc', 14, 'did you mean "nightly-docs"?'],
  ])('%s: %i %s', async (line, expected, says) => {
    write('recipes:', '  nightly-docs: { project: 9, ref: master }')
    const { code, stdout, stderr } = await typed(line)
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' })
    expect(stderr).toContain(says)
    expectRefusalMessage(stderr)
  })

  test('with --no-config, told that no file was read', async () => {
    write('recipes:', '  docs: { project: 9, ref: master }')
    const { code, stderr } = await typed('run docs --no-config')
    expect(code).toBe(14)
    expect(stderr).toMatch(/No config file|--no-config/)
  })

  test('two recipes at once', async () => {
    write('recipes:', '  a: { project: 9, ref: master }', '  b: { project: 9, ref: master }')
    expect(await typed('run a b')).toMatchObject({ code: 2, stdout: '' })
    expect(gitlab().requests).toEqual([])
  })

  test('a server that the recipe names and no file defines', async () => {
    const path = write('recipes:', '  a: { server: wrok, project: 9, ref: master }')
    const { code, stderr } = await typed('run a')
    expect(code).toBe(14)
    for (const part of [`${path}:10`, 'did you mean "work"?']) expect(stderr).toContain(part)
  })
})
