import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'
import { join, resolve } from 'node:path'
import { commandTable } from '../../src/cli/table/index.ts'
import { schemaFiles } from '../../src/output/schemas/files.ts'
import { environment, lastFields, useGitlab } from '../helpers/gitlab.ts'
import { spawnProgram } from '../helpers/spawn.ts'
import { newFolder } from '../helpers/world.ts'

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

interface Pack {
  filename: string
  unpackedSize: number
  files: { path: string }[]
}

/** Packs a copy of what is packed, as npm pack does but without another build, which other tests would see. */
function packInto(folder: string): Pack {
  const copy = join(folder, 'copy')
  for (const path of ['bin', 'dist', 'scripts', ...papers, 'package.json'])
    cpSync(path, join(copy, path), { recursive: true })
  const manifestTask = (task: string): Buffer =>
    execFileSync(process.execPath, ['scripts/manifest.mjs', task], { cwd: copy })
  manifestTask('without-dependencies')
  const line = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
  const packed = execFileSync('npm', line, {
    cwd: copy,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  manifestTask('as-it-was')
  expect(readFileSync(join(copy, 'package.json'), 'utf8')).toBe(readFileSync('package.json', 'utf8'))
  const [pack] = JSON.parse(packed) as Pack[]
  if (!pack) throw new Error('nothing was packed')
  return pack
}

const firstWords = [...new Set(commandTable.map(({ name }) => name.split(' ')[0] ?? ''))]
const manPages = [
  ...['', ...firstWords.map((word) => `-${word}`)].map((command) => `gitlab-trigger${command}.1.gz`),
  'gitlab-trigger-config.5.gz',
  'gitlab-trigger-exit-codes.7.gz',
]

const papers = ['CHANGELOG.md', 'LICENSE', 'README.md']

describe('installed from its pack into an empty folder', () => {
  const gitlab = useGitlab()
  let folder: ReturnType<typeof newFolder>
  let pack: Pack
  let installed: string

  beforeAll(() => {
    folder = newFolder()
    writeFileSync(join(folder.path, 'package.json'), '{ "private": true, "type": "module" }')
    pack = packInto(folder.path)
    const line = ['install', '--offline', '--no-audit', '--no-fund', join(folder.path, pack.filename)]
    execFileSync('npm', line, { cwd: folder.path, stdio: 'ignore' })
    installed = join(folder.path, 'node_modules/gitlab-trigger')
  })
  afterAll(() => {
    folder.remove()
  })

  test('it is one package of no more than 1.5 MB, without scripts (T126)', () => {
    const packages = readdirSync(join(folder.path, 'node_modules')).filter((name) => !name.startsWith('.'))
    expect(packages).toEqual(['gitlab-trigger'])
    expect(pack.unpackedSize).toBeLessThan(1_500_000)
    const packed = readJson(join(installed, 'package.json'))
    expect(packed).not.toHaveProperty('dependencies')
    expect(packed).not.toHaveProperty('scripts')
  })

  test('it holds the launcher, the bundle with its maps and types, and its papers, nothing else (T125)', () => {
    const paths = pack.files.map(({ path }) => path)
    const bundle =
      /^dist\/(main|program|tables|results|help|run|wide|logs|reads|send|preview|config|failure|follow|proxy|chalk|sandbox|sandbox-library|schedule|artifacts|manage|tokens|edit|login|batch|csv|other|index|library|pipelines|plainwasm)\.cjs(\.br|\.map\.br)?$/
    expect(paths.filter((path) => bundle.test(path))).toHaveLength(62)
    const isSandboxType = (path: string): boolean => /^dist\/sandbox\/[\w/-]+\.d\.cts$/.test(path)
    expect(paths.filter((path) => !bundle.test(path) && !isSandboxType(path)).sort()).toEqual(
      [
        ...papers,
        'bin/compiled.js',
        'bin/gitlab-trigger.js',
        'bin/package.json',
        'bin/stack.js',
        'bin/start.js',
        'bin/unpack.js',
        'dist/config-schema.json',
        'dist/core/build.d.cts',
        'dist/core/errors.d.cts',
        'dist/core/exit-codes.d.cts',
        'dist/index.d.cts',
        ...['options', 'pipeline-error', 'pipeline-functions', 'pipeline-result', 'trigger'].map(
          (name) => `dist/library/${name}.d.cts`,
        ),
        'dist/licences.txt',
        ...manPages.map((name) => `dist/man/${name}`),
        'dist/plan-schema.json',
        'dist/sandbox-library.d.cts',
        'dist/scenario-schema.json',
        ...Object.keys(schemaFiles()).map((name) => `dist/schemas/${name}`),
        'package.json',
      ].sort(),
    )
  })

  test('the licences of all that is bundled are there', () => {
    const maps = readdirSync(join(installed, 'dist')).filter((name) => name.endsWith('.map.br'))
    const sources = maps.flatMap(
      (name) =>
        (
          JSON.parse(brotliDecompressSync(readFileSync(join(installed, 'dist', name))).toString()) as {
            sources: string[]
          }
        ).sources,
    )
    const packages = new Set(
      sources.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []),
    )
    const text = readFileSync(join(installed, 'dist/licences.txt'), 'utf8')
    expect(packages.size).toBeGreaterThan(8)
    expect([...packages].filter((name) => !text.includes(`\n${name} `))).toEqual([])
    expect(sources.filter((path) => path.startsWith('/'))).toEqual([])
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

  test('a global installation has the man pages where man finds them', () => {
    const prefix = join(folder.path, 'global')
    const line = ['install', '--global', '--prefix', prefix, '--offline', '--no-audit', '--no-fund']
    execFileSync('npm', [...line, join(folder.path, pack.filename)], { stdio: 'ignore' })
    const found = ['man1', 'man5', 'man7'].flatMap((name) => readdirSync(join(prefix, 'share/man', name)))
    expect(found.sort()).toEqual([...manPages].sort())
    const page = ['--manpath', join(prefix, 'share/man'), '7', 'gitlab-trigger-exit-codes']
    expect(execFileSync('man', page, { encoding: 'utf8' })).toContain('GITLAB-TRIGGER-EXIT-CODES(7)')
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

  test('the library follows what it has triggered, in ESM and CommonJS', async () => {
    const { url, tokens } = gitlab()
    const body = (head: string): string => `${head}
      const lib = { trigger, status, wait, cancel, logs, TriggerError, PipelineError }
      void (async () => {
        const { S: server, T: token, A: apiToken } = process.env
        const { id } = await lib.trigger({ server, project: 9, ref: 'master', token })
        const one = { server, project: 9, pipeline: id, apiToken }
        let lines = 0
        for await (const { line } of lib.logs({ ...one, follow: true })) lines += line === '' ? 0 : 1
        const { status } = await lib.wait({ ...one, pollIntervalMs: 10 })
        const again = await lib.cancel(one)
        const failure = await lib.status({ ...one, apiToken: 'x y' }).catch((error) => error)
        const said = { id, lines: lines > 3, status, same: again.status === (await lib.status(one)).status }
        console.log(JSON.stringify({ ...said, ours: failure instanceof lib.TriggerError, exit: failure.exit }))
      })()`
    const names = 'trigger, status, wait, cancel, logs, TriggerError, PipelineError'
    const heads = {
      'all.mjs': `import { ${names} } from 'gitlab-trigger'`,
      'all.cjs': `const { ${names} } = require('gitlab-trigger')`,
    }
    for (const [name, head] of Object.entries(heads)) {
      writeFileSync(join(folder.path, name), body(head))
      const env = { S: url, T: tokens.trigger, A: tokens.api }
      const done = await spawnProgram(process.execPath, [join(folder.path, name)], { env, cwd: folder.path })
      expect(done.stderr).toBe('')
      const said = JSON.parse(done.stdout) as object
      expect(said).toMatchObject({ lines: true, status: 'success', same: true, ours: true, exit: 'usage' })
    }
  })

  test('a trigger by the library loads what it needs only', async () => {
    const file = join(folder.path, 'loads.cjs')
    const loaded = `Object.keys(require.cache).filter((path) => path.includes('/dist/'))`
    writeFileSync(
      file,
      `const { trigger } = require('gitlab-trigger')
      trigger({ server: process.env.S, project: 9, ref: 'master', token: process.env.T, variables: { A: '1' } }).then(() => {
        const { basename } = require('node:path'), { statSync } = require('node:fs'), paths = ${loaded}
        console.log(JSON.stringify({ files: paths.map((path) => basename(path)), bytes: paths.reduce((sum, path) => sum + statSync(path).size, 0) }))
      })`,
    )
    const env = { S: gitlab().url, T: gitlab().tokens.trigger }
    const done = await spawnProgram(process.execPath, [file], { env, cwd: folder.path })
    const { files, bytes } = JSON.parse(done.stdout) as { files: string[]; bytes: number }
    expect(files.sort()).toEqual(['index.cjs', 'library.cjs', 'main.cjs', 'run.cjs', 'send.cjs'])
    expect(bytes).toBeLessThan(335_000)
  })

  test('the sandbox starts from the library, takes a scenario, and ends', async () => {
    const body = `const { startSandbox } = await import('gitlab-trigger/sandbox')
      const { default: schema } = await import('gitlab-trigger/scenario-schema.json', { with: { type: 'json' } })
      const refs = 'projects: [{ id: 5, path: a/b, trigger_tokens: [{ token: glptt-x }], refs: [{ name: main }] }]'
      const sandbox = await startSandbox({ scenario: refs, paceMs: 0 })
      const [{ id: project, triggerTokens: [token] }] = sandbox.projects()
      const { id } = await trigger({ server: sandbox.url, project, ref: 'main', token })
      const paths = sandbox.requests.map(({ path }) => path)
      await sandbox.close()
      console.log(JSON.stringify({ id, paths, keys: Object.keys(schema.properties) }))`
    expect(await runScript(body)).toEqual({
      id: 4711,
      paths: ['/api/v4/projects/5/trigger/pipeline'],
      keys: ['projects', 'api_tokens', 'faults'],
    })
  })

  /** Compiles files strictly, as a program does that installed the package. */
  const compile = (texts: Record<string, string>, ...options: string[]): void => {
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder.path, name), text)
    const node = ['--types', 'node', '--typeRoots', resolve('node_modules/@types')]
    const strict = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--target', 'es2023']
    const compiler = resolve('node_modules/typescript/bin/tsc')
    const line = [compiler, ...strict, ...options, ...node, ...Object.keys(texts)]
    try {
      execFileSync(process.execPath, line, { cwd: folder.path, encoding: 'utf8' })
    } catch (error) {
      throw new Error((error as { stdout: string }).stdout, { cause: error })
    }
  }
  const page = readFileSync('docs/library.md', 'utf8')
  const [, example = ''] = /# The library\n\n```ts\n([\s\S]*?)```/.exec(page) ?? []
  const uses = `import {
      cancel, logs, PipelineError, status, trigger, TriggerError, wait,
      type Build, type BuildState, type CancelOptions, type Downstream, type ExitName, type InputValue, type Job, type LogLine, type LogsOptions,
      type Pipeline, type PipelineOptions, type ServerOptions, type TriggerOptions, type TriggerResult, type WaitEvent, type WaitOptions,
    } from 'gitlab-trigger'
    import { startSandbox, type Sandbox, type Scenario } from 'gitlab-trigger/sandbox'
    const inputs: Record<string, InputValue> = { replicas: 3, zones: ['a'] }
    const server: ServerOptions = { server: 'https://x', signal: new AbortController().signal, ca: undefined, cert: 'c', key: 'k', proxy: 'http://p:3128' }
    const order: TriggerOptions = { ...server, project: 'a/b', ref: 'm', token: 't', inputs }
    export const id: Promise<number> = trigger(order).then((result: TriggerResult) => result.id)
    const one: PipelineOptions = { ...server, pipeline: 'https://x/a/b/-/pipelines/1' }
    export async function all(): Promise<[string, BuildState, ExitName] | undefined> {
      const tree: Pipeline = await status(one)
      const jobs: Job[] = tree.jobs
      const below: (Downstream | null)[] = jobs.map(({ downstream }) => downstream)
      const waiting: WaitOptions = { ...one, play: ['deploy'], cancelOnTimeout: true, onChange: (event: WaitEvent) => { if (event.type === 'changed') below.push(...event.pipeline.jobs.map((job) => job.downstream)) } }
      const started: number | null = (await wait(waiting)).startedAt
      const canceling: CancelOptions = { ...one, downstream: false }
      const reading: LogsOptions = { ...one, job: started ?? 'x', follow: true }
      for await (const { job, jobId, line } of logs(reading)) { const all: LogLine = { job, jobId, line }; void all }
      try { await cancel(canceling) } catch (error) {
        if (error instanceof PipelineError) return [error.pipeline.status, error.build, error.exit]
        if (error instanceof TriggerError && error.build.kind === 'triggered') { const build: Build | null = error.build.build; void build }
      }
      return undefined
    }
    const scenario: Scenario = { projects: [{ id: 1, path: 'a/b', refs: [{ name: 'main' }] }] }
    export const url: Promise<string> = startSandbox({ scenario }).then((sandbox: Sandbox) => sandbox.url)
    // @ts-expect-error refs are needed
    void startSandbox({ scenario: { projects: [{ id: 1, path: 'a/b' }] } })
    // @ts-expect-error a project is needed
    void trigger({ server: 'https://x', ref: 'm', token: 't' })
    // @ts-expect-error a token may be missing
    void trigger({ server: 'https://x', project: 9, ref: 'm', token: process.env['T'] })
    // @ts-expect-error there is no such option
    void wait({ ...one, timeout: 3 })
    // @ts-expect-error lines come one by one
    void logs(one).then`

  test.each([
    ['ESM, node16', '.mts', 'node16', 'node16'],
    ['ESM, nodenext', '.mts', 'nodenext', 'nodenext'],
    ['CommonJS, node16', '.cts', 'node16', 'node16'],
    ['a bundler', '.ts', 'esnext', 'bundler'],
  ])('its types are strict and whole: %s', (_, ending, module, resolution) => {
    // Only ES modules wait at their top.
    const inFunction = `${example.replace('try {', 'async function main() {\n  try {')}}\nvoid main()`
    const texts = { [`uses${ending}`]: uses, [`example${ending}`]: ending === '.cts' ? inFunction : example }
    compile(texts, '--module', module, '--moduleResolution', resolution)
  })

  test('the example of its page is there, and a mistake in it would be seen', () => {
    expect(example).toContain('await wait(')
    const line = ['--module', 'nodenext']
    expect(() => {
      compile({ 'wrong.mts': example.replace("TRIGGER_TOKEN ?? ''", 'TRIGGER_TOKEN') }, ...line)
    }).toThrow(/TS2322|TS2379|TS2345/)
  })
})
