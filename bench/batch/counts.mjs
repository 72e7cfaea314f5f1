// node bench/batch/counts.mjs: system calls of a batch per trigger, which load hardly moves. Needs strace; the exit code
// is 1 where there are more than allowed.
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { table } from './goals.mjs'
import { makeSurroundings } from './surroundings.mjs'

/** The most of each per trigger, by how many are sent at once. Alone a trigger is flushed before it is sent, with the end of the one before, and once it is answered. */
const limits = [
  { title: 'flushes to the disk', calls: ['fsync', 'fdatasync'], most: { 1: 2, 8: 2 } },
  { title: 'files opened', calls: ['open', 'openat'], most: { 1: 0.1, 8: 0.1 } },
  { title: 'connections', calls: ['connect'], most: { 1: 1, 8: 1 } },
]
const sizes = [200, 400]
const watched = limits.flatMap(({ calls }) => calls)

if (spawnSync('strace', ['-V']).status !== 0) {
  console.error('Nothing is counted; for that: apt-get install strace')
  process.exit(2)
}
const surroundings = await makeSurroundings(20)
const record = join(tmpdir(), `bench-batch-${process.pid}.strace`)

/** How often each call was made, by the strace summary of a run. */
async function callsOf({ argv, env }) {
  const watch = ['-f', '-c', '-o', record, '-e', `trace=${watched.join()}`]
  const child = spawn('strace', [...watch, ...argv], { env, stdio: 'ignore' })
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`it ended with ${code}`)
  const rows = readFileSync(record, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
  return Object.fromEntries(
    rows.filter((row) => watched.includes(row.at(-1))).map((row) => [row.at(-1), Number(row[3])]),
  )
}

const rows = []
for (const parallel of [1, 8]) {
  const [few, many] = [
    await callsOf(surroundings.programs(sizes[0], parallel).ours),
    await callsOf(surroundings.programs(sizes[1], parallel).ours),
  ]
  for (const { title, calls, most } of limits) {
    const sum = (counted) => calls.reduce((all, call) => all + (counted[call] ?? 0), 0)
    // What every run does is in both.
    const each = (sum(many) - sum(few)) / (sizes[1] - sizes[0])
    // A flush more or less depends on how answers come together.
    const isMore = each > most[parallel] * 1.05
    if (isMore) process.exitCode = 1
    rows.push([
      `${title}, ${parallel} at once`,
      String(most[parallel]),
      each.toFixed(2),
      isMore ? 'MORE' : 'ok',
    ])
  }
}
surroundings.close()
rmSync(record, { force: true })
console.log(table(['per trigger', 'at most', 'it is', ''], rows))
