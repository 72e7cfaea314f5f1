import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

/** One import in the source: from a file under src, of a file under src or of a package. */
interface Import {
  from: string
  to: string
  /** `type` imports vanish; `lazy` ones are import(). */
  kind: 'static' | 'type' | 'lazy'
}

const src = resolve('src')

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))

function importsOf(file: string): Import[] {
  const text = readFileSync(join(src, file), 'utf8').replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')
  const target = (to: string): string =>
    to.startsWith('.') ? relative(src, resolve(src, dirname(file), to)) : to
  const statics = [...text.matchAll(/^(?:import|export)\s+(type\s)?[^'";]*?from '([^']+)'/gm)].map(
    ([, type, to = '']): Import => ({ from: file, to: target(to), kind: type ? 'type' : 'static' }),
  )
  const lazies = [...text.matchAll(/\bimport\('([^']+)'\)/g)].map(([, to = '']): Import => ({
    from: file,
    to: target(to),
    kind: 'lazy',
  }))
  return [...statics, ...lazies]
}

const imports = files.flatMap(importsOf)
const folderOf = (file: string): string => (file.includes('/') ? (file.split('/')[0] ?? '') : file)
const isPackage = (to: string): boolean => !to.endsWith('.ts') && !to.startsWith('node:')
const show = ({ from, to, kind }: Import): string => `${from} → ${to} (${kind})`

/** Importable by all (design.md section 3). */
const floor = [
  'budget.ts',
  'build.ts',
  'context.ts',
  'errors.ts',
  'exit-codes.ts',
  'make-folder.ts',
  'secret.ts',
  'shell-quote.ts',
  'status.ts',
  'version.ts',
  'nearest.ts',
  'visible.ts',
]

/** Which folders' code each folder may import, beside the floor and itself. Arrows point down only. */
const arrows: Record<string, readonly string[]> = {
  'main.ts': ['cli', 'output'],
  // The library has no process around it but the clock.
  'index.ts': ['config', 'gitlab', 'http', 'world'],
  cli: [],
  commands: [
    'config',
    'gitlab',
    'http',
    'follow',
    'journal',
    'lock',
    'output',
    'reports',
    'sandbox',
    'schedule',
  ],
  config: [],
  gitlab: ['http'],
  http: [],
  follow: [],
  journal: [],
  output: [],
  lock: [],
  reports: [],
  schedule: [],
  sandbox: [],
  world: [],
}

/** Each package has one door. */
const doors: Record<string, RegExp> = {
  commander: /^cli\//,
  cosmiconfig: /^config\/load\.ts$/,
  'js-yaml': /^(config\/locate-key|schedule\/yaml)\.ts$/,
  undici: /^http\//,
  'form-data': /^http\/multipart\.ts$/,
  croner: /^schedule\/when\.ts$/,
  cronstrue: /^schedule\/spoken\.ts$/,
  chalk: /^output\/style\.ts$/,
  'fastest-levenshtein': /^nearest\.ts$/,
  yauzl: /^reports\/archive\.ts$/,
  'string-width': /^output\/width\.ts$/,
}

test('there is something to look at', () => {
  expect(files.length).toBeGreaterThan(30)
  expect(imports.length).toBeGreaterThan(100)
})

test('arrows point down only', () => {
  const wrong = imports.filter(({ from, to, kind }) => {
    const [here, there] = [folderOf(from), folderOf(to)]
    if (isPackage(to) || to.startsWith('node:') || kind === 'type' || here === there) return false
    if (floor.includes(there)) return here === 'sandbox'
    if (here === 'cli' && there === 'commands') return kind !== 'lazy'
    return !(arrows[here] ?? []).includes(there)
  })
  expect(wrong.map(show)).toEqual([])
})

test('the sandbox shares nothing with the client, not even types', () => {
  const wrong = imports.filter(({ from, to }) => {
    const crosses = (folderOf(from) === 'sandbox') !== (folderOf(to) === 'sandbox')
    return crosses && !to.startsWith('node:') && from !== 'commands/sandbox.ts'
  })
  const ours = wrong.filter(({ from, to }) => folderOf(from) === 'sandbox' || folderOf(to) === 'sandbox')
  expect(ours.map(show)).toEqual([])
})

test('each package has one door', () => {
  const wrong = imports.filter(({ from, to }) => isPackage(to) && !(doors[to]?.test(from) ?? false))
  expect(wrong.map(show)).toEqual([])
})

test('commands know no commander, and take no types from cli', () => {
  const wrong = imports.filter(({ from, to }) => folderOf(from) === 'commands' && folderOf(to) === 'cli')
  expect(wrong.map(show)).toEqual([])
})

test('from main, the static imports reach no package and nothing heavy', () => {
  const reached = new Set<string>()
  const visit = (file: string): void => {
    for (const { to } of imports.filter(({ from, kind }) => from === file && kind === 'static')) {
      if (reached.has(to)) continue
      reached.add(to)
      visit(to)
    }
  }
  visit('main.ts')
  const packages = [...reached].filter(isPackage)
  expect(packages).toEqual([])
  expect([...reached].filter((to) => /^node:(http|https|tls|crypto|child_process)$/.test(to))).toEqual([])
})

test('every exported symbol has a doc comment', () => {
  const bare = files.flatMap((file) => {
    const lines = readFileSync(join(src, file), 'utf8').split('\n')
    return lines.flatMap((line, at) => {
      const isExport = /^export (async )?(function|const|interface|type|class) \w/.test(line)
      return isExport && !(lines[at - 1] ?? '').endsWith('*/') ? [`${file}:${at + 1}`] : []
    })
  })
  expect(bare).toEqual([])
})
