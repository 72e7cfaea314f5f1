import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { load } from 'js-yaml'
import { documentScenario, documentToken, prepareDocuments } from '../helpers/document-world.ts'
import { install } from '../helpers/debian.ts'
import { lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { clientLine, spawnProgram, type Spawned } from '../helpers/spawn.ts'

// docs/recipes.md from Jenkins, GitHub Actions, Airflow and a Makefile: what a shell, Python and make find there, run by them.

const gitlab = useGitlab({ scenario: documentScenario })
const home = useHome()
const document = readFileSync('docs/recipes.md', 'utf8')

/** The blocks of a language below a heading. */
function blocks(heading: string, language: string): string[] {
  const [, section = ''] = new RegExp(`^## ${heading}\n([^]*?)(?=^## |$(?![^]))`, 'm').exec(document) ?? []
  return [...section.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'gm'))].map(
    ({ 1: text = '' }) => text.replaceAll('https://gitlab.example.com', gitlab().url),
  )
}

/** gitlab-trigger, which polls as fast as it can: these tests do not wait. */
const program = `#!/bin/sh
case " $* " in *" --wait "*) set -- "$@" --poll-interval 2ms --retry-grace 0s ;; esac
exec ${clientLine} "$@"
`

/** Starts a program in the checkout, with the user's config and gitlab-trigger on the search path. */
function start(file: string, args: string[], env: Record<string, string> = {}): Promise<Spawned> {
  const folder = join(home().root, 'bin')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'gitlab-trigger'), program)
  chmodSync(join(folder, 'gitlab-trigger'), 0o755)
  const path = [folder, dirname(process.execPath), process.env['PATH'] ?? ''].join(':')
  return spawnProgram(file, args, {
    cwd: home().checkout,
    env: { HOME: home().home, PATH: path, XDG_CONFIG_DIRS: home().root, ...env },
  })
}

beforeEach(() => {
  prepareDocuments(gitlab(), home())
})

describe('Jenkins', () => {
  const steps = (): string[] =>
    blocks('From Jenkins', 'groovy').flatMap((text) =>
      [...text.matchAll(/\bsh\b[ (][^'\n]*'((?:[^'\\]|\\.)*)'/g)].map(({ 1: script = '' }) =>
        script.replace(/\\(.)/g, '$1'),
      ),
    )

  test('the block is whole: brackets and quotation marks are closed, and the token comes from a credential', () => {
    const [text = ''] = blocks('From Jenkins', 'groovy')
    const bare = text.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, '')
    expect(bare).not.toMatch(/['"]/)
    for (const [open, close] of ['{}', '()', '[]'] as unknown as [string, string][])
      expect([open, bare.split(open).length]).toEqual([open, bare.split(close).length])
    expect(text).toMatch(/variable: 'GITLAB_TRIGGER_TOKEN'/)
  })

  test('each step of a shell triggers, and prints the id alone', async () => {
    expect(steps().length).toBeGreaterThan(0)
    for (const [at, script] of steps().entries()) {
      const env = { GITLAB_TRIGGER_TOKEN: documentToken('docs'), JENKINS_URL: 'https://jenkins.example.com/' }
      // So Jenkins starts it.
      const { code, stdout } = await start('/bin/bash', ['-xec', script], env)
      expect({ code, stdout }).toEqual({ code: 0, stdout: `${4712 + at}\n` })
      expect(lastFields(gitlab())['token']).toBe(documentToken('docs'))
    }
  })
})

describe('GitHub Actions', () => {
  interface Step {
    id?: string
    uses?: string
    run?: string
    with?: Record<string, unknown>
    env?: Record<string, string>
  }
  const action = load(readFileSync('action.yml', 'utf8')) as {
    inputs: Record<string, { default: string }>
    outputs: Record<string, unknown>
    runs: { steps: Step[] }
  }

  test('the step with its inputs waits for a pipeline, and the next one finds its output', async () => {
    const [used, next] = blocks('From GitHub Actions', 'yaml').flatMap((text) => load(text) as Step[])
    const given = Object.fromEntries(
      Object.entries(used?.with ?? {}).map(([name, value]) => [
        name,
        String(value)
          .replace('${{ secrets.GITLAB_TRIGGER_TOKEN }}', documentToken('docs'))
          .replace('${{ secrets.GITLAB_API_TOKEN }}', gitlab().tokens.api),
      ]),
    )
    expect(Object.keys(given).filter((name) => !(name in action.inputs))).toEqual([])
    const step = action.runs.steps.find(({ run }) => run?.includes('exec gitlab-trigger'))
    const env = Object.entries(step?.env ?? {}).map(([name, value]) => [
      name,
      value.replace(
        /\$\{\{ inputs\.([\w-]+) \}\}/g,
        (_, input: string) => given[input] ?? action.inputs[input]?.default ?? '',
      ),
    ])
    const output = home().write('output', '')
    const { code, stdout } = await start('/bin/bash', ['-eo', 'pipefail', '-c', step?.run ?? ''], {
      ...(Object.fromEntries(env) as Record<string, string>),
      GITHUB_ACTIONS: 'true',
      GITHUB_OUTPUT: output,
    })
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4712\n' })
    const [, id, name = ''] = /\$\{\{ steps\.(\w+)\.outputs\.(\w+) \}\}/.exec(next?.run ?? '') ?? []
    expect([id, name in action.outputs]).toEqual([used?.id, true])
    expect(readFileSync(output, 'utf8')).toContain(`${name}=4712\n`)
  })
})

describe('Airflow', () => {
  install('python3', 'python3')

  /** The operator of the document, as Python makes it: BashOperator keeps what it is given. */
  async function operators(): Promise<
    { bash_command: string; env: Record<string, string>; append_env: boolean }[]
  > {
    const folder = 'work/checkout/airflow/providers/standard/operators'
    home().write(`${folder}/bash.py`, 'made = []\ndef BashOperator(**given):\n    made.append(given)\n')
    home().write('work/checkout/dag.py', blocks('From Airflow', 'python').join('\n'))
    const compiled = await start('python3', ['-m', 'py_compile', 'dag.py'])
    expect(compiled).toMatchObject({ code: 0, stderr: '' })
    const line =
      'import json, dag; from airflow.providers.standard.operators.bash import made; print(json.dumps(made))'
    const { code, stdout, stderr } = await start('python3', ['-c', line])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return JSON.parse(stdout) as Awaited<ReturnType<typeof operators>>
  }

  test('its task triggers once, and a retry of it continues with that pipeline', async () => {
    const [task] = await operators()
    expect(task).toMatchObject({ task_id: 'rebuild_docs', append_env: true })
    const filled = (text: string): string =>
      text
        .replace('{{ run_id }}', 'scheduled__2026-12-01T00:00:00+00:00')
        .replace('{{ conn.gitlab.password }}', documentToken('docs'))
        .replace('{{ conn.gitlab.extra_dejson.api_token }}', gitlab().tokens.api)
    const env = Object.fromEntries(
      Object.entries(task?.env ?? {}).map(([name, value]) => [name, filled(value)]),
    )
    const command = filled(task?.bash_command ?? '')
    expect(command + Object.values(env).join('')).not.toContain('{{')
    for (const at of [1, 2]) {
      const { code, stdout } = await start('/bin/bash', ['-c', command], env)
      expect({ at, code, stdout }).toEqual({ at, code: 0, stdout: '4712\n' })
    }
    expect(posts(gitlab())).toHaveLength(1)
  })
})

describe('a Makefile', () => {
  install('make', 'make')

  const build = async (): Promise<Spawned> => {
    home().write('work/checkout/Makefile', blocks('From a Makefile', 'make').join('\n'))
    return start('make', ['docs'])
  }

  test('make docs waits for the pipeline', async () => {
    expect(await build()).toMatchObject({ code: 0, stderr: expect.not.stringContaining('***') as string })
    expect(posts(gitlab())).toHaveLength(1)
    expect(
      gitlab().requests.some(({ method, path }) => method === 'GET' && path.endsWith('/pipelines/4712')),
    ).toBe(true)
  })

  test('make stops where the pipeline fails; the line below it goes on then, and on nothing else', async () => {
    const line = blocks('From a Makefile', 'sh').join('\n')
    gitlab().script({ project: 10, ref: 'main' }, { failsInStage: 'test' })
    const made = await build()
    expect(made.code).toBe(2)
    expect(made.stderr).toMatch(/make: \*\*\* \[Makefile:3: docs\] Error 3/)
    expect((await start('/bin/bash', ['-c', line])).code).toBe(0)
    expect((await start('/bin/bash', ['-c', line.replace('group/docs', 'group/none')])).code).toBe(1)
  })
})
