// Compiles src/ into build/, and bundles it into dist/: a small file that the launcher loads, and others that are loaded when needed
// (bundle/plan.mjs). esbuild itself splits only ES modules, and into more and smaller files than is useful,
// so each file is bundled separately and told which modules are in other files.
import { build, transform } from 'esbuild'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, relative, resolve } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { decode, encode } from '@jridgewell/sourcemap-codec'
import { apart, chunks, entries, instead, late, lateBuiltins, packed, usual } from './bundle/plan.mjs'
import { licencesOf, packageOf, typesOf } from './bundle/licences-and-types.mjs'

/** TypeScript's compiler writes build/ in parallel: the types of the libraries are taken from there. Its own messages say what is wrong. */
const compiler = spawn(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
  stdio: 'inherit',
})
const compiled = once(compiler, 'close')

/** A source map that leads to lines and not to columns, and names nothing: that is half of it, and enough for a stack. */
function shippedMap(text) {
  const map = JSON.parse(text)
  let last = ''
  const mappings = decode(map.mappings).map((segments) =>
    segments.flatMap(([column, source, line]) => {
      const place = `${source}:${line}`
      if (source === undefined || place === last) return []
      last = place
      return [[column, source, line, 0]]
    }),
  )
  return JSON.stringify({ ...map, names: [], mappings: encode(mappings) })
}

/** The files of dist/ that other programs import. */
const libraries = ['index', 'sandbox-library']

const root = resolve(import.meta.dirname, '..')
const language = { platform: 'node', target: 'node20', logLevel: 'warning' }
const options = {
  ...language,
  absWorkingDir: root,
  bundle: true,
  format: 'cjs',
  // import() of a Node module would load Node's ES module loader, which takes 5 ms.
  supported: { 'dynamic-import': false },
  external: ['typescript'],
  legalComments: 'none',
  write: false,
  metafile: true,
}

const isLate = (path) => late.some((each) => (each.endsWith('/') ? path.startsWith(each) : path === each))
const builtin = (path) => path.replace(/^node:/, '')

const replaced = new Set()

/** An esbuild plug-in. `elsewhere` returns the expression for a module that belongs to another file. */
function planPlugin(elsewhere) {
  return {
    name: 'plan',
    setup(esbuild) {
      esbuild.onResolve({ filter: /.*/ }, async ({ path, pluginData, ...from }) => {
        if (pluginData === 'resolved here' || from.kind === 'entry-point') return undefined
        const found = await esbuild.resolve(path, { ...from, pluginData: 'resolved here' })
        if (found.errors.length > 0) return found
        const file = isBuiltin(path) ? builtin(path) : relative(root, found.path)
        const replacedKey = [file, `${file} in ${packageOf(relative(root, from.importer))}`].find(
          (each) => each in instead,
        )
        if (replacedKey !== undefined) replaced.add(replacedKey)
        const real = instead[replacedKey] ?? file
        const expression = elsewhere(real, from.kind)
        if (expression !== undefined) return { path: `#${expression}`, external: true }
        return found.external && real === file
          ? found
          : { path: resolve(root, real), sideEffects: found.sideEffects }
      })
    },
  }
}

/** Replaces the placeholders by the expressions. Around a late module of Node's, what esbuild does for a default import would read all its names. */
const withExpressions = (code) =>
  code
    .replace(/__toESM\(require\("#(\$late\w+Node)"\)(?:, 1)?\)/g, '$1')
    .replace(/require\("#([^"]+)"\)/g, '$1')

/** Returns all modules by path, with their imports. */
async function readGraph() {
  const { metafile } = await build({
    ...options,
    entryPoints: entries,
    outdir: 'dist',
    plugins: [planPlugin(() => undefined)],
  })
  const unusedReplacements = Object.keys(instead).filter((path) => !replaced.has(path))
  if (unusedReplacements.length > 0)
    throw new Error(`nobody imports any more: ${unusedReplacements.join(', ')}`)
  return metafile.inputs
}

const graph = await readGraph()
const importsOf = (path) => graph[path].imports.filter(({ external }) => !external)
const isCommonJs = (path) => graph[path].format === 'cjs'

/** Whether a module is loaded together with its importer. */
const isAtOnce = ({ path, kind }) => kind !== 'dynamic-import' && !isLate(path) && !apart.includes(path)

/** Assigns each module to a file of dist/: the first that loads it at once. */
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

/** The modules that are used by other files, with their exported names. */
const names = new Map([...new Set(crossing.map(({ path }) => path))].map((path, at) => [path, `m${at}`]))

/** The expression that loads a file of dist/. */
const loading = (chunk) =>
  packed.includes(chunk) ? `require('../bin/unpack.js')('${chunk}')` : `require('./${chunk}.cjs')`

const inFile = (path) => `${names.get(path)}${isCommonJs(path) ? '()' : ''}`
const lazily = (path) => `${loading(owner.get(path))}.${inFile(path)}`

/** The variable of a late module in a file of dist/: a proxy that loads the module when a property is first read. */
const lateName = (path) => `$late_${path.replace(/\W/g, '_')}${lateBuiltins.includes(path) ? 'Node' : ''}`

/** The proxy. `default` of a module of Node's is itself. */
const lateProxy = (path) =>
  lateBuiltins.includes(path)
    ? `$on(() => process.getBuiltinModule('${path}'), 'default')`
    : `$on(() => ${lazily(path)})`

const on = `$on = (load, whole) => {
  let all
  return new Proxy({}, { get: (_, name) => (all ??= load(), name === whole ? all : all[name]) })
}`

/** The head of a file: it requires the other files that are needed at once, and makes the proxies of its late modules. */
function headOf(chunk, needed, lateOnes) {
  const first = chunk === 'main' ? [on] : ["$main = require('./main.cjs')", '$on = $main.on']
  const files = [...needed].map((file) => `$${file} = ${loading(file)}`)
  const proxies = [...lateOnes].map((path) => `${lateName(path)} = ${lateProxy(path)}`)
  return `const ${[...first, ...files, ...proxies].join(', ')}`
}

function contentsOf(chunk) {
  const own = entries.filter((path) => owner.get(path) === chunk)
  const exported = [...names].filter(([path]) => owner.get(path) === chunk)
  return [
    ...own.map((path) => `export * from './${path}'`),
    ...exported.map(([path, name]) =>
      isCommonJs(path)
        ? `export const ${name} = () => require('./${path}')`
        : `export * as ${name} from './${path}'`,
    ),
    ...(chunk === 'main' ? ['export const on = $on'] : []),
  ].join('\n')
}

/**
 * Throws if a file of dist/ would load a module of Node's that is late or replaced, or a late module at once: to import its default or its
 * namespace reads all its names.
 */
function refuseNeedless(chunk, { imports, inputs }, text) {
  const inside = new Set(Object.keys(inputs).map(packageOf))
  const isNeedless = (name) =>
    lateBuiltins.includes(name) || [...inside].some((each) => `${name} in ${each}` in instead)
  const needless = imports.map(({ path }) => builtin(path)).filter(isNeedless)
  const atOnce = /__(?:toESM|reExport)\([^()]*(\$late\w+)/.exec(text)?.[1]
  const what = atOnce ?? needless[0]
  if (what !== undefined) throw new Error(`dist/${chunk}.cjs would load ${what} at once`)
}

async function bundle(chunk) {
  const needed = new Set()
  const lateOnes = new Set()
  const later = (path) => {
    lateOnes.add(path)
    return lateName(path)
  }
  const elsewhere = (path, kind) => {
    if (lateBuiltins.includes(path)) return later(path)
    if (!names.has(path) || owner.get(path) === chunk) return undefined
    if (kind === 'dynamic-import' || apart.includes(path)) return lazily(path)
    if (isLate(path) || (!usual.includes(owner.get(path)) && !isCommonJs(path))) return later(path)
    if (owner.get(path) !== 'main') needed.add(owner.get(path))
    return `$${owner.get(path)}.${inFile(path)}`
  }
  const stdin = { contents: contentsOf(chunk), resolveDir: root, sourcefile: `${chunk}.mjs` }
  const plugins = [planPlugin(elsewhere)]
  const whole = await build({
    ...options,
    stdin,
    outfile: `dist/${chunk}.cjs`,
    sourcemap: 'inline',
    sourcesContent: false,
    plugins,
  })
  const [{ text }] = whole.outputFiles
  const expressed = withExpressions(text)
  refuseNeedless(chunk, whole.metafile.outputs[`dist/${chunk}.cjs`], expressed)
  const code = `${headOf(chunk, needed, lateOnes)};${expressed}`
  const { code: small, map } = await transform(code, {
    ...language,
    format: 'cjs',
    minify: true,
    sourcemap: 'external',
    sourcesContent: false,
    sourcefile: `dist/${chunk}.cjs`,
  })
  // Node's detection of the names that ES modules can import needs this expression, which the minifier
  // removes.
  const exported = /^0 && \(module\.exports = \{[^}]*\}\)/m.exec(text)?.[0].replace(/\s+/g, '') ?? ''
  if (packed.includes(chunk)) writeFileSync(`dist/${chunk}.cjs.br`, brotliCompressSync(small))
  else writeFileSync(`dist/${chunk}.cjs`, libraries.includes(chunk) ? `${small}${exported}\n` : small)
  // Compressed, since source maps are half of the installed size.
  writeFileSync(`dist/${chunk}.cjs.map.br`, brotliCompressSync(shippedMap(map)))
  return Object.keys(whole.metafile.outputs[`dist/${chunk}.cjs`].inputs)
}

mkdirSync('dist', { recursive: true })
const bundled = []
for (const chunk of Object.keys(chunks)) bundled.push(...(await bundle(chunk)))
writeFileSync('dist/licences.txt', licencesOf(bundled))
const [status] = await compiled
if (status !== 0) process.exit(status ?? 1)
const types = new Map()
for (const library of libraries) typesOf('build', library, types)
for (const [path, text] of types) {
  mkdirSync(dirname(`dist/${path}`), { recursive: true })
  writeFileSync(`dist/${path}.d.cts`, text)
}
