// node bench/speed/waterfall.mjs [LAUNCHER]: the millions of instructions of each step of one trigger (docs/performance.md#12). The process is
// ended at each point, three times; the median counts. Needs valgrind.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { programs } from './rows.mjs'
import { spread } from './statistics.mjs'
import { makeSurroundings } from './surroundings.mjs'

/** Where a step ends: before or after a file of dist/ is loaded; the last is the end of the process. */
const steps = [
  ['Node itself, the launcher', 'before main'],
  ['main.cjs loaded', 'after main'],
  ['signals, streams', 'before program'],
  ['program.cjs loaded', 'after program'],
  ['the line read', 'before run'],
  ['run.cjs loaded', 'after run'],
  ['settings, config files', 'before send'],
  ['send.cjs loaded', 'after send'],
  ['the form, the connection, the request, the answer', 'at the end'],
]

const surroundings = await makeSurroundings()
const { node, 'one trigger': trigger } = programs(surroundings, [], [])
const hook = surroundings.file('hook.cjs')
writeFileSync(
  hook,
  `const Module = require('node:module')
const load = Module._load
Module._load = (request, ...rest) => {
  const name = /([a-z]+)\\.cjs$/.exec(request)?.[1]
  if (process.env.POINT === 'before ' + name) process.reallyExit(0)
  const loaded = load(request, ...rest)
  if (process.env.POINT === 'after ' + name) process.reallyExit(0)
  return loaded
}`,
)

function once([program, ...args], env) {
  const line = ['--tool=callgrind', '--callgrind-out-file=/dev/null', program, ...args]
  const { stderr, status } = spawnSync('valgrind', line, { env, encoding: 'utf8', timeout: 120_000 })
  const count = /Collected : (\d+)/.exec(stderr)?.[1]
  if (status !== 0 || count === undefined) throw new Error(`valgrind: ${stderr.slice(-500)}`)
  return Number(count) / 1e6
}

const millions = (argv, env) => spread([1, 2, 3].map(() => once(argv, env))).median

const [program, launcher, ...line] = trigger.argv
const argv = [program, '--require', hook, process.argv[2] ?? launcher, ...line]
console.log(`Node ${process.version}: bare ${Math.round(millions(node.argv, node.env))}`)
let before = 0
for (const [title, point] of steps) {
  const all = millions(argv, { ...trigger.env, POINT: point })
  console.log(
    `| ${title.padEnd(50)} | ${(all - before).toFixed(0).padStart(4)} | ${all.toFixed(0).padStart(4)} |`,
  )
  before = all
}
surroundings.close()
