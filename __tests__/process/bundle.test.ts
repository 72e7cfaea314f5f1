import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
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
  ['--version', ['main']],
  ['--help', ['main', 'program', 'tables']],
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
  expect(told).toMatch(/this is a bug of gitlab-trigger: TypeError: .* at [\w-]+\.ts:\d+:\d+\n/)
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

describe('what is compiled is kept only where nobody else can write (G1)', () => {
  /** Where it would be kept, as bin/compiled.js says to Node. */
  function keptAt(cache: string, cwd: string, more: Record<string, string> = {}): string {
    const script = `require('node:module').enableCompileCache = (path) => process.stdout.write(path)
      require(${JSON.stringify(resolve('bin/compiled.js'))}).keepCompiled()`
    return execFileSync(process.execPath, ['-e', script], {
      cwd,
      env: { XDG_CACHE_HOME: cache, ...more },
      encoding: 'utf8',
    })
  }

  function place(): { cache: string; work: string } {
    const [cache, work] = [join(folder().path, 'cache'), join(folder().path, 'work')]
    mkdirSync(cache, { mode: 0o700 })
    mkdirSync(join(work, '.git'), { recursive: true })
    return { cache, work }
  }

  test("in the user's cache folder", () => {
    const { cache, work } = place()
    expect(keptAt(cache, work)).toBe(join(cache, 'gitlab-trigger'))
    expect(keptAt('', work, { HOME: folder().path })).toBe('')
  })

  test.each(['CI', 'NODE_DISABLE_COMPILE_CACHE'])('not with %s', (name) => {
    const { cache, work } = place()
    expect(keptAt(cache, work, { [name]: '1' })).toBe('')
  })

  test('not in the checkout, by whatever way', () => {
    const { work } = place()
    mkdirSync(join(work, 'cache'), { mode: 0o700 })
    symlinkSync(join(work, 'cache'), join(folder().path, 'link'))
    mkdirSync(join(work, 'deep/er'), { recursive: true })
    expect(keptAt(join(work, 'cache'), work)).toBe('')
    expect(keptAt(join(folder().path, 'link'), join(work, 'deep/er'))).toBe('')
  })

  test.each([
    ['the cache folder', 'cache', 0o777],
    ['a folder above it', '.', 0o775],
    ['our own', 'cache/gitlab-trigger', 0o755],
  ])('not where others can get at %s', (_, path, mode) => {
    const { cache, work } = place()
    mkdirSync(join(cache, 'gitlab-trigger'), { mode: 0o700 })
    chmodSync(join(folder().path, path), mode)
    expect(keptAt(cache, work)).toBe('')
  })

  test('not where ours is a link', () => {
    const { cache, work } = place()
    mkdirSync(join(folder().path, 'elsewhere'), { mode: 0o700 })
    symlinkSync(join(folder().path, 'elsewhere'), join(cache, 'gitlab-trigger'))
    expect(keptAt(cache, work)).toBe('')
  })
})
