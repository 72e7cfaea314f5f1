// node bench/polls.mjs [--polls N]: see README.md here.
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startSandbox } from '../build/sandbox/server.js'
import { fastTime, runInProcess } from './in-process.mjs'

const { values } = parseArgs({ options: { polls: { type: 'string', default: '3000' } } })
const polls = Number(values.polls)
if (!Number.isInteger(polls) || polls < 100) {
  console.error('--polls must be a whole number from 100')
  process.exit(2)
}

const launcher = fileURLToPath(new URL('../bin/gitlab-trigger.js', import.meta.url))
const environment = ({ url, tokens }) => ({
  GITLAB_TRIGGER_SERVER: url,
  GITLAB_TRIGGER_PROJECT: '9',
  GITLAB_TRIGGER_REF: 'master',
  GITLAB_TRIGGER_TOKEN: tokens.trigger,
  GITLAB_TRIGGER_API_TOKEN: tokens.api,
})
const pollsOf = ({ requests }) => requests.filter(({ path }) => /\/pipelines\/\d+$/.test(path)).length

/** The current memory of a process in bytes; undefined if the system does not report it. */
function residentOf(pid) {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
  } catch {
    return undefined
  }
}

async function until(isTrue) {
  while (!isTrue()) await new Promise((next) => setTimeout(next, 1))
}

/** The growth of memory while waiting: after a tenth of the polls, and after all. */
async function memory() {
  const sandbox = await startSandbox({ now: Date.now, paceMs: 1000 })
  sandbox.script('master', { by: 'clock', job: { run_tests: { runs: 99_999 } } })
  const child = spawn(process.execPath, [launcher, '--no-config', '--wait', '--poll-interval', '1ms'], {
    env: { PATH: process.env.PATH, ...environment(sandbox) },
    stdio: 'ignore',
  })
  const ended = new Promise((resolve) => child.once('close', resolve))
  await until(() => pollsOf(sandbox) >= polls / 10)
  const early = residentOf(child.pid)
  await until(() => pollsOf(sandbox) >= polls)
  const late = residentOf(child.pid)
  child.kill()
  await ended
  await sandbox.close()
  return early && late ? { earlyMB: early / 1e6, lateMB: late / 1e6, ratio: late / early } : undefined
}

/** The number of requests in ten minutes of waiting, on a clock that runs 40 times as fast. */
async function requestsOfTenMinutes() {
  const time = fastTime(40)
  const sandbox = await startSandbox({ now: () => time.now(), paceMs: 1000 })
  sandbox.script('master', { by: 'clock', job: { run_tests: { runs: 590 } } })
  const { code, stderr } = await runInProcess(['--no-config', '--wait'], environment(sandbox), time)
  await sandbox.close()
  if (code !== 0) throw new Error(`the wait ended with ${code}: ${stderr}`)
  return sandbox.requests.length
}

const round = (number) => Number(number.toFixed(2))
const grown = await memory()
const requests = await requestsOfTenMinutes()
console.log(`\nWaiting, Node ${process.version}:\n`)
console.log('| what | goal | |')
console.log('| --- | --: | --: |')
if (grown)
  console.log(`| memory after ${polls} polls, of that after ${polls / 10} | 1.15 | ${round(grown.ratio)} |`)
else console.log('The memory of a process is only known on Linux.')
console.log(`| requests of a wait of ten minutes | 200 | ${requests} |`)
writeFileSync(
  new URL('polls-results.json', import.meta.url),
  `${JSON.stringify({ node: process.version, polls, memory: grown ?? null, requestsOfTenMinutes: requests }, null, 2)}\n`,
)
