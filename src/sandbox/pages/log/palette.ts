/** The panel that a log is shown in is dark in both schemes, as GitLab's is. */
export const panel = { ground: '#17161b', text: '#e6e6ea', dim: '#a5a4ab' }

/** The eight colours of ECMA-48 and their bright forms, as text: light enough for the panel and for each of the grounds below. */
export const inks: readonly string[] = [
  ...['#b4b3ba', '#ffaea3', '#86d9a4', '#ecc37a', '#a3c9ff', '#e3b2f5', '#7fd6dd', '#e6e6ea'],
  ...['#c4c3ca', '#ffc4bb', '#a5e8bd', '#f7d699', '#c0daff', '#efcbfb', '#a5e6eb', '#ffffff'],
]

/** The same as backgrounds: dark, so that any of the inks can be read on them. */
export const grounds: readonly string[] = [
  ...['#000000', '#5e1a10', '#0e4a26', '#4d3300', '#123a78', '#4d1f63', '#0b464c', '#3a3941'],
  ...['#2b2a31', '#5e1a10', '#0e4a26', '#4d3300', '#123a78', '#4d1f63', '#0b464c', '#3f3e46'],
]

/** The classes of inks (`f0` to `f15`) and grounds (`b0` to `b15`). */
export function paletteCss(): string {
  const text = inks.map((colour, at) => `.log .f${at}{color:${colour}}`)
  return [...text, ...grounds.map((colour, at) => `.log .b${at}{background:${colour}}`)].join('\n')
}
