/** The sizes of a cell, in px: 15 px of the usual monospaced fonts are 9 px wide. */
export const cell = { width: 9, height: 20, baseline: 15 }
/** Between the frame and the text. */
export const margin = 14

const light = {
  back: '#f6f8fa',
  edge: '#d1d9e0',
  text: '#1f2328',
  dim: '#59636e',
  colours: ['#cf222e', '#1a7f37', '#7d4e00', '#0969da', '#8250df', '#1b7c83', '#59636e'],
}
const dark = {
  back: '#151b23',
  edge: '#3d444d',
  text: '#e6edf3',
  dim: '#9198a1',
  colours: ['#ff7b72', '#3fb950', '#d29922', '#58a6ff', '#bc8cff', '#39c5cf', '#9198a1'],
}

const rules = ({ back, edge, text, dim, colours }) =>
  [
    `.k{fill:${back}}.w{fill:${back};stroke:${edge}}text{fill:${text}}.d{fill:${dim}}`,
    ...colours.map((colour, at) => `.c${at + 1}{fill:${colour}}`),
  ].join('')

/** The style of every picture: that of the page, light or dark, decides. */
export const style = [
  'text{font:15px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace}',
  '.b{font-weight:700}.u{text-decoration:underline}',
  rules(light),
  `@media(prefers-color-scheme:dark){${rules(dark)}}`,
].join('\n')
