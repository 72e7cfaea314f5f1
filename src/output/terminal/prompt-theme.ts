import type { Glyphs } from './glyphs.ts'
import type { Style } from './style.ts'

/** How questions are shown on a terminal: with or without colours; in Unicode, or ASCII alone. For all prompts of the library. */
export function promptTheme({ isUnicode }: Glyphs, style: Style) {
  return {
    prefix: { idle: style.busy('?'), done: style.good(isUnicode ? '\u2714' : '+') },
    spinner: { interval: 120, frames: ['-', '\\', '|', '/'] },
    icon: { cursor: isUnicode ? '\u276f' : '>' },
    style: {
      answer: (text: string) => style.busy(text),
      message: (text: string) => style.strong(text),
      error: (text: string) => style.bad(`> ${text}`),
      defaultAnswer: (text: string) => style.faint(`(${text})`),
      help: (text: string) => style.faint(text),
      highlight: (text: string) => style.busy(text),
      description: (text: string) => style.faint(text),
      maskedText: '(not shown)',
      keysHelpTip: () => style.faint('type to search, arrow keys to move, Enter to choose'),
      confirmDefault: (text: string) => text.toUpperCase(),
    },
  }
}
