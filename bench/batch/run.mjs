// npm run bench:batch [-- --rounds N --triggers N]: see README.md in the folder above.
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { shuffled } from '../speed/statistics.mjs'
import { openTimer } from '../speed/timer.mjs'
import { comparison, comparisonHeads, growth, growthHeads, judged, table } from './goals.mjs'
import { plot } from './plot.mjs'
import { makeSurroundings } from './surroundings.mjs'

const { values: flags } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, triggers: { type: 'string', default: '1000' } },
})
const rounds = Number(flags.rounds)
const count = Number(flags.triggers)
const isWithin = (value, most) => Number.isInteger(value) && value >= 1 && value <= most
if (!isWithin(rounds, 100) || !isWithin(count, 10_000)) {
  console.error('--rounds must be a whole number from 1 to 100, --triggers one from 1 to 10000')
  process.exit(2)
}
const answerMs = 20
const sizes = [100, 1000, 10_000]

const timer = openTimer()
if (timer.name === 'Node') {
  console.error('There is no python3, by which processor time and memory are measured.')
  process.exit(2)
}
const surroundings = await makeSurroundings(answerMs)
const say = (text) => process.stderr.write(`\r\u001b[K${text}`)

async function once(name, program, posts) {
  await surroundings.seen()
  const began = Date.now()
  const { runs } = await timer.measure([program])
  const [run] = runs
  if (run.code !== 0) throw new Error(`${name} ended with ${run.code}: ${run.text}`)
  const seen = await surroundings.seen()
  if (seen.posts !== posts) throw new Error(`${name} sent ${seen.posts} triggers, not ${posts}`)
  return { ...run, firstMs: seen.first - began, reused: seen.reused }
}

let reused = 0
const ours = async (name, program, posts) => {
  const run = await once(name, program, posts)
  reused += run.reused
  return run
}

const names = ['ours', 'curl --parallel', 'xargs curl']
const seen = Object.fromEntries(
  [1, 2, 4, 8, 16, 32].map((parallel) => [parallel, { ours: [], 'curl --parallel': [], 'xargs curl': [] }]),
)
for (let round = 0; round < rounds; round += 1) {
  for (const [parallel, runs] of Object.entries(seen)) {
    say(`round ${round + 1} of ${rounds}, ${parallel} at once`)
    const programs = surroundings.programs(count, Number(parallel))
    for (const name of shuffled(names)) {
      const measure = name === 'ours' ? ours : once
      runs[name].push(await measure(name, programs[name], count))
    }
  }
}
const grown = Object.fromEntries(sizes.map((size) => [size, []]))
const check = { graph: [], plain: [] }
for (let round = 0; round < rounds; round += 1) {
  for (const size of sizes) {
    say(`round ${round + 1} of ${rounds}, ${size} targets`)
    grown[size].push(await ours(`${size} targets`, surroundings.programs(size, 8).ours, size))
  }
  for (const [kind, needs] of [
    ['graph', 5],
    ['plain', 0],
  ])
    check[kind].push(await once('--check', surroundings.check(10_000, needs), 0))
}
say('')
timer.close()
surroundings.close()

const about = `Node ${process.version}, ${cpus().length} cores, ${rounds} rounds, load ${loadavg()[0].toFixed(1)} at the end`
console.log(`${count} triggers, each answered after ${answerMs} ms (${about}):\n`)
console.log(
  table(
    comparisonHeads,
    comparison(seen, count).map(({ cells }) => cells),
  ),
)
console.log('\nGrowth, 8 at once:\n')
console.log(table(growthHeads, growth(grown)))
console.log(`\n\`\`\`text\n${plot(grown)}\n\`\`\`\n`)
console.log(table(['goal', 'at most', 'it is', ''], judged(grown, check, reused)))
