// Jest's transformer for src/: in place of a module stands one that takes the names from the module as Node has loaded it. To link the whole
// program anew in the context of each test file took a second a file.
import { relative } from 'node:path'
import { loadSource } from './load.mjs'

export default {
  async processAsync(_source, file, { config }) {
    const path = relative(`${config.rootDir}/src`, file)
    const names = Object.keys(await loadSource(path)).join(', ')
    return { code: `export const { ${names} } = await loadSource('${path}')` }
  },
}
