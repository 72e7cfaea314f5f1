// Runs the sandbox with long logs in its own process: `node logs-server.mjs BYTES` prints its address as
// JSON.
import { startSandbox } from '../build/sandbox/server.js'

const bytes = Number(process.argv[2])
const line = '2026-11-22 12:00:00 info compiling file 12345 of the project, nothing special\n'
let now = Date.UTC(2026, 10, 22, 12)
const sandbox = await startSandbox({ now: () => now, paceMs: 0, gitlab: '19' })
sandbox.script('master', {
  by: 'clock',
  jobs: [
    { name: 'plain', stage: 'test', log: { text: line.repeat(Math.ceil(bytes / line.length)) } },
    { name: 'colours', stage: 'test', log: { bytes } },
  ],
})
const { jobs } = sandbox.addPipeline()
// Of a job that has just ended the rest of the log may be missing, and is waited for.
now += 3_600_000
const kinds = { plain: 'plain ASCII', colours: 'colours, returns, other scripts' }
const found = jobs.map(({ id, name }) => ({ id, kind: kinds[name] }))
console.log(JSON.stringify({ url: sandbox.url, token: sandbox.tokens.api, jobs: found }))
