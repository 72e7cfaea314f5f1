import { spawn } from 'node:child_process'
import type { Context } from '../../core/context.ts'
import { browserCommands } from './browser-command.ts'

/** A command that still runs after this long, in ms, is a browser. One that finds none ends at once. */
const settledMs = 1000

/** The variables that a browser may need. It gets no others, since any may hold a secret. */
const passed =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|TERM|TMPDIR|TEMP|TMP|DISPLAY|XAUTHORITY|DESKTOP_SESSION|BROWSER|SystemRoot|windir|APPDATA|LOCALAPPDATA|USERPROFILE|PATHEXT|(LC|XDG|WAYLAND|DBUS|GNOME|KDE|GTK|QT|WSL)_\w+)$/

/** Starts a command that this process does not wait for; resolves to whether it runs, or has ended well. */
function start([file = '', ...args]: readonly string[], context: Context): Promise<boolean> {
  return new Promise((resolve) => {
    const { env } = context
    const kept = Object.fromEntries(Object.entries(env).filter(([name]) => passed.test(name)))
    const child = spawn(file, args, { stdio: 'ignore', detached: true, env: kept })
    const settle = (isOpen: boolean): void => {
      cancelAlarm()
      child.unref()
      resolve(isOpen)
    }
    const cancelAlarm = context.alarm(settledMs, () => {
      settle(true)
    })
    child.once('error', () => {
      settle(false)
    })
    child.once('exit', (code) => {
      settle(code === 0)
    })
  })
}

/** Opens a page in a browser. Resolves to why that was not done; to undefined where it was. */
export async function openPage(url: string, context: Context): Promise<string | undefined> {
  if (!context.stderr.isTTY) return 'there is no terminal'
  const commands = browserCommands(url, context)
  for (const command of commands) if (await start(command, context)) return undefined
  if (commands.length === 0) return 'there is no display'
  return `${commands.map(([file]) => file).join(', ')} did not open it`
}
