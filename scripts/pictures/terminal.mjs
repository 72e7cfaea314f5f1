import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import headless from '@xterm/headless'
import { screenRows, textOf } from './cells.mjs'

/** What changes within this time, in ms, is one change: a program writes a screen in several pieces. */
const quietMs = 120
/** No run in the table takes longer, in ms. */
const longestMs = 60_000

/**
 * Opens a shell in a real pseudo-terminal (`script` of util-linux makes it), with a terminal emulator behind it. `shots` has the rows of each
 * screen that was to be seen, with the time in ms; those on which a user types have `isTyped`.
 */
export function openTerminal({ columns, rows, env }) {
  const line = `stty cols ${columns} rows ${rows}; exec sh -i`
  const shell = spawn('script', ['-qfec', line, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  const screen = new headless.Terminal({ cols: columns, rows, allowProposedApi: true })
  const shots = []
  let changed = performance.now()
  let isChanged = false
  shell.stdout.on('data', (bytes) => {
    screen.write(bytes)
    if (!isChanged) changed = performance.now()
    isChanged = true
  })
  /** Keeps what is to be seen once `ms` have passed since it began to change. Resolves to whether there was a change. */
  const take = async (ms, isTyped) => {
    await sleep(10)
    if (!isChanged || performance.now() - changed < ms) return false
    // What has been written is parsed when this resolves.
    await new Promise((resolve) => screen.write('', resolve))
    isChanged = false
    shots.push({ at: changed, rows: screenRows(screen), isTyped })
    return true
  }
  const until = async (isWanted, ms = quietMs, isTyped = false) => {
    const end = performance.now() + longestMs
    while (!((await take(ms, isTyped)) && isWanted(shots.at(-1).rows))) {
      if (performance.now() < end) continue
      throw new Error(`what was wanted is not to be seen:\n${shots.at(-1)?.rows.map(textOf).join('\n')}`)
    }
  }
  return {
    shots,
    /** Resolves when the screen is as expected. Rejects if it never is. */
    until,
    /** Types a text; resolves when this row is to be seen. A part of the text, which the terminal may show before, is no screen. */
    async type(text, wanted) {
      const count = shots.length
      shell.stdin.write(text)
      await until((seen) => seen.map(textOf).includes(wanted.trimEnd()), 0, true)
      shots.splice(count, shots.length - count - 1)
    },
    enter: () => shell.stdin.write('\n'),
    async close() {
      const exited = once(shell, 'exit')
      shell.stdin.write('exit\n')
      await exited
    },
  }
}
