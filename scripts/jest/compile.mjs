// Compiles src/ once for each run of jest, each module to its own file, which Node loads natively
// (environment.mjs). The folder is below node_modules/, so that imports of packages resolve, and belongs to
// this run alone.
import { build } from 'esbuild'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const cache = 'node_modules/.cache'

/** An esbuild plug-in that keeps all imports and replaces their paths by those of the compiled files. */
const unbundled = {
  name: 'unbundled',
  setup(esbuild) {
    esbuild.onResolve({ filter: /./ }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path: path.replace(/^(\..*)\.ts$/, '$1.mjs'), external: true },
    )
  },
}

/** Compiles. Workers get the folder from an environment variable. */
export async function compile() {
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'tests-'))
  await build({
    entryPoints: readdirSync('src', { recursive: true })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => join('src', path)),
    outdir: folder,
    outbase: 'src',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    plugins: [unbundled],
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'warning',
  })
  process.env.COMPILED_SRC = folder
}

/** Removes what was compiled. */
export function removeCompiled() {
  rmSync(process.env.COMPILED_SRC, { recursive: true, force: true })
}
