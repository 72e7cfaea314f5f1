// Loads a file of dist/ that is stored compressed, since few need it (scripts/bundle/plan.mjs), as `require` would.
const { readFileSync } = require('node:fs')
const Module = require('node:module')
const { resolve } = require('node:path')
const { brotliDecompressSync } = require('node:zlib')

/** Returns the exports of `dist/NAME.cjs`, from `dist/NAME.cjs.br`. It keeps its name, by which stacks find its source map. */
module.exports = (name) => {
  const file = resolve(__dirname, `../dist/${name}.cjs`)
  if (!require.cache[file]) {
    const unpacked = new Module(file, module)
    unpacked.filename = file
    unpacked._compile(brotliDecompressSync(readFileSync(`${file}.br`)).toString(), file, 'commonjs')
    unpacked.loaded = true
    require.cache[file] = unpacked
  }
  return require.cache[file].exports
}
