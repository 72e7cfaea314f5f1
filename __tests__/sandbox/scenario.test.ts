import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { load } from 'js-yaml'
import { readScenario } from '../../src/sandbox/scenario/read.ts'
import { scenarioSchema, startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox-library.ts'
import { run } from '../helpers/run.ts'
import { useFolder } from '../helpers/world.ts'
import { call, members, rows } from './helpers/bearer.ts'

const folder = useFolder()
const examples = resolve('examples', 'scenarios')
const example = (name: string): string => readFileSync(join(examples, `${name}.yaml`), 'utf8')

async function using(options: SandboxOptions, use: (sandbox: Sandbox) => Promise<void>): Promise<void> {
  const sandbox = await startSandbox({ paceMs: 0, now: () => 0, ...options })
  try {
    await use(sandbox)
  } finally {
    await sandbox.close()
  }
}

/** Triggers the first project of a scenario, and returns the status of the answer. */
async function trigger(sandbox: Sandbox): Promise<number> {
  const [first] = sandbox.projects()
  const fields = { token: first!.triggerTokens[0]!, ref: first!.defaultBranch }
  return (await call(sandbox, 'POST', `/projects/${first!.id}/trigger/pipeline`, 'nobody', fields)).status
}

/** The pipelines of the instance and their jobs, as `PROJECT STATUS JOB=STATUS …`. */
async function outcome(sandbox: Sandbox): Promise<string[]> {
  const lines: string[] = []
  for (const { id, path } of sandbox.projects()) {
    const all = ['', '&source=parent_pipeline'].map((more) =>
      call(sandbox, 'GET', `/projects/${id}/pipelines?sort=asc${more}`),
    )
    for (const { json } of await Promise.all(all)) {
      for (const { id: pipeline, status } of rows(json)) {
        const jobs = rows(
          (await call(sandbox, 'GET', `/projects/${id}/pipelines/${String(pipeline)}/jobs`)).json,
        )
        const parts = jobs.reverse().map((job) => `${String(job['name'])}=${String(job['status'])}`)
        lines.push([path, String(status), ...parts].join(' '))
      }
    }
  }
  return lines
}

test('the seed example: three stages, one after another', () =>
  using({ scenario: example('three-stages') }, async (sandbox) => {
    expect(await trigger(sandbox)).toBe(201)
    expect(await outcome(sandbox)).toEqual([
      'acme/app success run_tests=success build_package=success upload_package=success',
    ])
    const { json } = await call(sandbox, 'GET', '/projects/9/jobs/9001/trace')
    expect(json).toContain('test/parse.c: 41 assertions passed\ntest/send.c: 17 assertions passed\n')
  }))

test('the flaky example: a proxy fails, then the deployment, and its retry succeeds', () =>
  using({ scenario: example('flaky-deploy') }, async (sandbox) => {
    expect([await trigger(sandbox), await trigger(sandbox)]).toEqual([502, 201])
    expect(await outcome(sandbox)).toEqual([
      'acme/shop failed build=success deploy=failed smoke_test=skipped',
    ])
    const headers = { 'private-token': 'glpat-flaky-deploy' }
    await call(sandbox, 'POST', '/projects/21/pipelines/4711/retry', 'nobody', undefined, headers)
    expect(await outcome(sandbox)).toEqual([
      'acme/shop success build=success smoke_test=success deploy=success',
    ])
  }))

test('the parent example: two children and another project', () =>
  using({ scenario: example('parent-and-children') }, async (sandbox) => {
    await trigger(sandbox)
    expect((await outcome(sandbox)).sort()).toEqual([
      'acme/docs success pages=success',
      'acme/monorepo failed lint=failed',
      'acme/monorepo success plan=success release=manual',
      'acme/monorepo success unit=success package=success',
    ])
  }))

test('reset makes a sandbox what it was', () =>
  using({ scenario: example('flaky-deploy') }, async (sandbox) => {
    const before = sandbox.projects()
    await trigger(sandbox)
    sandbox.addToken({ project: 21 })
    sandbox.reset()
    expect([sandbox.requests, sandbox.pipelines, sandbox.projects()]).toEqual([[], [], before])
    expect(await trigger(sandbox)).toBe(502)
  }))

test('--scenario FILE: the command sees its first project, and the greeting tells its refs', async () => {
  const file = join(examples, 'three-stages.yaml')
  await using({ scenario: example('three-stages') }, (sandbox) => {
    expect(sandbox.greeting()).toMatch(
      /project 9 {2}acme\/app[^]*token {2}glptt-three-stages[^]*master +tests, builds and uploads/,
    )
    return Promise.resolve()
  })
  const line = [
    'sandbox',
    '--scenario',
    file,
    '--',
    'sh',
    '-c',
    'test "$GITLAB_TRIGGER_TOKEN" = glptt-three-stages',
  ]
  expect((await run(line)).code).toBe(0)
})

const start = 'projects:\n  - id: 1\n    path: a/b\n    refs:\n      - name: main\n'
const jobs = `${start}        jobs:\n          - name: x\n            stage: y\n`

// prettier-ignore
const bad: readonly (readonly [text: string, line: number, message: string])[] = [
  ['projects: [', 2, 'unexpected end of the stream within a flow collection'],
  ['- a', 1, 'the scenario: must be a map'],
  ['faults: []', 1, 'the scenario: projects is missing'],
  ['projects: []', 1, 'projects: must not be empty'],
  ['# a comment\nprojects:\n  - id: 1\n    path: a/b\n', 3, 'projects[0]: refs is missing'],
  [start.replace('id: 1', 'id: one'), 2, 'projects[0].id: must be a whole number'],
  [`${start}        kind: twig\n`, 6, 'projects[0].refs[0].kind: must be one of branch, tag'],
  [`${jobs}            result: great\n`, 9, 'projects[0].refs[0].jobs[0].result: must be one of success, failed, canceled, skipped'],
  [`${jobs}            durration: 3\n`, 9, /^projects\[0\]\.refs\[0\]\.jobs\[0\]\.durration: unknown key; known are name, stage, .*duration/.source],
  [`${jobs}            duration: -1\n`, 9, 'projects[0].refs[0].jobs[0].duration: must be 0 or more'],
  [`${jobs}            allow_failure: sometimes\n`, 9, 'projects[0].refs[0].jobs[0].allow_failure: must be true or false'],
  [`${jobs}          - name: x\n            stage: z\n`, 9, 'projects[0].refs[0].jobs[1].name: is there twice'],
  [`${jobs}            downstream:\n              project: 7\n`, 10, 'projects[0].refs[0].jobs[0].downstream.project: the scenario has no project 7'],
  [`${jobs}        actions:\n          - at: 1\n            do: play\n            job: z\n`, 12, 'projects[0].refs[0].actions[0].job: the ref has no job z'],
  [`${start}  - id: 1\n    path: c/d\n    refs: [{ name: main }]\n`, 6, 'projects[1].id: is there twice'],
  [`${start}faults:\n  - status: 700\n`, 7, 'faults[0].status: must be 599 or less'],
  [`${start}faults:\n  - method: POST\n`, 7, 'faults[0]: status is missing'],
]

test.each(bad)('%j: line %i, %s', (text, line, message) => {
  const said = (() => {
    try {
      readScenario(text, 'x.yaml')
      return ''
    } catch (error) {
      return (error as Error).message
    }
  })()
  expect(said).toMatch(new RegExp(`^x\\.yaml:${line}: `))
  const rest = said.replace(/^[^ ]+ /, '')
  if (message.startsWith('^')) expect(rest).toMatch(new RegExp(message))
  else expect(rest).toBe(message)
})

test.each([
  ['no-such.yaml', undefined, 'no-such.yaml does not exist'],
  [
    'bad.yaml',
    `${start}        kind: twig\n`,
    'bad.yaml:6: projects[0].refs[0].kind: must be one of branch, tag',
  ],
  [
    'setting.yaml',
    `${start}    settings: { visibility: secret }\n`,
    'settings of project 1: visibility must be private or public',
  ],
])('--scenario %s is refused', async (name, text, message) => {
  if (text !== undefined) writeFileSync(join(folder().path, name), text)
  const { code, stderr } = await run(['sandbox', '--scenario', name, '--', 'true'], { cwd: folder().path })
  expect(code).toBe(2)
  expect(stderr).toContain(message)
})

test('an object is checked as a file is', async () => {
  const scenario = {
    projects: [
      {
        id: 1,
        path: 'a/b',
        refs: [{ name: 'main', jobs: [{ name: 'x', stage: 'y', downstream: { project: 2 } }] }],
      },
    ],
  }
  await expect(startSandbox({ scenario })).rejects.toThrow(
    'projects[0].refs[0].jobs[0].downstream.project: the scenario has no project 2',
  )
})

test('the examples are good by the shipped schema, as another reader of it finds', () => {
  const validate = new Ajv2020({ allErrors: true }).compile(scenarioSchema)
  for (const name of readdirSync(examples)) {
    expect([name, validate(load(readFileSync(join(examples, name), 'utf8'))), validate.errors]).toEqual([
      name,
      true,
      null,
    ])
  }
  const formal = bad.filter(([, , message]) => !/twice|has no|stream|status is missing/.test(message))
  for (const [text] of formal) expect([text, validate(load(text))]).toEqual([text, false])
})

test("a clock of one's own moves the pipelines, and one's own faults go first", async () => {
  let now = 0
  await using({ scenario: example('three-stages'), now: () => now, paceMs: 1000 }, async (sandbox) => {
    sandbox.failNext({ kind: 'answer', status: 503, method: 'POST' })
    expect([await trigger(sandbox), await trigger(sandbox)]).toEqual([503, 201])
    const status = async (): Promise<unknown> =>
      members((await call(sandbox, 'GET', '/projects/9/pipelines/4711')).json)['status']
    const seen = [await status()]
    now = 3000
    seen.push(await status())
    now = 60_000
    seen.push(await status())
    expect(seen).toEqual(['created', 'running', 'success'])
    expect(sandbox.requests.map(({ method, status: code }) => `${method} ${String(code)}`)).toEqual([
      'POST 503',
      'POST 201',
      'GET 200',
      'GET 200',
      'GET 200',
    ])
  })
})
