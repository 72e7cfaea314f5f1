import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { newFolder } from './world.ts'

/** What runs in a pseudo-terminal, and how large that is. */
export interface TmuxOptions {
  /** A line for sh. */
  line: string
  columns: number
  rows: number
  env?: Readonly<Record<string, string>>
  cwd?: string
}

/** A tmux server of its own with one window. */
export interface Tmux {
  /** Runs a command of tmux; resolves to what it prints. Rejects with what tmux says of one that fails. */
  run: (...words: string[]) => Promise<string>
  /** What is to be seen, without blanks at ends. */
  screen: () => Promise<string>
  /** The same with what has scrolled out of the window. */
  history: () => Promise<string>
  /** Reads the screen until it is as expected, at most a number of times, whenever it may have changed. Resolves to the last screen. */
  until: (look: () => Promise<string>, isWanted: (seen: string) => boolean, most: number) => Promise<string>
  close: () => Promise<void>
}

/** A terminal that shows nothing new is read after this time all the same, in ms: a program may report itself by other means. */
const quietMs = 25

const settings =
  'set -g status off\nset -g default-shell /bin/sh\nset -g history-limit 1000\nset -s escape-time 0\n'

/** One word of a command, for tmux's parser. */
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

/**
 * Opens a pseudo-terminal. tmux runs in its control mode (tmux(1), "CONTROL MODE"): it answers commands on a pipe and tells
 * when the terminal has new output, so that nothing starts a process for each look.
 */
export function openTmux({ line, columns, rows, env, cwd }: TmuxOptions): Tmux {
  const folder = newFolder()
  const file = join(folder.path, 'tmux.conf')
  writeFileSync(file, settings)
  const session = ['new-session', '-x', String(columns), '-y', String(rows), line]
  const client = spawn('tmux', ['-C', '-u', '-f', file, '-S', join(folder.path, 'socket'), ...session], {
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', ...env },
    cwd,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const exited = once(client, 'exit')
  client.stdin.on('error', () => undefined)

  const waiting: { resolve: (text: string) => void; reject: (error: Error) => void }[] = []
  let block: string[] | undefined
  let notice = (): void => undefined
  let open = (): void => undefined
  // A command that comes before there is a session has no target.
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  createInterface({ input: client.stdout }).on('line', (text) => {
    // "%begin TIME NUMBER FLAGS": 1 for a command from the pipe, 0 for the one that opened the session.
    const [, word, isOurs] = /^%(begin|end|error) \d+ \d+ ([01])$/.exec(text) ?? []
    if (word === 'begin') block = []
    else if (word !== undefined && block) {
      const said = block.join('\n')
      block = undefined
      if (isOurs !== '1') {
        open()
        return
      }
      if (word === 'end') waiting.shift()?.resolve(said)
      else waiting.shift()?.reject(new Error(said))
    } else if (block) block.push(text)
    else if (text.startsWith('%output ')) notice()
  })
  void exited.then(() => {
    for (const { reject } of waiting.splice(0)) reject(new Error('tmux has ended'))
  })

  const run = async (...words: string[]): Promise<string> => {
    await Promise.race([opened, exited])
    return new Promise((resolve, reject) => {
      if (client.exitCode !== null) reject(new Error('tmux has ended'))
      waiting.push({ resolve, reject })
      client.stdin.write(`${words.map(quoted).join(' ')}\n`)
    })
  }
  const capture = async (...more: string[]): Promise<string> =>
    (await run('capture-pane', '-p', ...more)).replace(/ +$/gm, '').trimEnd()
  /** Resolves when the terminal has new output, or after a while. */
  const news = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, quietMs)
      notice = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  return {
    run,
    screen: () => capture(),
    history: () => capture('-S', '-'),
    async until(look, isWanted, most) {
      let seen = await look()
      for (let count = 1; !isWanted(seen) && count < most; count += 1) {
        await news()
        seen = await look()
      }
      return seen
    },
    async close() {
      await run('kill-server').catch(() => undefined)
      await exited
      folder.remove()
    },
  }
}
