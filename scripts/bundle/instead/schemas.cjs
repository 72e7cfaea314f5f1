// The schemas are in the package as files: to have them in the code too would be 8 KB more.
const { readFileSync } = require('node:fs')
const { join } = require('node:path')

function read(name) {
  try {
    return JSON.parse(readFileSync(join(__dirname, 'schemas', `${name.replaceAll(' ', '-')}.json`), 'utf8'))
  } catch {
    return undefined
  }
}

exports.commandSchemas = new Proxy({}, { get: (_, name) => read(name) })
