// Bundles src/ into dist/: one small file that the launcher loads, and others that are loaded when they are needed (bundle/plan.mjs). esbuild itself
// splits ES modules only, and into more and smaller files than pay; so it is told, for each file, what stands in another one.
import { build, transform } from 'esbuild'
import { mkdirSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, relative, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { apart, chunks, entries, instead, late, lateBuiltins } from './bundle/plan.mjs'
import { licencesOf, packageOf, typesOf } from './bundle/papers.mjs'

const root = resolve(import.meta.dirname, '..')
const language = { platform: 'node', target: 'node20', logLevel: 'warning' }
const options = {
  ...language,
  absWorkingDir: root,
  bundle: true,
  format: 'cjs',
  // import() of a module of Node would load the loader of ES modules: 5 ms.
  supported: { 'dynamic-import': false },
  external: ['typescript'],
  legalComments: 'none',
  write: false,
  metafile: true,
}

const isLate = (path) => late.some((each) => (each.endsWith('/') ? path.startsWith(each) : path === each))
const builtin = (path) => path.replace(/^node:/, '')

const replaced = new Set()

/** esbuild's plug-in. `elsewhere` tells by which expression a module is reached that is not to become part of this file. */
function planned(elsewhere) {
  return {
    name: 'plan',
    setup(esbuild) {
      esbuild.onResolve({ filter: /.*/ }, async ({ path, pluginData, ...from }) => {
        if (pluginData === 'resolved here' || from.kind === 'entry-point') return undefined
        const found = await esbuild.resolve(path, { ...from, pluginData: 'resolved here' })
        if (found.errors.length > 0) return found
        const file = isBuiltin(path) ? builtin(path) : relative(root, found.path)
        const asked = [file, `${file} in ${packageOf(relative(root, from.importer))}`].find(
          (each) => each in instead,
        )
        if (asked !== undefined) replaced.add(asked)
        const real = instead[asked] ?? file
        const expression = elsewhere(real, from.kind)
        if (expression !== undefined) return { path: `#${expression}`, external: true }
        return found.external ? found : { path: resolve(root, real), sideEffects: found.sideEffects }
      })
    },
  }
}

/** Puts the expressions in their places. */
const withExpressions = (code) => code.replace(/require\("#([^"]+)"\)/g, '$1')

/** All modules, by path, and what each imports. */
async function readGraph() {
  const { metafile } = await build({
    ...options,
    entryPoints: entries,
    outdir: 'dist',
    plugins: [planned(() => undefined)],
  })
  const gone = Object.keys(instead).filter((path) => !replaced.has(path))
  if (gone.length > 0) throw new Error(`nobody imports any more: ${gone.join(', ')}`)
  return metafile.inputs
}

const graph = await readGraph()
const importsOf = (path) => graph[path].imports.filter(({ external }) => !external)
const isCommonJs = (path) => graph[path].format === 'cjs'

/** Whether a module is loaded together with the one that imports it. */
const isAtOnce = ({ path, kind }) => kind !== 'dynamic-import' && !isLate(path) && !apart.includes(path)

/** Which file of dist/ each module belongs to: the first that needs it at once. */
function assign() {
  const owner = new Map()
  const take = (chunk, path) => {
    if (owner.has(path)) return
    if (!graph[path]) throw new Error(`nothing is there any more for ${chunk}: ${path}`)
    owner.set(path, chunk)
    for (const each of importsOf(path)) if (isAtOnce(each)) take(chunk, each.path)
  }
  const named = Object.values(chunks).flat()
  const later = Object.keys(graph).flatMap((path) => importsOf(path).filter((each) => !isAtOnce(each)))
  const unnamed = later.map(({ path }) => path).filter((path) => !named.includes(path))
  for (const [chunk, paths] of Object.entries(chunks)) {
    for (const path of chunk === 'other' ? unnamed : paths) take(chunk, path)
  }
  return owner
}

const owner = assign()
const crossing = Object.keys(graph).flatMap((from) =>
  importsOf(from).filter(({ path }) => owner.get(path) !== owner.get(from)),
)

/** The modules that other files than their own need, each with its name there. */
const names = new Map([...new Set(crossing.map(({ path }) => path))].map((path, at) => [path, `m${at}`]))

const inFile = (path) => `${names.get(path)}${isCommonJs(path) ? '()' : ''}`
const lazily = (path) => `require('./${owner.get(path)}.cjs').${inFile(path)}`
const lateName = (path) => path.replace(/\W/g, '_')

/** An object in place of a module: what is asked of it loads the module. */
const latecomers = () => [
  ...lateBuiltins.map((name) => `${lateName(name)}: $on(() => process.getBuiltinModule('${name}'))`),
  ...[...names.keys()].filter(isLate).map((path) => `${lateName(path)}: $on(() => ${lazily(path)})`),
]

/** What stands at the top of a file: the other files that it needs at once. */
function headOf(chunk, needed) {
  if (chunk === 'main')
    return `const $on = (load) => new Proxy({}, { get: (_, name) => load()[name] }), $late = { ${latecomers().join(', ')} }`
  const files = [...needed].map((file) => `$${file} = require('./${file}.cjs')`)
  return `const ${["$main = require('./main.cjs')", '$late = $main.late', ...files].join(', ')}`
}

function contentsOf(chunk) {
  const own = entries.filter((path) => owner.get(path) === chunk)
  const lent = [...names].filter(([path]) => owner.get(path) === chunk)
  return [
    ...own.map((path) => `export * from './${path}'`),
    ...lent.map(([path, name]) =>
      isCommonJs(path)
        ? `export const ${name} = () => require('./${path}')`
        : `export * as ${name} from './${path}'`,
    ),
    ...(chunk === 'main' ? ['export const late = $late'] : []),
  ].join('\n')
}

async function bundle(chunk) {
  const needed = new Set()
  const elsewhere = (path, kind) => {
    if (lateBuiltins.includes(path)) return `$late.${lateName(path)}`
    if (!names.has(path) || owner.get(path) === chunk) return undefined
    if (kind === 'dynamic-import' || apart.includes(path)) return lazily(path)
    if (isLate(path)) return `$late.${lateName(path)}`
    if (owner.get(path) !== 'main') needed.add(owner.get(path))
    return `$${owner.get(path)}.${inFile(path)}`
  }
  const stdin = { contents: contentsOf(chunk), resolveDir: root, sourcefile: `${chunk}.mjs` }
  const plugins = [planned(elsewhere)]
  const whole = await build({
    ...options,
    stdin,
    outfile: `dist/${chunk}.cjs`,
    sourcemap: 'inline',
    sourcesContent: false,
    plugins,
  })
  const [{ text }] = whole.outputFiles
  const code = `${headOf(chunk, needed)};${withExpressions(text)}`
  const { code: small, map } = await transform(code, {
    ...language,
    format: 'cjs',
    minify: true,
    sourcemap: 'external',
    sourcesContent: false,
    sourcefile: `dist/${chunk}.cjs`,
  })
  // By this Node knows the names that an ES module can import; to a minifier it does nothing.
  const exported = /^0 && \(module\.exports = \{[^}]*\}\)/m.exec(text)?.[0].replace(/\s+/g, '') ?? ''
  writeFileSync(`dist/${chunk}.cjs`, chunk === 'index' ? `${small}${exported}\n` : small)
  // Packed, because they are half of what would be installed.
  writeFileSync(`dist/${chunk}.cjs.map.gz`, gzipSync(map, { level: 9 }))
  return Object.keys(whole.metafile.outputs[`dist/${chunk}.cjs`].inputs)
}

mkdirSync('dist', { recursive: true })
const bundled = []
for (const chunk of Object.keys(chunks)) bundled.push(...(await bundle(chunk)))
writeFileSync('dist/licences.txt', licencesOf(bundled))
for (const [path, text] of typesOf('build')) {
  mkdirSync(dirname(`dist/${path}`), { recursive: true })
  writeFileSync(`dist/${path}.d.cts`, text)
}
