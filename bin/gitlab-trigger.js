#!/usr/bin/env node
// Any Node can parse this, to say which Node is needed. What it starts is a bundle: scripts/bundle.mjs.
var need = [20, 18, 1]
var have = process.versions.node.split('.').map(Number)
var at = 0
while (at < 2 && have[at] === need[at]) at++
if (have[at] < need[at]) {
  console.error('gitlab-trigger needs Node 20.18.1 or later; this is ' + process.versions.node + '.')
  console.error('No build was triggered.')
  process.exitCode = 2
} else {
  Error.prepareStackTrace = function (error, frames) {
    return require('./stack.js').stackOf(error, frames)
  }
  if (require('module').enableCompileCache) require('./compiled.js').keepCompiled()
  var program = require('../dist/main.cjs')
  program.main(process.argv.slice(2), program.processContext()).then(function (code) {
    process.exitCode = code
    // A name look-up that hangs keeps the process alive; nothing that matters is left to do (promise G10).
    setTimeout(process.exit, 300).unref()
  })
}
