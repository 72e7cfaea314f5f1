// Jest's transformer for src/: replaces each module by one that re-exports the natively loaded module.
// Linking the whole program in the context of each test file would take a third of a second per file.
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
