// npm run bench:counts [-- --accept]: compares counts of one trigger, and the instructions of other commands, which do not depend on load,
// with counts.json. CI uses it instead of times.
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { programs } from './rows.mjs'
import { spread } from './statistics.mjs'
import { makeSurroundings } from './surroundings.mjs'

/** Tolerated increases, for patch releases of Node and different processors. */
const tolerance = {
  files: 0,
  bytes: 0.1,
  builtins: 0.05,
  threads: 0,
  calls: 0.1,
  instructions: 0.1,
  kept: 0.1,
  status: 0.1,
  help: 0.1,
  version: 0.1,
}

const about = fileURLToPath(new URL('counts.json', import.meta.url))
const surroundings = await makeSurroundings()
const {
  node,
  'one trigger': trigger,
  'one trigger, code kept': again,
  status,
  '--help': help,
  '--version': version,
} = programs(surroundings, [], [])

/** The program's files that were loaded, their bytes, and the number of Node's modules. */
function loaded() {
  const list = surroundings.file('loaded.json')
  const hook = surroundings.file('hook.cjs')
  writeFileSync(
    hook,
    `process.on('exit', () => require('fs').writeFileSync(${JSON.stringify(list)}, JSON.stringify({ files: Object.keys(require.cache), builtins: process.moduleLoadList.length })))`,
  )
  const [program, ...rest] = trigger.argv
  execFileSync(program, ['--require', hook, ...rest], { env: trigger.env, stdio: 'ignore' })
  const { files, builtins } = JSON.parse(readFileSync(list, 'utf8'))
  const ours = files.filter((path) => path !== hook)
  return { files: ours.length, bytes: ours.reduce((sum, path) => sum + statSync(path).size, 0), builtins }
}

/** The threads and the system calls of one trigger; undefined where nothing may be traced. */
function traced() {
  const list = surroundings.file('calls')
  const line = ['-f', '-qq', '-o', list, ...trigger.argv]
  if (spawnSync('strace', line, { env: trigger.env, stdio: 'ignore' }).status !== 0) return undefined
  // A call that was interrupted by another thread's has a second line.
  const lines = readFileSync(list, 'utf8')
    .trim()
    .split('\n')
    .filter((line) => !line.includes(' resumed>'))
  return { threads: new Set(lines.map((line) => line.split(' ', 1)[0])).size, calls: lines.length }
}

/** The same as the medians of five runs, since threads wait for one another now and then; none without strace. */
function asked() {
  if (spawnSync('strace', ['--version']).status !== 0) return {}
  const runs = Array.from({ length: 5 }, traced)
  if (runs.includes(undefined)) return {}
  const middle = (name) => spread(runs.map((run) => run[name])).median
  return { threads: middle('threads'), calls: middle('calls') }
}

async function instructionsOf({ argv, env }) {
  const line = ['--tool=callgrind', '--callgrind-out-file=/dev/null', ...argv]
  const { stderr } = await promisify(execFile)('valgrind', line, { env, timeout: 240_000 })
  const count = /Collected : (\d+)/.exec(stderr)?.[1]
  if (count === undefined) throw new Error(`valgrind: ${stderr.slice(-500)}`)
  return Number(count)
}

/**
 * Instructions in multiples of bare Node: of a trigger without kept code and with it, of status with it, of help and version without; the medians of three
 * runs, all at the same time: valgrind uses one core.
 */
async function instructions() {
  if (spawnSync('valgrind', ['--version']).status !== 0) return {}
  const middle = async (order) => spread(await Promise.all([1, 2, 3].map(() => instructionsOf(order)))).median
  const bare = await middle(node)
  const times = async (order) => Math.round(((await middle(order)) / bare) * 100) / 100
  const timesKept = (order) => {
    const [program, ...line] = order.argv
    execFileSync(program, line, { env: order.env, stdio: 'ignore' })
    return times(order)
  }
  return {
    instructions: await times(trigger),
    kept: await timesKept(again),
    status: await timesKept(status),
    help: await times(help),
    version: await times(version),
  }
}

const counts = { node: process.version.split('.')[0], ...loaded(), ...asked(), ...(await instructions()) }
surroundings.close()
if (counts.calls === undefined) console.log('System calls are not counted; for that: apt-get install strace')
if (counts.instructions === undefined)
  console.log('Instructions are not counted; for that: apt-get install valgrind')

const recorded = JSON.parse(readFileSync(about, 'utf8'))
if (process.argv.includes('--accept')) writeFileSync(about, `${JSON.stringify(counts, null, 2)}\n`)
else if (recorded.node !== counts.node)
  console.log(
    `${JSON.stringify(counts)}\nNothing is held against it: the record is of Node ${recorded.node}.`,
  )
else {
  for (const [name, most] of Object.entries(tolerance)) {
    if (counts[name] === undefined) continue
    const limit = recorded[name] * (1 + most)
    const isMore = counts[name] > limit
    console.log(`${isMore ? 'MORE' : 'ok  '} ${name}: ${counts[name]}, recorded ${recorded[name]}`)
    if (isMore) process.exitCode = 1
  }
  if (process.exitCode)
    console.log('If it has to be: npm run bench:counts -- --accept, and say why in the commit.')
}
