import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import type { Event } from '../../src/events.ts'
import { newFolder } from './world.ts'

/** A real pseudo-terminal, in which the events of a run are shown. */
export interface Terminal {
  /** Shows an event; resolves when everything is written. */
  show: (event: Event) => Promise<void>
  /** Writes to stdout. */
  print: (text: string) => Promise<void>
  /** The window gets another size; resolves when the program knows. */
  resize: (columns: number, rows: number) => Promise<void>
  /** Types keys, as tmux names them. */
  type: (key: string) => Promise<void>
  /** What is to be seen, without blanks at ends; resolves to it as soon as it is `wanted`, else to what there is in the end. */
  screen: (wanted: string) => Promise<string>
  /** The same with what has scrolled out of the window. */
  history: (wanted: string) => Promise<string>
  /** Whether the cursor shows, and long lines wrap: as a terminal should be left. */
  state: () => Promise<string>
  /** Lets the program end by itself. */
  end: () => Promise<void>
  close: () => Promise<void>
}

/** So often a screen is looked at until it is as wanted. */
const looks = 300

const config = 'set -g status off\nset -g default-shell /bin/sh\nset -g history-limit 1000\n'

/** Opens a terminal of this size with a locale; after the program's end it shows `left with` and its exit code. */
export async function openTerminal(columns: number, rows: number, locale = 'C.UTF-8'): Promise<Terminal> {
  const folder = newFolder()
  const file = join(folder.path, 'tmux.conf')
  writeFileSync(file, config)
  const tmux = async (...args: string[]): Promise<string> => {
    const all = ['-u', '-f', file, '-S', join(folder.path, 'socket'), ...args]
    const { stdout } = await promisify(execFile)('tmux', all, {
      env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' },
    })
    return stdout
  }
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const connected = once(server, 'connection')
  let isConnected = false
  server.once('connection', () => (isConnected = true))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const program = resolve('__tests__/helpers/show-events.mjs')
  const line = `trap : INT; env -i TERM="$TERM" LC_ALL=${locale} "${process.execPath}" "${program}" ${port}; echo "left with $?"; exec cat`
  /** Rejects when the program has ended before it connected. */
  const ending = async (): Promise<unknown[]> => {
    while (server.listening && !isConnected) {
      const seen = await tmux('capture-pane', '-p', '-S', '-')
      if (seen.includes('left with')) throw new Error(`the program has ended: ${seen.trim()}`)
    }
    return connected
  }
  await tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), line)
  const [socket] = (await Promise.race([connected, ending()])) as [Socket]
  socket.on('error', () => undefined)
  const answers = createInterface({ input: socket })[Symbol.asyncIterator]()
  const ask = async (question: Record<string, unknown>): Promise<string> => {
    socket.write(`${JSON.stringify(question)}\n`)
    const { value = 'nothing' } = (await answers.next()) as { value?: string }
    return value
  }
  const until = async (wanted: string, look: () => Promise<string>, most = looks): Promise<string> => {
    let seen = await look()
    for (let count = 1; seen !== wanted && count < most; count++) seen = await look()
    return seen
  }
  const capture = async (...more: string[]): Promise<string> =>
    (await tmux('capture-pane', '-p', ...more)).replace(/ +$/gm, '').trimEnd()
  return {
    async show(event) {
      await ask({ event })
    },
    async print(text) {
      await ask({ print: text })
    },
    async resize(x, y) {
      await tmux('resize-window', '-x', String(x), '-y', String(y))
      // The signal of a new size takes its time on a busy machine, and a question hardly any.
      await until(`${x}x${y}`, () => ask({ size: true }), 100 * looks)
    },
    async type(key) {
      await tmux('send-keys', key)
    },
    screen: (wanted) => until(wanted, () => capture()),
    history: (wanted) => until(wanted, () => capture('-S', '-')),
    state: async () =>
      (await tmux('display-message', '-p', 'cursor #{cursor_flag}, wrap #{wrap_flag}')).trim(),
    async end() {
      await ask({ end: true })
    },
    async close() {
      socket.destroy()
      server.close()
      await tmux('kill-server').catch(() => undefined)
      folder.remove()
    },
  }
}
