// The main script of the single executable (docs/packaging.md). It runs the files of bin/ and dist/ of the npm package, which it has as assets, with
// the code that V8 has compiled of them before.
const fs = require('node:fs')
const { createRequire } = require('node:module')
const { posix } = require('node:path')
const { getRawAsset } = require('node:sea')
const { Script } = require('node:vm')

/** Where the files seem to be: no folder of any machine. */
const root = '/gitlab-trigger/'
const builtin = createRequire(root)
const asset = (name) => Buffer.from(getRawAsset(name))

/** The compiled code of a file, where the build has recorded it. V8 passes over that of another version, and compiles the text. */
function codeOf(name) {
  try {
    return asset(`${name}.code`)
  } catch {
    return undefined
  }
}

/** What stands for files that are of use on a disk only: here compiled code is kept already, and nothing is packed. */
const instead = {
  'bin/compiled.js': { useCompiled: () => () => undefined },
  'bin/unpack.js': (name) => load(`dist/${name}.cjs`),
}

const modules = new Map()

/** Returns the exports of a file by its path in the package. */
function load(name) {
  if (name in instead) return instead[name]
  const known = modules.get(name)
  if (known) return known.exports
  const module = { exports: {} }
  modules.set(name, module)
  const text = `(function (exports, require, module, __filename, __dirname) {${asset(name)}\n})`
  const script = new Script(text, { filename: root + name, cachedData: codeOf(name) })
  const here = posix.dirname(root + name)
  const requireFrom = (id) =>
    /^[./]/.test(id) ? load(posix.relative(root, posix.resolve(here, id))) : builtin(id)
  script.runInThisContext()(module.exports, requireFrom, module, root + name, here)
  return module.exports
}

const { readFileSync } = fs
/** Schemas and source maps are assets, too. */
fs.readFileSync = (path, ...options) => {
  if (typeof path !== 'string' || !path.startsWith(root)) return readFileSync(path, ...options)
  const bytes = asset(path.slice(root.length))
  return options.length === 0 ? bytes : bytes.toString()
}

// It is its own launcher, by which printed schedules name the program.
process.argv[1] = process.execPath
load('bin/start.js')
