import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { load, loadAll } from 'js-yaml'
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts'
import { version } from '../../src/core/version.ts'
import { install } from '../helpers/debian.ts'
import { posts } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { run } from '../helpers/run.ts'
import { clientLine, spawnProgram, type Spawned } from '../helpers/spawn.ts'

install('git', 'git')
install('rsync', 'rsync')
const home = useHome()

let gitlab: Sandbox
beforeEach(async () => {
  gitlab = await startSandbox({ now: () => Date.now(), paceMs: 1 })
})
afterEach(() => gitlab.close())

/** Project A: a repository with this CI file, in which the program is installed. */
function projectA(ci: string): string {
  const folder = join(home().root, 'a')
  mkdirSync(join(folder, 'bin'), { recursive: true })
  writeFileSync(join(folder, '.gitlab-ci.yml'), ci)
  const program = join(home().root, 'bin', 'gitlab-trigger')
  mkdirSync(dirname(program), { recursive: true })
  writeFileSync(program, `#!/bin/sh\nexec ${clientLine} "$@"\n`)
  chmodSync(program, 0o755)
  cpSync('templates', join(folder, 'templates'), { recursive: true })
  const git = (...args: string[]): void => {
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
      cwd: folder,
      stdio: 'ignore',
    })
  }
  git('init', '--initial-branch', 'main')
  git('remote', 'add', 'origin', 'git@gitlab.example.com:group/a.git')
  git('add', '.')
  git('commit', '-m', 'A')
  git('tag', 'v1')
  return folder
}

/** Runs GitLab's CI on this machine, as a runner with a shell. */
function ciLocal(cwd: string, ...more: string[]): Promise<Spawned> {
  const { url, tokens } = gitlab
  const variables = {
    GITLAB_CI: 'true',
    CI_SERVER_URL: url,
    CI_API_V4_URL: `${url}/api/v4`,
    CI_JOB_TOKEN: tokens.job,
    CI_COMMIT_TAG: 'v1',
    GITLAB_TRIGGER_API_TOKEN: tokens.api,
  }
  const set = Object.entries(variables).flatMap(([name, value]) => ['--variable', `${name}=${value}`])
  const env = { PATH: `${home().root}/bin:${process.env['PATH'] ?? ''}`, HOME: home().home }
  const program = resolve('node_modules/.bin/gitlab-ci-local')
  return spawnProgram(process.execPath, [program, '--force-shell-executor', '--no-color', ...set, ...more], {
    cwd,
    env,
  })
}

const nextJob = `
tell:
  stage: .post
  script:
    - echo "docs are $PIPELINE_STATUS in pipeline $PIPELINE_ID"
`

test("the seed's two projects: A's job on a tag rebuilds B with UPLOAD_TO_S3, follows it, and the next job knows", async () => {
  const job = `
stages: [test, deploy]
build_docs:
  stage: deploy
  script:
    - gitlab-trigger --project 9 --ref master --var UPLOAD_TO_S3=true --wait --dotenv trigger.env
  rules:
    - if: $CI_COMMIT_TAG
  artifacts:
    reports:
      dotenv: trigger.env
`
  const { code, stdout, stderr } = await ciLocal(projectA(job + nextJob))
  expect({ code, output: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, output: '' })
  expect(stdout + stderr).toContain('docs are success in pipeline 4711')
  expect(posts(gitlab)).toHaveLength(1)
  const [pipeline] = gitlab.pipelines
  expect(pipeline?.source).toBe('pipeline')
  expect([...(pipeline?.variables ?? [])]).toEqual([['UPLOAD_TO_S3', 'true']])
  expect(stdout + stderr).not.toContain(gitlab.tokens.api)
}, 120_000)

test('the job that schedule gitlab-ci prints, and the component of this repository, do the same', async () => {
  const printed = await run([
    'schedule',
    'gitlab-ci',
    '--project',
    '9',
    '--ref',
    'master',
    '--var',
    'UPLOAD_TO_S3=true',
    '--wait',
  ])
  const [name = ''] = Object.keys(load(printed.stdout) as Record<string, unknown>)
  const include = `
include:
  - local: templates/trigger/template.yml
    inputs: { project: '9', ref: master, args: '--var UPLOAD_TO_S3=true --wait' }
`
  const folder = projectA(`stages: [test, deploy]\n${include}${printed.stdout}`)
  for (const [at, job] of [name, 'trigger'].entries()) {
    const { code, stdout, stderr } = await ciLocal(folder, job)
    expect({ code, output: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, output: '' })
    expect([...(gitlab.pipelines[at]?.variables ?? [])]).toEqual([['UPLOAD_TO_S3', 'true']])
  }
}, 120_000)

describe('the component', () => {
  const [head, jobs] = loadAll(readFileSync('templates/trigger/template.yml', 'utf8')) as [
    { spec: { inputs: Record<string, { default?: unknown }> } },
    Record<string, unknown>,
  ]

  test('is YAML of a head and one job, every input is used, the image is of this version', () => {
    const text = JSON.stringify(jobs)
    const inputs = Object.keys(head.spec.inputs)
    expect(inputs).toContain('project')
    for (const name of inputs) expect(text).toContain(`$[[ inputs.${name} ]]`)
    expect(text.match(/\$\[\[/g)).toHaveLength(inputs.length)
    expect(head.spec.inputs['image']?.default).toBe(`gitlab-trigger:${version}`)
  })

  test("GitLab's schema accepts what becomes of it, and would not accept a mistake", async () => {
    const inputs = "inputs: { project: '9', stage: test, server: 'https://gitlab.example.com' }"
    const include = `include:\n  - local: templates/trigger/template.yml\n    ${inputs}\n`
    const { code, stdout } = await ciLocal(projectA(include), '--preview')
    expect(code).toBe(0)
    expect(load(stdout.slice(stdout.indexOf('---')))).toMatchObject({
      trigger: { stage: 'test', variables: { GITLAB_TRIGGER_PROJECT: '9', GITLAB_TRIGGER_REF: 'main' } },
    })
    writeFileSync(join(home().root, 'a', '.gitlab-ci.yml'), 'job: { script: [true], retry: many }\n')
    expect((await ciLocal(join(home().root, 'a'), '--preview')).code).not.toBe(0)
  })
})
