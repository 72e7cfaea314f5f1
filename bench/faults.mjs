// npm run bench:faults [-- --runs N --seed N --only SCHEDULE --client TEXT]: see README.md here.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { findClients } from './clients.mjs'
import { play } from './play.mjs'
import { table } from './report.mjs'
import { inWords, schedules } from './schedule.mjs'

/** Time limit per client: a slow machine makes fewer runs instead of taking longer. */
const mostMs = 35_000

function wholeNumber(name, text, least) {
  const number = Number(text)
  if (/^\d{1,6}$/.test(text) && number >= least) return number
  console.error(`--${name} must be a whole number from ${least} to 999999`)
  process.exit(2)
}

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    client: { type: 'string', default: '' },
  },
})
const runs = wholeNumber('runs', values.runs, 10)
const seed = wholeNumber('seed', values.seed, 0)
const only = values.only === undefined ? undefined : wholeNumber('only', values.only, 0)

const { clients, found, missing } = findClients()
const chosen = clients.filter(({ name }) => name.includes(values.client))
console.log(`Seed ${seed}. Found: Node ${process.version}; ${found.join('; ') || 'no peer'}.`)
for (const get of missing) console.log(`A peer is missing; to have it: ${get}`)

const most = Math.max(...clients.map(({ share }) => share))
const all = schedules(seed, Math.max(Math.ceil(runs * most), (only ?? 0) + 1)).map((steps, at) => [at, steps])
const rows = []

function printRun(number, { code, stdout, stderr }, { ids, posts }, verdict) {
  const lie = [verdict.isDoubled && 'doubled', verdict.lie].filter(Boolean).join(', ')
  console.log(`  exit ${code}, ${posts} POSTs, ${ids.length} builds${lie && `: ${lie}`}`)
  console.log(`${stdout}${stderr}`.trim().replace(/^/gm, '    '))
}

for (const client of chosen) {
  const pairs = only === undefined ? all.slice(0, Math.ceil(runs * client.share)) : [all[only]]
  if (only !== undefined) console.log(`${client.name}, schedule ${only}: ${inWords(all[only][1])}`)
  const row = await play(client, pairs, client.mostMs ?? mostMs, only === undefined ? undefined : printRun)
  rows.push({ name: client.name, how: client.how, isOurs: client.isOurs === true, ...row })
  if (only === undefined) console.log(`${client.name}: ${row.runs} runs, ${row.seconds} s`)
}

const bad = rows.filter(({ isOurs, doubled, calledFailed, calledOk, claimed, wrongId, broken }) => {
  return isOurs && doubled + calledFailed + calledOk + claimed + wrongId + broken > 0
})
if (only === undefined) {
  console.log(`\nPer 1,000 runs:\n\n${table(rows)}\n`)
  if (values.client === '') {
    const results = { seed, runs, node: process.version, found: found.join('; '), clients: rows }
    writeFileSync(new URL('faults-results.json', import.meta.url), `${JSON.stringify(results, null, 2)}\n`)
  }
}
for (const { name, examples } of bad) {
  console.error(`A defect of ${name}:\n${JSON.stringify(examples, null, 2)}`)
}
process.exitCode = bad.length === 0 ? 0 : 1
