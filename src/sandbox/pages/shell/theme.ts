/** The colours of one scheme: pairs that are read together reach a contrast of 4.5:1 (WCAG 2.2, 1.4.3). */
export interface Theme {
  page: string
  soft: string
  text: string
  dim: string
  /** Borders and lines; nothing is shown by them alone. */
  line: string
  link: string
  button: string
  onButton: string
  /** Text and background of a status. */
  good: readonly [text: string, ground: string]
  bad: readonly [text: string, ground: string]
  busy: readonly [text: string, ground: string]
  wait: readonly [text: string, ground: string]
  hand: readonly [text: string, ground: string]
  idle: readonly [text: string, ground: string]
}

/** The kinds of statuses that have a colour. */
export const kinds = ['good', 'bad', 'busy', 'wait', 'hand', 'idle'] as const

/** One of the kinds. */
export type Kind = (typeof kinds)[number]

/** The colours by the scheme that the browser prefers. */
export const themes: Record<'light' | 'dark', Theme> = {
  light: {
    page: '#ffffff',
    soft: '#f5f5f7',
    text: '#1f1e24',
    dim: '#57565c',
    line: '#d0cfd6',
    link: '#1d4fb0',
    button: '#1d4fb0',
    onButton: '#ffffff',
    good: ['#155a2f', '#dff3e6'],
    bad: ['#9c1c0c', '#fde6e2'],
    busy: ['#174f9f', '#e2ecfb'],
    wait: ['#7d4300', '#fbead3'],
    hand: ['#2f2d36', '#e6e5ea'],
    idle: ['#4f4e55', '#eeedf1'],
  },
  dark: {
    page: '#18171d',
    soft: '#222128',
    text: '#ececef',
    dim: '#aeadb4',
    line: '#4a4951',
    link: '#9dc0f7',
    button: '#9dc0f7',
    onButton: '#18171d',
    good: ['#9fdcb4', '#12351f'],
    bad: ['#fdc0b5', '#4a140b'],
    busy: ['#a9cdf5', '#12305c'],
    wait: ['#f0c986', '#45290b'],
    hand: ['#e4e4e8', '#3a3841'],
    idle: ['#b9b8bf', '#2b2a32'],
  },
}

function declarations(theme: Theme): string {
  const { page, soft, text, dim, line, link, button, onButton } = theme
  const plain = { page, soft, text, dim, line, link, button, 'on-button': onButton }
  const pairs = kinds.flatMap((kind) => [`--${kind}:${theme[kind][0]}`, `--${kind}-ground:${theme[kind][1]}`])
  return [...Object.entries(plain).map(([name, value]) => `--${name}:${value}`), ...pairs].join(';')
}

/** The colours as CSS variables. */
export function themeCss(): string {
  return `:root{${declarations(themes.light)}}\n@media (prefers-color-scheme:dark){:root{${declarations(themes.dark)}}}`
}
