// Maps stack traces to src/. The source maps of the bundle are read only when a bug is reported.
const { readFileSync } = require('node:fs')
const { SourceMap } = require('node:module')
const { join, resolve, sep } = require('node:path')
const { brotliDecompressSync } = require('node:zlib')

const bundle = resolve(__dirname, '../dist') + sep
const maps = new Map()

function mapOf(file) {
  if (!maps.has(file))
    maps.set(file, new SourceMap(JSON.parse(brotliDecompressSync(readFileSync(`${bundle}${file}.map.br`)))))
  return maps.get(file)
}

/** A line of a stack with the place in the source; another line as it is. */
function lineInSource(text) {
  const [head, place] = text.split(bundle)
  const [, file, line, column] = /^([\w-]+\.cjs):(\d+):(\d+)/.exec(place) ?? []
  if (file === undefined) return text
  const { originalSource, originalLine, originalColumn } = mapOf(file).findEntry(line - 1, column - 1)
  if (originalSource === undefined) return text
  const original = `${join(bundle, originalSource)}:${originalLine + 1}:${originalColumn + 1}`
  return `${head}${original}${place.endsWith(')') ? ')' : ''}`
}

/** Returns the text of a stack with places in src/ for those in dist/. Throws if a source map cannot be read. */
exports.inSource = (stack) => stack.split('\n').map(lineInSource).join('\n')
