import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { filesBelow } from '../helpers/home.ts'
import { launcher, spawnProgram, type Spawned } from '../helpers/spawn.ts'
import { useFolder } from '../helpers/world.ts'

// The code that V8 has compiled, kept by bin/compiled.js for the next start.

const gitlab = useGitlab()
const folder = useFolder()

const cacheOf = (): string => join(folder().path, 'cache')

/** Types a line where code may be kept. `first` runs before the program. */
async function typed(line: string, first = ''): Promise<Spawned> {
  const driver = join(folder().path, 'driver.cjs')
  writeFileSync(driver, `${first}\nrequire(${JSON.stringify(launcher)})`)
  mkdirSync(cacheOf(), { recursive: true, mode: 0o700 })
  const more = {
    XDG_CACHE_HOME: cacheOf(),
    ...(line.startsWith('status') && { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api }),
  }
  const { env = {} } = environment(gitlab(), more)
  return spawnProgram(process.execPath, [driver, ...line.split(' ')], { env, cwd: folder().path })
}

/** Says of each file of dist/ whether its kept code was taken. */
const telling = `const vm = require('node:vm')
  vm.Script = class extends vm.Script {
    constructor(source, options) {
      super(source, options)
      const is = !options.cachedData ? 'none' : this.cachedDataRejected ? 'rejected' : 'taken'
      console.error(require('node:path').basename(options.filename), is)
    }
  }`

const kept = (name = 'main.cjs'): string =>
  filesBelow(cacheOf()).find((path) => path.endsWith(`/${name}`)) ?? ''

test('a run uses what the runs before it have kept, and adds what they did not need', async () => {
  const lines = async (line: string): Promise<string[]> =>
    (await typed(line, telling)).stderr.trim().split('\n')
  expect(await lines('-V')).toEqual(['main.cjs none'])
  expect(await lines('-V')).toEqual(['main.cjs taken'])
  const small = statSync(kept()).size
  const trigger = ['program.cjs', 'run.cjs', 'send.cjs']
  expect(await lines('--ref master')).toEqual(['main.cjs taken', ...trigger.map((name) => `${name} none`)])
  expect(statSync(kept()).size).toBeGreaterThan(small)
  expect(await lines('--ref master')).toEqual(['main.cjs', ...trigger].map((name) => `${name} taken`))
})

test.each([
  '--ref master',
  '--ref master --json',
  'status 4711',
  '--help',
  'statsu',
  '--ref missing',
  '--ref x --dry-run',
])('%s prints and sends the same with kept code', async (line) => {
  gitlab().addPipeline()
  const shown = ({ code, stdout, stderr }: Spawned): unknown => ({
    code,
    stdout: stdout.replace(/\b47\d\d\b/g, 'ID').replace(/"iid":\d+/, ''),
    stderr: stderr.replace(/\b47\d\d\b/g, 'ID').replace(/^time .*/m, ''),
  })
  await typed('--ref master')
  const without = shown(await typed(line, 'process.env.NODE_DISABLE_COMPILE_CACHE = "1"'))
  const before = posts(gitlab()).at(-1)?.body
  expect(shown(await typed(line))).toEqual(without)
  expect(shown(await typed(line))).toEqual(without)
  expect(String(posts(gitlab()).at(-1)?.body).length).toBe(String(before).length)
})

test('what fails keeps nothing, and a file is readable for this user alone', async () => {
  expect(await typed('statsu')).toMatchObject({ code: 2 })
  expect(filesBelow(cacheOf())).toEqual([])
  await typed('-V')
  expect(statSync(kept()).mode & 0o777).toBe(0o600)
  expect(readdirSync(dirname(kept()))).toEqual(['main.cjs'])
})

describe('kept code that is not of this program, or damaged, is not run but replaced', () => {
  let first: { path: string; bytes: Buffer } | undefined
  /** Lets code be kept as a first run keeps it, which is run once for all tests. Returns its bytes. */
  async function keep(): Promise<Buffer> {
    if (first === undefined) {
      await typed('-V')
      first = { path: relative(cacheOf(), kept()), bytes: readFileSync(kept()) }
    }
    const path = join(cacheOf(), first.path)
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(path, first.bytes, { mode: 0o600 })
    return first.bytes
  }

  test('but taken where nothing was changed', async () => {
    await keep()
    expect((await typed('-V', telling)).stderr).toBe('main.cjs taken\n')
  })

  /** A bit is turned at a part of the file's length. */
  const flipped =
    (part: number) =>
    (bytes: Buffer): Buffer => {
      const at = Math.floor(bytes.length * part)
      const copy = Buffer.from(bytes)
      copy[at] = (copy[at] ?? 0) ^ 4
      return copy
    }
  const replaced =
    (from: string, to: string) =>
    (bytes: Buffer): Buffer => {
      const text = bytes.toString('latin1')
      expect(text).toContain(from)
      return Buffer.from(text.replace(from, to), 'latin1')
    }
  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['empty', () => Buffer.alloc(0)],
    ['one byte', (bytes) => bytes.subarray(0, 1)],
    ['without code', (bytes) => bytes.subarray(0, statSync('dist/main.cjs').size + 80)],
    ['cut by a half', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['cut by a byte', (bytes) => bytes.subarray(0, -1)],
    ['cut by two', (bytes) => bytes.subarray(0, -2)],
    ['longer by two', (bytes) => Buffer.concat([bytes, Buffer.from('xx')])],
    ['zeros', (bytes) => Buffer.alloc(bytes.length)],
    ...Array.from({ length: 12 }, (_, at): [string, (bytes: Buffer) => Buffer] => [
      `a bit turned at ${at}/12`,
      flipped((at + 0.5) / 12),
    ]),
    ['of another Node', replaced(process.version, 'v20.18.1')],
    ['of another V8', replaced(process.versions.v8, '11.3.244.7')],
    ['of another processor', replaced(` ${process.arch} `, ' mips ')],
    ['of another binary', replaced(` ${statSync(process.execPath).size} `, ' 12345 ')],
    ['of another bundle of the same length', replaced('No pipeline was created', 'No build was Triggered')],
  ])('%s', async (_, change) => {
    const whole = await keep()
    writeFileSync(kept(), change(whole))
    const { code, stderr } = await typed('-V', telling)
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'main.cjs none\n' })
    expect((await typed('-V', telling)).stderr).toBe('main.cjs taken\n')
  })

  test('a FIFO in its place', async () => {
    await keep()
    execFileSync('sh', ['-c', 'rm "$1" && mkfifo "$1"', '-', kept()])
    expect((await typed('-V', telling)).stderr).toBe('main.cjs none\n')
  })
})

test('a bug in kept code is told with its place in the source', async () => {
  await typed('config path')
  const broken = `require(${JSON.stringify(resolve('bin/compiled.js'))}).useCompiled()
    const { main, processContext } = require(${JSON.stringify(resolve('dist/main.cjs'))})
    main(['config', 'path'], { ...processContext(), env: null }).then((code) => process.exit(code))`
  const place = async (first: string): Promise<string | undefined> =>
    /this is a bug in gitlab-trigger: TypeError: .* at ([\w-]+\.ts:\d+:\d+)\n/.exec(
      (await typed('-V', first)).stderr,
    )?.[1]
  const without = await place(`process.env.NODE_DISABLE_COMPILE_CACHE = '1'\n${broken}`)
  expect(without).toMatch(/\.ts/)
  expect(await place(broken)).toBe(without)
})

describe('what is compiled is kept only where nobody else can write (G1)', () => {
  /** Where the code of a run is kept. */
  function keptAt(cache: string, cwd: string, more: Record<string, string> = {}): string {
    execFileSync(process.execPath, [launcher, '-V'], { cwd, env: { XDG_CACHE_HOME: cache, ...more } })
    const files = filesBelow(folder().path).filter((path) => path.endsWith('main.cjs'))
    expect(files.length).toBeLessThan(2)
    return files.map((path) => dirname(dirname(path))).join()
  }

  function place(): { cache: string; work: string } {
    const [cache, work] = [join(folder().path, 'cache'), join(folder().path, 'work')]
    mkdirSync(cache, { mode: 0o700 })
    mkdirSync(join(work, '.git'), { recursive: true })
    return { cache, work }
  }

  test("in the user's cache folder", () => {
    const { cache, work } = place()
    expect(keptAt('', work, { HOME: folder().path })).toBe('')
    expect(keptAt(cache, work)).toBe(join(cache, 'gitlab-trigger'))
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
