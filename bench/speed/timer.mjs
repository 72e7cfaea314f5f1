// Starts programs and tells how long each took and what it used, by measure.py.
import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('measure.py', import.meta.url))
const python = ['/usr/bin/python3', 'python3'].find((each) => spawnSync(each, ['--version']).status === 0)

/** Without Python: by Node's own spawn, which takes 1 ms more for each and cannot tell what a child used. */
function runByNode({ argv, env }) {
  return new Promise((resolve, reject) => {
    const began = performance.now()
    const child = spawn(argv[0], argv.slice(1), { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    let said = null
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        said = performance.now()
        text = (text + data).slice(0, 2000)
      })
    }
    child.once('error', reject)
    child.once('close', (code) => {
      const ended = performance.now()
      const tail = said === null ? null : (ended - said) / 1000
      resolve({ wall: (ended - began) / 1000, tail, cpu: null, memory: null, code, text })
    })
  })
}

const byNode = {
  name: 'Node',
  async measure(orders) {
    const began = performance.now()
    const runs = await Promise.all(orders.map(runByNode))
    return { wall: (performance.now() - began) / 1000, runs }
  },
  close() {},
}

function byPython() {
  const child = spawn(python, ['-u', script], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    name: 'Python',
    async measure(orders) {
      child.stdin.write(`${JSON.stringify(orders)}\n`)
      const { value, done } = await lines.next()
      if (done) throw new Error('measure.py has ended')
      return JSON.parse(value)
    },
    close: () => child.stdin.end(),
  }
}

/** `measure` runs programs at once and resolves to the wall time of all and what is known of each; times in seconds, memory in bytes. */
export const openTimer = () => (python === undefined ? byNode : byPython())
