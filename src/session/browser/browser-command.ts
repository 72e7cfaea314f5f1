import { platform } from 'node:os'
import type { Context } from '../../core/context.ts'

/** What opens a page on each system. Windows' `start` is part of its shell, to which a URL may be more than a URL. */
const openers: Readonly<Record<string, readonly string[]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}

/** The parts of a command that $BROWSER writes with a percent sign. */
const parts: Readonly<Record<string, string>> = { '%%': '%', '%c': ':' }

/** The words of one command of $BROWSER, which names the place of the URL, or is followed by it. */
function wordsOf(command: string, url: string): string[] {
  const words = command.split(/\s+/).filter(Boolean)
  const filled = words.map((word) => word.replace(/%[%cs]/g, (part) => parts[part] ?? url))
  return /(?<!%)(%%)*%s/.test(command) ? filled : [...filled, url]
}

/**
 * The commands that may open a page, best first: those of $BROWSER, a list with colons, else the one of the system. None on Linux without a display.
 * They are started without a shell.
 */
export function browserCommands(url: string, env: Context['env'], system: string = platform()): string[][] {
  const chosen = (env['BROWSER'] ?? '').split(':').filter((command) => command.trim() !== '')
  if (chosen.length > 0) return chosen.map((command) => wordsOf(command, url))
  const opener = openers[system]
  if (opener) return [[...opener, url]]
  const hasDisplay = ['DISPLAY', 'WAYLAND_DISPLAY', 'WSL_DISTRO_NAME'].some(
    (name) => (env[name] ?? '') !== '',
  )
  return hasDisplay ? [['xdg-open', url]] : []
}
