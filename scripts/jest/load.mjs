import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Loads a module of src/ as Node does, once for all test files of a process. `path` is relative to src/. */
export const loadSource = (path) =>
  import(pathToFileURL(resolve(join(process.env.COMPILED_SRC, path.replace(/\.ts$/, '.mjs')))))

const require = createRequire(import.meta.url)

/** The part of dist/main.cjs that exports a name: the modules that its other files need lie in it under names of their own. */
const partWith = (name) =>
  Object.values(require('../../dist/main.cjs')).find((part) => Object.hasOwn(part, name))

/** What the bundle has in place of modules of src/. The classes are those that the program knows its own errors and secrets by. */
const shipped = {
  'main.ts': () => require('../../dist/main.cjs'),
  'core/errors.ts': () => partWith('Interrupted'),
  'core/secret.ts': () => partWith('SecretRegistry'),
}

/** The same for a test file. With TESTED=dist the program is the bundle that ships. */
export const loadTested = (path) =>
  process.env.TESTED === 'dist' && path in shipped ? shipped[path]() : loadSource(path)
