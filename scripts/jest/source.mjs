// Jest's transformer for src/: in place of a module stands one that takes the names from the module as Node has loaded it. To link the whole
// program anew in the context of each test file costs a third of a second a file.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { loadSource } from './load.mjs'

const itself = readFileSync(import.meta.filename)

export default {
  getCacheKey: (source, file) =>
    createHash('sha256').update(itself).update(file).update(source).digest('hex'),

  async processAsync(_source, file, { config }) {
    const path = relative(`${config.rootDir}/src`, file)
    const names = Object.keys(await loadSource(path)).join(', ')
    return { code: `export const { ${names} } = await loadTested('${path}')` }
  },
}
