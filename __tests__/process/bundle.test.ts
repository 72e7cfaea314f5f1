import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { environment, lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { run } from '../helpers/run.ts'
import { launcher, spawnClient, spawnProgram } from '../helpers/spawn.ts'
import { useFolder } from '../helpers/world.ts'

const gitlab = useGitlab()
const folder = useFolder()

const env = (): Record<string, string> => environment(gitlab(), { GITLAB_TRIGGER_REF: 'master' }).env ?? {}

/** The names of the program's files that a line loads. */
async function allLoadedBy(line: readonly string[], more: Record<string, string> = {}): Promise<string[]> {
  const hook = join(folder().path, 'hook.cjs')
  const list = join(folder().path, 'loaded')
  writeFileSync(
    hook,
    `process.on('exit', () => require('fs').writeFileSync(${JSON.stringify(list)}, Object.keys(require.cache).join('\\n')))`,
  )
  await spawnProgram(process.execPath, ['--require', hook, launcher, ...line], { env: { ...env(), ...more } })
  return readFileSync(list, 'utf8').split('\n')
}

/** The files of the bundle that a line loads. */
async function loadedBy(line: readonly string[]): Promise<string[]> {
  const files = await allLoadedBy(line)
  return files.filter((path) => path.includes('/dist/')).map((path) => basename(path, '.cjs'))
}

test.each([
  ['--version', []],
  ['-V', ['main']],
  ['--help', ['main', 'program', 'tables', 'help']],
  ['', ['main', 'program', 'run', 'send']],
  ['--dry-run', ['main', 'program', 'run', 'preview']],
])('gitlab-trigger %s loads no more than it needs', async (line, files) => {
  expect(await loadedBy(line.split(' ').filter(Boolean))).toEqual(files)
})

test('nor does a crontab line', async () => {
  const token = join(folder().path, 'the.token')
  writeFileSync(token, gitlab().tokens.trigger, { mode: 0o600 })
  const line = ['--token-file', token, '--jitter', '1ms']
  expect(await loadedBy(line)).toEqual(['main', 'program', 'run', 'send'])
})

test.each([
  '--jobs',
  '--verify',
  '--follow',
  '--token wrong',
  '--server http://127.0.0.1:1 --retry 0',
  '--ref missing --follow --ndjson',
  'status 4711',
  'status 4799',
  'logs 4711 --timeout 1s',
  'wait 4711',
  'cancel 4711',
  'retry 4711',
  'history',
  'pipelines',
  'projects',
  'refs',
  'artifacts 4711',
  'tokens list',
  'tokens test',
  'doctor',
  'run a-recipe',
])('%s reads no source map, and no other command: it does well, or fails in words', async (line) => {
  const { url, tokens } = gitlab()
  gitlab().addPipeline()
  const more = { GITLAB_TRIGGER_SERVER: url, GITLAB_TRIGGER_API_TOKEN: tokens.api, HOME: folder().path }
  const files = await allLoadedBy(line.split(' '), more)
  expect(files).toContain(resolve('dist/program.cjs'))
  expect(files).not.toContain(resolve('bin/stack.js'))
  // What few need is stored compressed, and unpacked by none of these.
  expect(files).not.toContain(resolve('bin/unpack.js'))
})

test('the bundle, with parts of undici, sends the same bytes as the source with all of it', async () => {
  const args = [
    '--var',
    'A=1\r\n--x\r\n',
    '--var',
    'B=----------------gitlab-trigger-0-form',
    '--input',
    'environment=ü',
  ]
  expect(await spawnClient(args, { env: env() })).toMatchObject({ code: 0, stderr: '' })
  expect((await run(args, { env: env() })).code).toBe(0)
  const [bundled, source] = posts(gitlab())
  expect(bundled?.body.toString()).toContain('gitlab-trigger-1-form')
  expect(bundled?.body).toEqual(source?.body)
  expect(bundled?.headers).toEqual(source?.headers)
  expect(lastFields(gitlab())).toMatchObject({ 'variables[B]': '----------------gitlab-trigger-0-form' })
})

test('a bug is told with its place in the source', () => {
  const script = `const { main, processContext } = require(${JSON.stringify(resolve('dist/main.cjs'))})
    main(['config', 'path'], { ...processContext(), env: null }).then((code) => { process.exitCode = code })`
  const shell = `"$0" -e "$1" 2>&1; echo "code $?"`
  const told = execFileSync('/bin/sh', ['-c', shell, process.execPath, script], { encoding: 'utf8' })
  expect(told).toMatch(/this is a bug in gitlab-trigger: TypeError: .* at [\w-]+\.ts:\d+:\d+\n/)
  expect(told).toMatch(/code 1\n$/)
})

test('a file that is stored compressed is loaded once, and its errors are told with their place in the source', () => {
  const script = `const { inSource } = require(${JSON.stringify(resolve('bin/stack.js'))})
    const unpack = require(${JSON.stringify(resolve('bin/unpack.js'))})
    const { startSandbox } = require(${JSON.stringify(resolve('dist/sandbox-library.cjs'))})
    const isSame = unpack('sandbox') === unpack('sandbox') && require.cache[${JSON.stringify(resolve('dist/sandbox.cjs'))}].loaded
    startSandbox({ scenario: 5 }).catch(({ stack }) => console.log(isSame, inSource(stack)))`
  const told = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })
  expect(told).toMatch(/^true RangeError: .*\n +at \S+ \(.*\/src\/sandbox\/scenario\/read\.ts:\d+:\d+\)\n/)
})
