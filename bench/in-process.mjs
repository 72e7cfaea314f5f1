// Runs build/main.js in this process, with a clock that runs faster than real time.
import { main } from '../build/main.js'
import { SecretRegistry } from '../build/core/secret.js'
import { realTime } from '../build/platform/clock.js'

const hungAfterMs = 30_000

/** A clock that runs `speed` times as fast. */
export function fastTime(speed) {
  const start = Date.now()
  return {
    now: () => start + Math.round((Date.now() - start) * speed),
    sleep: (ms, signal) => realTime.sleep(ms / speed, signal),
    alarm: (ms, ring) => realTime.alarm(ms / speed, ring),
    random: () => Math.random(),
  }
}

function stream() {
  const kept = { text: '' }
  const write = (text) => {
    kept.text += text
    return Promise.resolve()
  }
  return { kept, stream: { isTTY: false, columns: 80, write } }
}

/** Runs a command line. Resolves to the same as `runProgram`. */
export async function runInProcess(args, env, time) {
  const out = stream()
  const err = stream()
  const context = {
    ...time,
    stdin: { isTTY: false, read: async () => Buffer.alloc(0), readLine: async () => '' },
    stdout: out.stream,
    stderr: err.stream,
    env,
    cwd: () => '/',
    home: () => undefined,
    uid: 0,
    me: () => ({ user: 'bench', host: 'here', pid: 1 }),
    secretsFolder: '/nonexistent',
    isRunning: () => false,
    interrupted: new AbortController().signal,
    secrets: new SecretRegistry(),
    withoutWasmTiering: (work) => work(),
  }
  let timer
  const hung = new Promise((resolve) => {
    timer = setTimeout(resolve, hungAfterMs, null)
  })
  const code = await Promise.race([main(args, context), hung])
  clearTimeout(timer)
  return { code, stdout: out.kept.text, stderr: err.kept.text }
}
