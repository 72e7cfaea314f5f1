// Runs programs and measures their time and resources with measure.py.
import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('measure.py', import.meta.url))
const python = ['/usr/bin/python3', 'python3'].find((each) => spawnSync(each, ['--version']).status === 0)

/** Fallback without Python: Node's spawn takes 1 ms more per program and reports no resources. */
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

/**
 * Opens a timer. `measure` runs programs in parallel and resolves to the total wall time and the data of
 * each; times in seconds, memory in bytes.
 */
export const openTimer = () => (python === undefined ? byNode : byPython())
