import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { version } from '../src/version.ts'
import { environment, lastFields, useGitlab } from './helpers/gitlab.ts'
import { spawnProgram } from './helpers/spawn.ts'
import { newFolder } from './helpers/world.ts'

interface Manifest {
  version: string
  dependencies: Record<string, string>
}

interface Lock {
  packages: Record<string, { version?: string; dev?: boolean; hasInstallScript?: boolean }>
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))
const manifest = readJson('package.json') as Manifest
const lock = readJson('package-lock.json') as Lock

/** Nobody outside needs to be asked: the dependencies of a packed install come from the tree that npm ci made. */
function packInto(folder: string): string {
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [pack] = JSON.parse(packed) as { filename: string }[]
  return join(folder, pack?.filename ?? '')
}

test('the constant is the version in package.json', () => {
  expect(version).toBe(manifest.version)
})

test.each([
  ['commander', 14, '14.0.3'],
  ['undici', 7, '7.29.0'],
  ['chalk', 5, '5.6.2'],
  ['cosmiconfig', 9, '9.0.2'],
  ['form-data', 4, '4.0.6'],
  ['js-yaml', 4, '4.3.2'],
])('%s is of line %i and at least %s (T126)', (name, major, floor) => {
  const installed = lock.packages[`node_modules/${name}`]?.version ?? ''
  expect(Number(installed.split('.')[0])).toBe(major)
  expect(installed.localeCompare(floor, 'en', { numeric: true })).toBeGreaterThanOrEqual(0)
})

test('nothing that users install runs a script (T126)', () => {
  const scripts = Object.entries(lock.packages).filter(
    ([, each]) => each.dev !== true && each.hasInstallScript,
  )
  expect(scripts.map(([name]) => name)).toEqual([])
})

test('the package holds the launcher, the compiled source and its papers, nothing else (T125)', () => {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [pack] = JSON.parse(output) as { files: { path: string }[] }[]
  const paths = pack?.files.map(({ path }) => path) ?? []
  const source = paths.filter((path) => /^dist\/[\w./-]+\.(js|d\.ts)$/.test(path))
  expect(source.length).toBeGreaterThan(50)
  expect(paths.filter((path) => !source.includes(path)).sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'bin/gitlab-trigger.js',
    'bin/package.json',
    'bin/start.js',
    'dist/config-schema.json',
    'package.json',
  ])
})

describe('installed from its pack into an empty folder', () => {
  const gitlab = useGitlab()
  let folder: ReturnType<typeof newFolder>

  beforeAll(() => {
    folder = newFolder()
    writeFileSync(join(folder.path, 'package.json'), '{ "private": true, "type": "module" }')
    const line = ['install', '--prefer-offline', '--no-audit', '--no-fund', packInto(folder.path)]
    execFileSync('npm', line, { cwd: folder.path, stdio: 'ignore' })
  })
  afterAll(() => {
    folder.remove()
  })

  test('the command works', async () => {
    const bin = join(folder.path, 'node_modules/.bin/gitlab-trigger')
    expect(existsSync(bin)).toBe(true)
    const { env } = environment(gitlab(), { GITLAB_TRIGGER_REF: 'master', PATH: process.env['PATH'] ?? '' })
    expect(await spawnProgram(bin, ['--var', 'A=1'], { env: env ?? {} })).toMatchObject({
      code: 0,
      stdout: '4711\n',
      stderr: '',
    })
  })

  const script = (body: string): string => `import { trigger, TriggerError } from 'gitlab-trigger'
    const order = { server: process.env.S, project: 9, ref: 'master', token: process.env.T }
    ${body}`

  async function runScript(body: string): Promise<unknown> {
    const file = join(folder.path, 'script.mjs')
    writeFileSync(file, script(body))
    const env = { S: gitlab().url, T: gitlab().tokens.trigger }
    const done = await spawnProgram(process.execPath, [file], { env, cwd: folder.path })
    expect(done.stderr).toBe('')
    return JSON.parse(done.stdout)
  }

  test('the library triggers', async () => {
    const body = `console.log(JSON.stringify(await trigger({ ...order, variables: { A: 'a,b' }, inputs: { replicas: 3 } })))`
    expect(await runScript(body)).toMatchObject({
      id: 4711,
      kind: 'pipeline',
      api: 'v4',
      server: gitlab().url,
    })
    expect(lastFields(gitlab())).toMatchObject({ 'variables[A]': 'a,b', 'inputs[replicas]': '3' })
  })

  test.each([
    [`{ token: 'wrong-token-wrong' }`, 'notAccepted', 4, 'none'],
    [`{ ref: 'nowhere' }`, 'refused', 5, 'none'],
    [`{ variables: { 'A B': '1' } }`, 'usage', 2, 'none'],
    [`{ variables: { A: 1 } }`, 'usage', 2, 'none'],
    [`{ server: 'http://127.0.0.1:1', retry: 0 }`, 'notReached', 6, 'none'],
    [`{ ref: 'broken' }`, 'buildFailed', 3, 'triggered'],
  ])('the library throws a TriggerError: %s', async (change, exit, exitCode, state) => {
    const body = `const error = await trigger({ ...order, ...${change} }).catch((each) => each)
      const { exit, exitCode, build, hint } = error
      console.log(JSON.stringify({ ours: error instanceof TriggerError, exit, exitCode, state: build.kind, hint: typeof hint }))`
    expect(await runScript(body)).toEqual({ ours: true, exit, exitCode, state, hint: 'string' })
  })

  test('its types are found by a TypeScript program', () => {
    const file = join(folder.path, 'typed.ts')
    writeFileSync(
      file,
      `import { trigger, type TriggerResult } from 'gitlab-trigger'
      export const id: Promise<number> = trigger({ server: 'https://x', project: 9, ref: 'm', token: 't' }).then((b: TriggerResult) => b.id)
      // @ts-expect-error a project is needed
      void trigger({ server: 'https://x', ref: 'm', token: 't' })`,
    )
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023']
    execFileSync(process.execPath, [resolve('node_modules/typescript/bin/tsc'), ...options, file], {
      cwd: folder.path,
    })
  })
})
