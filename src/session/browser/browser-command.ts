import type { Context } from '../../core/context.ts'
import { rulesOf } from '../../core/system/platforms.ts'

/** The parts of a command that $BROWSER writes with a percent sign. */
const parts: Readonly<Record<string, string>> = { '%%': '%', '%c': ':' }

/** The words of one command of $BROWSER, which names the place of the URL, or is followed by it. */
function wordsOf(command: string, url: string): string[] {
  const words = command.split(/\s+/).filter(Boolean)
  const filled = words.map((word) => word.replace(/%[%cs]/g, (part) => parts[part] ?? url))
  return /(?<!%)(%%)*%s/.test(command) ? filled : [...filled, url]
}

/**
 * The commands that may open a page, best first: those of $BROWSER, a list with colons (on Windows with semicolons), else the one of the system. None on Linux without a display.
 * They are started without a shell.
 */
export function browserCommands(url: string, context: Pick<Context, 'env' | 'platform'>): string[][] {
  const { env } = context
  const { opener, listSeparator } = rulesOf(context)
  const chosen = (env['BROWSER'] ?? '').split(listSeparator).filter((command) => command.trim() !== '')
  if (chosen.length > 0) return chosen.map((command) => wordsOf(command, url))
  if (opener) return [[...opener, url]]
  const hasDisplay = ['DISPLAY', 'WAYLAND_DISPLAY', 'WSL_DISTRO_NAME'].some(
    (name) => (env[name] ?? '') !== '',
  )
  return hasDisplay ? [['xdg-open', url]] : []
}
