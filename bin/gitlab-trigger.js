#!/usr/bin/env node
var need = [20, 18, 1]
var have = process.versions.node.split('.').map(Number)
var at = 0
while (at < 2 && have[at] === need[at]) at++
if (have[at] < need[at]) {
  console.error('gitlab-trigger needs Node 20.18.1 or later; this is ' + process.versions.node + '.')
  console.error('No pipeline was created.')
  process.exitCode = 2
} else {
  require('./start.js')
}
