// Jest's transformer for packages that many test files use: replaces each by one that re-exports what Node has loaded
// natively, once for all test files of a process. Each test file would load them again, which takes up to a second.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { loadPackage } from './load.mjs'

const itself = readFileSync(import.meta.filename)

/** The file that a test file would load, below node_modules/, and what Node loads in its place. */
const packages = {
  'fast-check/lib/fast-check.js': 'fast-check',
  'ajv/dist/2020.js': 'ajv/dist/2020.js',
}

/** A regular expression for the paths of those files below node_modules/. */
export const sharedFiles = Object.keys(packages).join('|').replaceAll('.', '\\.')

export default {
  getCacheKey: (source, file) =>
    createHash('sha256').update(itself).update(file).update(source).digest('hex'),

  process(_source, file, { supportsStaticESM }) {
    const name = packages[file.replace(/^.*\/node_modules\//, '')]
    const names = Object.keys(loadPackage(name)).filter((each) => /^[\w$]+$/.test(each) && each !== 'default')
    const loaded = `const loaded = loadPackage('${name}')`
    const code = supportsStaticESM
      ? [loaded, `export const { ${names.join(', ')} } = loaded`, 'export default loaded.default']
      : [loaded, ...names.map((each) => `exports.${each} = loaded.${each}`)]
    return { code: code.join('\n') }
  },
}
