import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Event } from '../../src/events.ts'
import { openTmux } from './tmux.ts'

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

/** A screen is read at most this often until it is as expected. */
const looks = 300

/** Opens a terminal of this size with a locale; after the program's end it shows `left with` and its exit code. */
export async function openTerminal(columns: number, rows: number, locale = 'C.UTF-8'): Promise<Terminal> {
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
  const tmux = openTmux({ line, columns, rows })
  /** Rejects when the program has ended before it connected. */
  const ending = async (): Promise<unknown[]> => {
    const seen = await tmux.until(
      tmux.history,
      (each) => isConnected || each.includes('left with'),
      100 * looks,
    )
    if (!isConnected) throw new Error(`the program has ended: ${seen}`)
    return connected
  }
  const [socket] = (await Promise.race([connected, ending()]).catch(async (error: unknown) => {
    server.close()
    await tmux.close()
    throw error
  })) as [Socket]
  socket.on('error', () => undefined)
  const answers = createInterface({ input: socket })[Symbol.asyncIterator]()
  const ask = async (question: Record<string, unknown>): Promise<string> => {
    socket.write(`${JSON.stringify(question)}\n`)
    const { value = 'nothing' } = (await answers.next()) as { value?: string }
    return value
  }
  return {
    async show(event) {
      await ask({ event })
    },
    async print(text) {
      await ask({ print: text })
    },
    async resize(x, y) {
      await tmux.run('resize-window', '-x', String(x), '-y', String(y))
      // The signal of a new size takes its time on a busy machine, and a question hardly any.
      const size = `${x}x${y}`
      await tmux.until(
        () => ask({ size: true }),
        (seen) => seen === size,
        100 * looks,
      )
    },
    async type(key) {
      await tmux.run('send-keys', key)
    },
    screen: (wanted) => tmux.until(tmux.screen, (seen) => seen === wanted, looks),
    history: (wanted) => tmux.until(tmux.history, (seen) => seen === wanted, looks),
    state: async () =>
      (await tmux.run('display-message', '-p', 'cursor #{cursor_flag}, wrap #{wrap_flag}')).trim(),
    async end() {
      await ask({ end: true })
    },
    async close() {
      socket.destroy()
      server.close()
      await tmux.close()
    },
  }
}
