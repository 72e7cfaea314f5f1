import { openTmux } from './tmux.ts'

/** A shell in a real pseudo-terminal. */
export interface ShellTerminal {
  /** Types a text, and then keys as tmux names them. */
  type: (text: string, ...keys: string[]) => Promise<void>
  /** Resolves to what is to be seen as soon as it matches, else to what there is in the end. */
  until: (wanted: RegExp, most?: number) => Promise<string>
  close: () => Promise<void>
}

/** A screen is read at most this often until it is as expected: a shell and a Node that start take their time on a busy machine. */
const looks = 1000

/** Opens a shell, 100 columns wide, with this command line, environment and working directory. */
export function openShell(line: string, env: Readonly<Record<string, string>>, cwd: string): ShellTerminal {
  const { run, screen, until, close } = openTmux({ line, columns: 100, rows: 30, env, cwd })
  return {
    async type(text, ...keys) {
      if (text !== '') await run('send-keys', '-l', text)
      if (keys.length > 0) await run('send-keys', ...keys)
    },
    until: (wanted, most = looks) => until(screen, (seen) => wanted.test(seen), most),
    close,
  }
}
