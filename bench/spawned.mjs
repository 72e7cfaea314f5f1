// Runs a client in its own process with a minimal environment.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Slower clients are killed: python-gitlab's ten retries would take 100 s if nothing listens. */
const hungAfterMs = 15_000

const home = mkdtempSync(join(tmpdir(), 'bench-faults-'))
process.once('exit', () => rmSync(home, { recursive: true, force: true }))

function environment(env) {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home, LANG: 'C.UTF-8', ...env }
}

/** Runs a program to its end; `code` is null if it was killed. */
export function runProgram(file, args, env) {
  return new Promise((resolve, reject) => {
    const options = { env: environment(env), cwd: home, stdio: ['ignore', 'pipe', 'pipe'] }
    const child = spawn(file, args, options)
    let stdout = ''
    let stderr = ''
    const timer = setTimeout(() => child.kill('SIGKILL'), hungAfterMs)
    child.stdout.on('data', (chunk) => (stdout += chunk))
    child.stderr.on('data', (chunk) => (stderr += chunk))
    child.once('error', reject)
    child.once('close', (code) => {
      clearTimeout(timer)
      resolve({ code, stdout, stderr })
    })
  })
}

/** The first line of a program's output; undefined if the program is missing or fails. */
export function firstLine(file, args) {
  const { status, stdout } = spawnSync(file, args, { env: environment({}), encoding: 'utf8' })
  return status === 0 ? stdout.split('\n')[0] : undefined
}
