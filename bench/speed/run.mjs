// npm run bench [-- --rounds N --only TEXT]: see README.md here.
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { chart } from './chart.mjs'
import { installed } from './installed.mjs'
import { findNodes, findPeers, getNodes } from './peers.mjs'
import { budgets, crowd, programs } from './rows.mjs'
import { ratio, shuffled, spread } from './statistics.mjs'
import { makeSurroundings, token } from './surroundings.mjs'
import { openTimer } from './timer.mjs'

const { values: flags } = parseArgs({
  options: { rounds: { type: 'string', default: '20' }, only: { type: 'string', default: '' } },
})
const rounds = Number(flags.rounds)
if (!Number.isInteger(rounds) || rounds < 3 || rounds > 1000) {
  console.error('--rounds must be a whole number from 3 to 1000')
  process.exit(2)
}
/** Rounds that are not counted: they fill the system's file cache and Node's compile cache. */
const warmUps = 2

const surroundings = await makeSurroundings()
const timer = openTimer()
const nodes = findNodes()
const { found, missing } = findPeers(surroundings, token)
console.log(
  `Node ${process.version}, timed by ${timer.name}; ${found.map((each) => each.found).join('; ') || 'no peer'}`,
)
for (const get of missing) console.log(`A peer is missing; to have it: ${get}`)
if (nodes.length === 0) console.log(`No other Node is measured; to have some: ${getNodes}`)
if (timer.name === 'Node') console.log('There is no python3: processor time and memory are not measured.')

const all = programs(surroundings, nodes, found)
const bases = new Set(['node', ...Object.values(all).flatMap(({ of = [] }) => of)])
const chosen = Object.keys(all).filter((name) => name.includes(flags.only) || bases.has(name))
const seen = Object.fromEntries(chosen.map((name) => [name, []]))

async function once(name) {
  const { argv, env } = all[name]
  const { runs } = await timer.measure([{ argv, env }])
  const [run] = runs
  if (run.code !== 0) throw new Error(`${name} ended with ${run.code}: ${run.text}`)
  return run
}

for (let round = -warmUps; round < rounds; round += 1) {
  for (const name of shuffled(chosen)) {
    const run = await once(name)
    if (round >= 0) seen[name].push(run)
  }
  process.stderr.write(`\rround ${Math.max(0, round + 1)} of ${rounds} `)
}

const crowds = Object.fromEntries(chosen.filter((name) => crowd.measures(name)).map((name) => [name, []]))
for (let round = 0; round < crowd.rounds; round += 1) {
  for (const name of shuffled(Object.keys(crowds))) {
    const { wall } = await timer.measure(Array.from({ length: crowd.size }, () => all[name]))
    crowds[name].push(wall)
  }
  process.stderr.write(`\r${crowd.size} at once, round ${round + 1} of ${crowd.rounds} `)
}
process.stderr.write('\r\u001b[K')
timer.close()
surroundings.close()

const column = (name, key) => seen[name]?.map((run) => run[key])
const of = (name) => all[name]?.of ?? 'node'
/** The bare Node under a program, also where its time is held against a request of Node's own. */
const baseOf = (name) => all[of(name)]?.of ?? of(name)
const results = {
  wall: (name) => ratio(column(name, 'wall'), column(of(name), 'wall')),
  cpu: (name) => ratio(column(name, 'cpu'), column(of(name), 'cpu')),
  memory: (name) => ratio(column(name, 'memory'), column(baseOf(name), 'memory')),
  // The time from printing the id to the end, in multiples of bare Node's wall time.
  tail: (name) => ratio(column(name, 'tail'), column('node', 'wall')),
  crowd: (name) => ratio(crowds[name], crowds[baseOf(name)]),
}

function table(heads, rows) {
  const cells = [heads, ...rows]
  const widths = heads.map((_, at) => Math.max(...cells.map((row) => row[at].length)))
  const line = (row) =>
    `| ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join(' | ')} |`
  const rule = `| ${widths.map((size, at) => (at === 0 ? '-'.repeat(size) : `${'-'.repeat(size - 1)}:`)).join(' | ')} |`
  return [line(heads), rule, ...rows.map(line)].join('\n')
}

const number = (value) => (value === undefined ? '-' : value.toFixed(2))

function verdict({ median }, { goal, stretch }) {
  if (goal === undefined) return ''
  if (stretch !== undefined && median <= stretch) return 'stretch'
  if (median <= goal) return 'met'
  return `missed by ${(median - goal).toFixed(2)}`
}

/** The time that each step of a trigger adds. */
function timeByStep() {
  const steps = [
    ['Node itself', 'node'],
    ['the start', '--version'],
    ['line and settings', 'all but sending'],
    ['sending', 'one trigger'],
  ]
  const medians = steps.map(([, name]) => results.wall(name)?.median)
  if (medians.includes(undefined)) return ''
  return steps
    .map(([title], at) => `${title} ${(medians[at] - (medians[at - 1] ?? 0)).toFixed(2)}`)
    .join(', ')
}

const judged = budgets(nodes)
  .map((budget) => ({ ...budget, spread: budget.value(results) }))
  .filter((budget) => budget.spread !== undefined)
console.log(
  `\nIn multiples of a bare Node (${(spread(column('node', 'wall')).median * 1000).toFixed(1)} ms, ${rounds} rounds):\n`,
)
console.log(
  table(
    ['what', 'goal', 'stretch', 'min', 'median', 'max', ''],
    judged.map(({ title, goal, stretch, spread: s, ...rest }) => [
      title,
      ...[goal, stretch, s.min, s.median, s.max].map(number),
      verdict(s, { goal, stretch, ...rest }),
    ]),
  ),
)
console.log(`\nOne trigger: ${timeByStep()}\n`)
const rest = chosen.filter((name) => name !== 'node')
console.log(
  table(
    ['program', 'of', 'wall', 'processor', 'memory'],
    rest.map((name) => [
      name,
      of(name),
      number(results.wall(name)?.median),
      number(results.cpu(name)?.median),
      number(results.memory(name)?.median),
    ]),
  ),
)

const size = installed()
console.log(
  `\nInstalled: ${size.megabytes.toFixed(2)} MB (at most 1.5), ${size.packages} package, ${size.installScripts} install scripts`,
)

if (flags.only === '') {
  const rows = Object.fromEntries(
    rest.map((name) => [
      name,
      {
        of: of(name),
        wall: results.wall(name),
        cpu: results.cpu(name),
        memory: results.memory(name),
        crowd: results.crowd(name),
      },
    ]),
  )
  const about = {
    node: process.version,
    cores: cpus().length,
    processor: cpus()[0]?.model,
    rounds,
    timer: timer.name,
    found: found.map((each) => each.found),
  }
  const summary = judged.map(({ title, goal, stretch, spread: s }) => ({
    title,
    goal,
    stretch,
    ...s,
    verdict: verdict(s, { goal, stretch }),
  }))
  const write = (name, text) => writeFileSync(new URL(`../${name}`, import.meta.url), text)
  write('results.json', `${JSON.stringify({ about, budgets: summary, installed: size, rows }, null, 2)}\n`)
  const shown = ['node', 'one trigger', 'not bundled', ...found.map(({ name }) => name)]
  const bars = shown
    .map((name) => ({
      name: name === 'one trigger' ? 'gitlab-trigger' : name,
      value: name === 'node' ? { min: 1, median: 1, max: 1 } : results.wall(name),
      isOurs: name === 'one trigger',
    }))
    .filter(({ value }) => value)
    .sort((a, b) => a.value.median - b.value.median)
  write(
    'results.svg',
    chart(bars, `One trigger, whole process, in multiples of a bare Node (${process.version})`),
  )
}
