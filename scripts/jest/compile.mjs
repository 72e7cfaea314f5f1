// Compiles src/ once for a run of jest: each module to a file of its own that Node loads as it is (environment.mjs). The files lie below
// node_modules/, where Node finds the packages that they import, in a folder of this run alone, so that two runs never meet.
import { build } from 'esbuild'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const cache = 'node_modules/.cache'

/** esbuild's plug-in: leaves every import where it is, and names the compiled files in them. */
const unbundled = {
  name: 'unbundled',
  setup(esbuild) {
    esbuild.onResolve({ filter: /./ }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path: path.replace(/^(\..*)\.ts$/, '$1.mjs'), external: true },
    )
  },
}

/** Jest's global set-up. Workers learn of the folder by the environment. */
export async function setup() {
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

/** Jest's global tear-down. */
export function teardown() {
  rmSync(process.env.COMPILED_SRC, { recursive: true, force: true })
}
