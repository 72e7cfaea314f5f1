import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Loads a module of src/ (`path` is relative to it) once for all test files of a process. */
export const loadSource = (path) =>
  import(pathToFileURL(resolve(join(process.env.COMPILED_SRC, path.replace(/\.ts$/, '.mjs')))))

const require = createRequire(import.meta.url)

/** Loads a package once for all test files of a process. */
export const loadPackage = (name) => require(name)

/**
 * The module within dist/main.cjs that exports a name. Modules used by other files of dist/ have generated
 * names there.
 */
const partWith = (name) =>
  Object.values(require('../../dist/main.cjs')).find((part) => Object.hasOwn(part, name))

/**
 * Modules of src/ that tests take from the bundle. Error and secret classes must be the ones that the program
 * uses.
 */
const shipped = {
  'main.ts': () => require('../../dist/main.cjs'),
  'core/errors.ts': () => partWith('Interrupted'),
  'core/secret.ts': () => partWith('SecretRegistry'),
}

const isOfBundle = ['bundle', 'sample'].includes(process.env.TIER)

/** Loads a module for a test file. In two of the tiers (jest.config.js) the program is the shipped bundle. */
export const loadTested = (path) => (isOfBundle && path in shipped ? shipped[path]() : loadSource(path))
