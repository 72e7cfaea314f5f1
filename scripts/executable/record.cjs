// Runs the loader of the single executable in its Node, with the assets of the folder CODE, and keeps there what V8 has compiled of each file in this
// run, functions that were called included: NAME.code. A file that has one keeps it.
const { existsSync, readFileSync, writeFileSync } = require('node:fs')
const Module = require('node:module')
const { join } = require('node:path')
const vm = require('node:vm')

const folder = process.env.CODE
const scripts = new Map()

const { Script } = vm
vm.Script = class extends Script {
  constructor(text, options) {
    super(text, options)
    scripts.set(options.filename.replace(/^\/gitlab-trigger\//, ''), this)
  }
}

const { _load: load } = Module
Module._load = (id, ...more) =>
  id === 'node:sea'
    ? { getRawAsset: (name) => new Uint8Array(readFileSync(join(folder, name))) }
    : load(id, ...more)

process.on('exit', () => {
  for (const [name, script] of scripts) {
    const file = join(folder, `${name}.code`)
    if (!existsSync(file)) writeFileSync(file, script.createCachedData())
  }
})
require('./loader.cjs')
