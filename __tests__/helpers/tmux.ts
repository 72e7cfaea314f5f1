import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { newFolder } from './world.ts'

/** A real pseudo-terminal in which a program runs, and somebody types. */
export interface TypedTerminal {
  /** Types a text, or a key by the name that tmux has for it, as Enter. */
  type: (keys: string) => Promise<void>
  /** The window gets another size. */
  resize: (columns: number, rows: number) => Promise<void>
  /** What is to be seen once it holds this, with what has scrolled out. Throws where it never does. */
  until: (wanted: string) => Promise<string>
  close: () => Promise<void>
}

/** So often a screen is looked at, which takes some milliseconds each time. */
const looks = 3000

const config =
  'set -g status off\nset -g default-shell /bin/sh\nset -g history-limit 1000\nset -s escape-time 0\n'

/** Runs a line of a shell in a terminal of 80 columns and 24 rows; after its end the screen shows `left with` and the exit code. */
export async function openTypedTerminal(line: string, env: Record<string, string>): Promise<TypedTerminal> {
  const folder = newFolder()
  const file = join(folder.path, 'tmux.conf')
  writeFileSync(file, config)
  const tmux = async (...args: string[]): Promise<string> => {
    const all = ['-u', '-f', file, '-S', join(folder.path, 'socket'), ...args]
    const { stdout } = await promisify(execFile)('tmux', all, {
      env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', ...env },
    })
    return stdout
  }
  await tmux('new-session', '-d', '-x', '80', '-y', '24', `${line}; echo "left with $?"; exec cat`)
  const seen = async (): Promise<string> =>
    (await tmux('capture-pane', '-p', '-S', '-')).replace(/ +$/gm, '').trimEnd()
  return {
    async type(keys) {
      await tmux('send-keys', keys)
    },
    async resize(columns, rows) {
      await tmux('resize-window', '-x', String(columns), '-y', String(rows))
    },
    async until(wanted) {
      let screen = ''
      for (let count = 0; count < looks; count++) {
        screen = await seen()
        if (screen.includes(wanted)) return screen
      }
      throw new Error(`"${wanted}" is not to be seen:\n${screen}`)
    },
    async close() {
      await tmux('kill-server').catch(() => undefined)
      folder.remove()
    },
  }
}
