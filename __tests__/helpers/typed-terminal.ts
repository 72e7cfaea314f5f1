import { openTmux } from './tmux.ts'

/** A real pseudo-terminal in which a program runs, and a user types. */
export interface TypedTerminal {
  /** Types a text, or a key by the name that tmux has for it, as Enter. */
  type: (keys: string) => Promise<void>
  /** The window gets another size. */
  resize: (columns: number, rows: number) => Promise<void>
  /** What is to be seen once it holds this, with what has scrolled out. Throws where it never does. */
  until: (wanted: string) => Promise<string>
  close: () => Promise<void>
}

/** How often a screen is read. */
const looks = 1000

/** Runs a line of a shell in a terminal of 80 columns and 24 rows; after its end the screen shows `left with` and the exit code. */
export function openTypedTerminal(line: string, env: Record<string, string>): TypedTerminal {
  const whole = `${line}; echo "left with $?"; exec cat`
  const { run, history, until, close } = openTmux({ line: whole, columns: 80, rows: 24, env })
  return {
    async type(keys) {
      await run('send-keys', keys)
    },
    async resize(columns, rows) {
      await run('resize-window', '-x', String(columns), '-y', String(rows))
    },
    async until(wanted) {
      const screen = await until(history, (seen) => seen.includes(wanted), looks)
      if (screen.includes(wanted)) return screen
      throw new Error(`"${wanted}" is not to be seen:\n${screen}`)
    },
    close,
  }
}
