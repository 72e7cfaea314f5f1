// node bench/logs.mjs [--rounds N] [--megabytes N]: see README.md here.
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '7' }, megabytes: { type: 'string', default: '100' } },
})
const rounds = Number(values.rounds)
const bytes = Number(values.megabytes) * 1_000_000
if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(bytes) || bytes < 1) {
  console.error('--rounds and --megabytes are whole numbers from 1')
  process.exit(2)
}

const launcher = fileURLToPath(new URL('../bin/gitlab-trigger.js', import.meta.url))
const server = fileURLToPath(new URL('logs-server.mjs', import.meta.url))

/** The peak memory of a process in bytes; 0 if the system does not report it. */
function peakOf(pid) {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

/** Runs a program and reads its output at once. Resolves to its wall time, bytes and peak memory. */
function measure(file, args, env) {
  return new Promise((resolve, reject) => {
    const begin = process.hrtime.bigint()
    const child = spawn(file, args, {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let length = 0
    let peak = 0
    let measuredAt = 0
    child.stdout.on('data', (piece) => {
      length += piece.length
      // Reading the memory takes time, so do it once every few megabytes.
      if (length - measuredAt < 8_000_000) return
      measuredAt = length
      peak = Math.max(peak, peakOf(child.pid))
    })
    child.once('error', reject)
    child.once('close', (code) => {
      const ms = Number(process.hrtime.bigint() - begin) / 1e6
      if (code === 0) resolve({ ms, length, peak })
      else reject(new Error(`${file} ended with ${code}`))
    })
  })
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

const started = spawn(process.execPath, [server, String(bytes)], { stdio: ['ignore', 'pipe', 'inherit'] })
const { url, token, jobs } = await new Promise((resolve, reject) => {
  started.stdout.once('data', (text) => resolve(JSON.parse(text)))
  started.once('close', () => reject(new Error('the server did not start')))
})

const env = { GITLAB_TRIGGER_SERVER: url, GITLAB_TRIGGER_PROJECT: '9', GITLAB_TRIGGER_API_TOKEN: token }
const hasCurl = spawnSync('curl', ['--version'], { stdio: 'ignore' }).status === 0
if (!hasCurl) console.log('A peer is missing; to have it: apt-get install curl')

function clientsFor(job) {
  const trace = `${url}/api/v4/projects/9/jobs/${job}/trace`
  const ours = [launcher, 'logs', '4711', '--no-config', '--job', String(job)]
  return [
    ...(hasCurl ? [['curl -N', 'curl', ['-sN', '-H', `PRIVATE-TOKEN: ${token}`, trace], {}]] : []),
    ['logs', process.execPath, ours, env],
    ['logs --raw', process.execPath, [...ours, '--raw'], env],
  ]
}

const rows = []
try {
  for (const { id, kind } of jobs) {
    const clients = clientsFor(id)
    const runs = new Map(clients.map(([name]) => [name, []]))
    // Interleaved, so that load on the machine affects all clients alike; the first round is a warm-up.
    for (let round = 0; round <= rounds; round += 1) {
      for (const [name, file, args, more] of clients) {
        const run = await measure(file, args, more)
        if (round > 0) runs.get(name).push(run)
      }
    }
    const base = runs.get(clients[0][0])
    for (const [name] of clients) {
      const own = runs.get(name)
      const ratios = own.map(({ ms }, index) => ms / base[index].ms)
      rows.push({
        log: kind,
        client: name,
        ms: Math.round(median(own.map(({ ms }) => ms))),
        megabytesPerSecond: Math.round(median(own.map(({ ms }) => bytes / 1000 / ms))),
        ratio: {
          min: Number(Math.min(...ratios).toFixed(2)),
          median: Number(median(ratios).toFixed(2)),
          max: Number(Math.max(...ratios).toFixed(2)),
        },
        peakMB: Math.round(Math.max(...own.map(({ peak }) => peak)) / 1_000_000),
      })
    }
  }
} finally {
  started.kill()
}

console.log(
  `\nA log of ${values.megabytes} MB through a pipe, ${rounds} rounds, Node ${process.version}; ratios to the first of each log:\n`,
)
console.log('| log | client | median ms | MB/s | ratio: min | median | max | peak MB |')
console.log('| --- | --- | --: | --: | --: | --: | --: | --: |')
for (const { log, client, ms, megabytesPerSecond, ratio, peakMB } of rows) {
  console.log(
    `| ${log} | ${client} | ${ms} | ${megabytesPerSecond} | ${ratio.min} | ${ratio.median} | ${ratio.max} | ${peakMB} |`,
  )
}
writeFileSync(
  new URL('logs-results.json', import.meta.url),
  `${JSON.stringify({ node: process.version, bytes, rounds, rows }, null, 2)}\n`,
)
