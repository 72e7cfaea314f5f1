import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { environment, useGitlab } from '../helpers/gitlab.ts'
import { launcher, spawnProgram } from '../helpers/spawn.ts'
import { useFolder } from '../helpers/world.ts'

// What the real program asks of Node and V8, on the version that runs the tests.

const gitlab = useGitlab()
const folder = useFolder()

/** What is known at the end of a run: Node's own modules, and what V8 was told. */
interface End {
  modules: string[]
  flags: string[]
  /** Depends on all of V8's flags. */
  tags: [before: number, after: number]
}

/** Types a line; `first` runs before the program. */
async function endOf(line: string, first = ''): Promise<End> {
  const [hook, list] = [join(folder().path, 'hook.cjs'), join(folder().path, 'end')]
  writeFileSync(
    hook,
    `${first}
    const flags = []
    let v8, tag
    const { getBuiltinModule } = process
    process.getBuiltinModule = (name) => {
      if (name !== 'node:v8') return getBuiltinModule(name)
      v8 ??= getBuiltinModule(name)
      tag ??= v8.cachedDataVersionTag()
      return { setFlagsFromString: (flag) => { flags.push(flag); v8.setFlagsFromString(flag) } }
    }
    process.on('exit', () => {
      const modules = process.moduleLoadList.map((name) => name.replace(/^NativeModule /, ''))
      require('fs').writeFileSync(${JSON.stringify(list)}, JSON.stringify({ modules, flags, tags: [tag, v8?.cachedDataVersionTag()] }))
    })`,
  )
  gitlab().addPipeline()
  const more = {
    HOME: folder().path,
    ...(line.startsWith('status') && { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api }),
  }
  const { env = {} } = environment(gitlab(), more)
  const argv = ['--require', hook, launcher, ...line.split(' ')]
  expect(await spawnProgram(process.execPath, argv, { env })).toMatchObject({ code: 0, stderr: '' })
  return JSON.parse(readFileSync(list, 'utf8')) as End
}

/** V8's own budget for WebAssembly, by itself. */
const budget = /wasm-tiering-budget=(\d+)/.exec(
  execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' }),
)?.[1]

test.each(['--ref master', 'status 4711'])(
  "%s: V8's budget for WebAssembly is held, and put back",
  async (line) => {
    const { flags, tags } = await endOf(line)
    expect(flags.slice(0, 2)).toEqual([
      '--wasm-tiering-budget=1000000000',
      `--wasm-tiering-budget=${String(budget)}`,
    ])
    expect(flags.at(-1)).toBe(flags[1])
    expect(tags[1]).toBe(tags[0])
  },
)

test('a V8 whose budget is not known is left alone', async () => {
  const unknown = `Object.defineProperty(process, 'versions', { value: { ...process.versions, v8: '99.1.2' } })`
  expect((await endOf('--ref master', unknown)).flags).toEqual([])
})

test.each(['--ref master', 'status 4711'])(
  "%s loads no module of Node's that it has no use for",
  async (line) => {
    const { modules } = await endOf(line)
    const needless = [
      'assert',
      'http',
      '_http_server',
      'https',
      'tls',
      '_tls_wrap',
      'child_process',
      'dns/promises',
      'fs/promises',
    ]
    if (process.versions.node.startsWith('20.')) needless.push('module')
    expect(modules.filter((name) => needless.includes(name))).toEqual([])
  },
)

test("what stands in for llhttp's constants has all that undici uses, with the same values", () => {
  const require = createRequire(import.meta.url)
  const parser = readFileSync(require.resolve('undici/lib/dispatcher/client-h1.js'), 'utf8')
  const used = [...new Set(Array.from(parser.matchAll(/\bconstants\.([A-Z]\w*)/g), ([, name]) => name))]
  const ours = require('../../scripts/bundle/instead/llhttp-constants.cjs') as object
  expect(Object.keys(ours).sort()).toEqual(used.sort())
  expect(require('undici/lib/llhttp/constants.js')).toMatchObject(ours)
  const { ERROR } = require('undici/lib/llhttp/constants.js') as { ERROR: object }
  expect(ours).toHaveProperty('ERROR', ERROR)
})
