import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Loads a module of src/ as Node does, once for all test files of a process. `path` is relative to src/. */
export const loadSource = (path) =>
  import(pathToFileURL(resolve(join(process.env.COMPILED_SRC, path.replace(/\.ts$/, '.mjs')))))
