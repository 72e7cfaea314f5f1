// Maps stack traces to src/. The source maps of the bundle are read only when a stack is needed.
const { readFileSync } = require('node:fs')
const { SourceMap } = require('node:module')
const { join, resolve } = require('node:path')
const { brotliDecompressSync } = require('node:zlib')

const bundle = resolve(__dirname, '../dist')
const maps = new Map()

function mapOf(file) {
  if (!maps.has(file))
    maps.set(file, new SourceMap(JSON.parse(brotliDecompressSync(readFileSync(`${file}.map.br`)))))
  return maps.get(file)
}

function sourceLocation(frame) {
  const file = frame.getFileName()
  if (!file?.startsWith(bundle)) return String(frame)
  const { originalSource, originalLine, originalColumn } = mapOf(file).findEntry(
    frame.getLineNumber() - 1,
    frame.getColumnNumber() - 1,
  )
  if (originalSource === undefined) return String(frame)
  const name = frame.getFunctionName()
  const location = `${join(bundle, originalSource)}:${originalLine + 1}:${originalColumn + 1}`
  return name ? `${name} (${location})` : location
}

/** Returns the stack of an error, for Error.prepareStackTrace. */
exports.stackOf = (error, frames) => {
  try {
    return [error, ...frames.map((frame) => `    at ${sourceLocation(frame)}`)].join('\n')
  } catch {
    return [error, ...frames.map((frame) => `    at ${frame}`)].join('\n')
  }
}
