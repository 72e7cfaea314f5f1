// Bundles src/ into dist/: one small file that the launcher loads, and others that are loaded when they are needed (bundle/plan.mjs). esbuild itself
// splits ES modules only, and into more and smaller files than pay; so it is told, for each file, what stands in an earlier one.
import { build } from 'esbuild'
import { isBuiltin } from 'node:module'
import { relative, resolve } from 'node:path'
import { writeFileSync } from 'node:fs'
import { chunks, entries, instead, late, lateBuiltins } from './bundle/plan.mjs'

const root = resolve(import.meta.dirname, '..')
const options = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // import() of a module of Node would load the loader of ES modules: 5 ms.
  supported: { 'dynamic-import': false },
  external: ['typescript'],
  legalComments: 'none',
  logLevel: 'warning',
  write: false,
  metafile: true,
}

/** esbuild's plug-in; `elsewhere` tells for a module what to require in its place, if it is not to become part of this file. */
function planned(elsewhere) {
  return {
    name: 'plan',
    setup(esbuild) {
      esbuild.onResolve({ filter: /.*/ }, async ({ path, pluginData, ...from }) => {
        if (/^\.\/\w+\.cjs#/.test(path)) return { path, external: true }
        if (pluginData === 'resolved here' || from.kind === 'entry-point') return undefined
        const found = await esbuild.resolve(path, { ...from, pluginData: 'resolved here' })
        if (found.errors.length > 0) return found
        const file = isBuiltin(path) ? path.replace(/^node:/, '') : relative(root, found.path)
        const real = Object.hasOwn(instead, file) ? `scripts/bundle/instead/${instead[file]}` : file
        const other = elsewhere(real, from.kind)
        if (other !== undefined) return { path: other, external: true }
        return found.external ? found : { path: resolve(root, real), sideEffects: found.sideEffects }
      })
    },
  }
}

/** All modules, by path, and what each imports. */
async function readGraph() {
  const entryPoints = entries
  const { metafile } = await build({ ...options, entryPoints, outdir: 'dist', plugins: [planned(() => undefined)] })
  const graph = metafile.inputs
  const gone = Object.values(instead).filter((name) => !graph[`scripts/bundle/instead/${name}`])
  if (gone.length > 0) throw new Error(`nothing is there any more that these could stand in for: ${gone.join(', ')}`)
  return graph
}

const inside = ({ imports }) => imports.filter(({ external }) => !external)

/** Which file of dist/ each module belongs to: the first that needs it as soon as it runs. */
function ownersIn(graph) {
  const owner = new Map()
  const take = (chunk, path) => {
    if (owner.has(path)) return
    if (!graph[path]) throw new Error(`nothing is there any more for ${chunk}: ${path}`)
    owner.set(path, chunk)
    for (const { path: next, kind } of inside(graph[path]))
      if (kind !== 'dynamic-import' && !late.includes(next)) take(chunk, next)
  }
  for (const [chunk, paths] of Object.entries(chunks)) for (const path of paths) take(chunk, path)
  const lazily = Object.values(graph).flatMap((each) => inside(each).filter(({ kind }) => kind === 'dynamic-import'))
  for (const { path } of lazily) take('other', path)
  return owner
}

/** The modules that are needed by other files of dist/ than their own, each with the name that it has there. */
function namesIn(graph, owner) {
  const crossing = Object.entries(graph).flatMap(([from, each]) =>
    inside(each).filter(({ path }) => owner.get(path) !== owner.get(from)),
  )
  return new Map([...new Set(crossing.map(({ path }) => path))].map((path, at) => [path, `m${at}`]))
}

const graph = await readGraph()
const owner = ownersIn(graph)
const names = namesIn(graph, owner)
const isCommonJs = (path) => graph[path].format === 'cjs'

/** How a module of another file is reached: the part after # becomes a property once all is done. */
const place = (path) => `./${owner.get(path)}.cjs#${names.get(path)}${isCommonJs(path) ? '()' : ''}`
const property = (code) => code.replace(/require\("(\.\/\w+\.cjs)#([\w()]+)"\)/g, 'require("$1").$2')

const lateName = (path) => `late_${path.replace(/\W/g, '_')}`
const lateObjects = () => [
  'const late = (load) => new Proxy({}, { get: (_, name) => load()[name] })',
  ...lateBuiltins.map((name) => `export const ${lateName(name)} = late(() => process.getBuiltinModule('${name}'))`),
  ...late.filter((path) => !isCommonJs(path)).map((path) => `export const ${lateName(path)} = late(() => require('${place(path)}'))`),
]

function contentsOf(chunk) {
  const own = entries.filter((path) => owner.get(path) === chunk)
  const lent = [...names].filter(([path]) => owner.get(path) === chunk)
  return [
    ...own.map((path) => `export * from './${path}'`),
    ...lent.map(([path, name]) =>
      isCommonJs(path) ? `export const ${name} = () => require('./${path}')` : `export * as ${name} from './${path}'`,
    ),
    ...(chunk === 'main' ? lateObjects() : []),
  ].join('\n')
}

const outputs = {}
for (const chunk of [...Object.keys(chunks)]) {
  const elsewhere = (path, kind) => {
    if (lateBuiltins.includes(path)) return `./main.cjs#${lateName(path)}`
    if (owner.get(path) === chunk || !names.has(path)) return undefined
    return late.includes(path) && kind === 'import-statement' ? `./main.cjs#${lateName(path)}` : place(path)
  }
  const built = await build({
    ...options,
    stdin: { contents: contentsOf(chunk), resolveDir: root, sourcefile: `${chunk}.mjs` },
    outfile: `dist/${chunk}.cjs`,
    minify: true,
    sourcemap: 'external',
    sourcesContent: false,
    plugins: [planned(elsewhere)],
  })
  for (const { path, text } of built.outputFiles) writeFileSync(path, path.endsWith('.map') ? text : property(text))
  Object.assign(outputs, built.metafile.outputs)
}
for (const [path, { bytes, inputs }] of Object.entries(outputs)) if (!path.endsWith('.map')) console.log(path, bytes, Object.keys(inputs).length)
