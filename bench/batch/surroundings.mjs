// Prepares a folder with plans, the peers' files and a state folder on the disk, and the server.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const launcher = here('../../bin/gitlab-trigger.js')
const token = `glptt-${'0123456789'.repeat(4)}`
const lines = (count, lineOf) => Array.from({ length: count }, (_, at) => `${lineOf(at)}\n`).join('')

/** Creates all of these; `close` removes them. The server answers after `delayMs`. */
export async function makeSurroundings(delayMs) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-batch-'))
  const server = spawn(process.execPath, [here('server.mjs'), String(delayMs)], {
    env: {},
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [port] = await new Promise((resolve) => {
    createInterface({ input: server.stdout }).once('line', (...all) => resolve(all))
  })
  const url = `http://127.0.0.1:${port}`
  const trigger = `${url}/api/v4/projects/9/trigger/pipeline`
  const home = join(folder, 'home')
  mkdirSync(home)
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home, LANG: 'C.UTF-8', BENCH_TOKEN: token }
  const write = (name, text) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
  return {
    /** The programs that send a number of triggers, some of them at once, by name. */
    programs(count, parallel) {
      const target = (at) => ({ ...common, name: `t${at}`, variables: { N: String(at) } })
      const common = { server: url, project: 9, ref: 'main', tokenEnv: 'BENCH_TOKEN' }
      const plan = write(
        `${count}.ndjson`,
        lines(count, (at) => JSON.stringify(target(at))),
      )
      const quiet = 'fail\nsilent\nshow-error\noutput = "/dev/null"'
      const form = (at) =>
        `form-string = "token=${token}"\nform-string = "ref=main"\nform-string = "variables[N]=${at}"`
      const transfer = (at) => `${at === 0 ? '' : 'next\n'}url = "${trigger}"\n${form(at)}\n${quiet}`
      const config = write(`${count}.curl`, lines(count, transfer))
      const numbers = write(`${count}.txt`, lines(count, String))
      const fields = [`token=${token}`, 'ref=main', 'variables[N]={}'].flatMap((each) => [
        '--form-string',
        each,
      ])
      const program = (...argv) => ({ argv, env })
      return {
        ours: program(process.execPath, launcher, 'batch', plan, '--parallel', String(parallel)),
        'curl --parallel': program(
          ...['curl', '--parallel', '--parallel-max', String(parallel), '-K', config],
        ),
        'xargs curl': program(
          ...[
            'xargs',
            '-a',
            numbers,
            '-P',
            String(parallel),
            '-I{}',
            'curl',
            '-sS',
            '--fail',
            '-o',
            '/dev/null',
          ],
          ...fields,
          trigger,
        ),
      }
    },
    /** Checks a plan with a number of targets, each of which needs some others. */
    check(count, needs) {
      const target = (at) => ({
        name: `t${at}`,
        server: url,
        project: 9,
        ref: 'main',
        tokenEnv: 'BENCH_TOKEN',
        variables: { N: String(at) },
        needs: Array.from(
          { length: Math.min(needs, at) },
          (_, back) => `t${at - 1 - ((back * back * 7) % at)}`,
        ),
      })
      const unique = (each) => ({ ...each, needs: [...new Set(each.needs)] })
      const plan = write(
        'graph.ndjson',
        lines(count, (at) => JSON.stringify(unique(target(at)))),
      )
      return { argv: [process.execPath, launcher, 'batch', plan, '--check'], env }
    },
    /** What the server has seen since this was asked last. */
    seen: async () => (await fetch(`${url}/seen`)).json(),
    close() {
      server.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
