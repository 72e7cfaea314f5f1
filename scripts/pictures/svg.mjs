import { runsOf, textOf } from './cells.mjs'
import { cell, margin, style } from './style.mjs'

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** A run of a row. `textLength` holds it on its cells in whatever font there is; bars are stretched, so that they have no gaps. */
function drawnRun({ column, text, classes, kind }) {
  const count = [...text].length
  const attributes = [
    `x="${column * cell.width}" y="${cell.baseline}"`,
    count > 1 && `textLength="${count * cell.width}"`,
    count > 1 && kind === 'symbol' && 'lengthAdjust="spacingAndGlyphs"',
    classes && `class="${classes}"`,
  ]
  return `<text ${attributes.filter(Boolean).join(' ')}>${escaped(text)}</text>`
}

const drawnRow = (row) => runsOf(row).map(drawnRun).join('')

/** The frame of a window around `body`. */
function windowOf({ title, words, columns }, rows, body, moving = '') {
  const [width, height] = [columns * cell.width + 2 * margin, rows * cell.height + 2 * margin]
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title words">
<title id="title">${escaped(title)}</title>
<desc id="words">${escaped(words)}</desc>
<style>
${style}${moving}
</style>
<rect class="w" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8"/>
${body}
</svg>
`
}

/** The rows of a screen up to the prompt at its end. */
export function stillSvg(picture, rows) {
  const last = rows.findLastIndex((row) => textOf(row).length > 1)
  const shown = rows.slice(0, last + 1)
  const lines = shown.map(
    (row, at) => `<g transform="translate(${margin} ${margin + at * cell.height})">${drawnRow(row)}</g>`,
  )
  return windowOf(picture, shown.length, lines.join('\n'))
}

/**
 * Frames that are shown one after the other. Each holds only the rows that change, above those before it: what has appeared stays, until the end, when all
 * begins again. For readers who prefer no motion, everything is there at once, and the last frame on top. A row that occurs more than once is drawn once.
 */
export function movingSvg(picture, frames) {
  const total = frames.reduce((sum, { ms }) => sum + ms, 0)
  const drawn = new Map()
  const idOf = (row) => {
    const text = drawnRow(row)
    if (!drawn.has(text)) drawn.set(text, `r${drawn.size}`)
    return drawn.get(text)
  }
  let passed = 0
  const keys = []
  const groups = frames.map(({ rows, changed, ms }, number) => {
    if (number > 0)
      keys.push(
        `@keyframes f${number}{0%{visibility:hidden}${Number(((passed * 100) / total).toFixed(2))}%,to{visibility:visible}}`,
      )
    passed += ms
    const uses = changed.map((at) => `<use href="#${idOf(rows[at])}" y="${at * cell.height}"/>`).join('')
    return number === 0 ? `<g>${uses}</g>` : `<g class="f" style="animation-name:f${number}">${uses}</g>`
  })
  const back = `<path class="k" d="M0 0h${picture.columns * cell.width}v${cell.height}H0z"/>`
  const rows = [...drawn].map(([text, id]) => `<g id="${id}">${back}${text}</g>`)
  const moving = `
.f{animation:${total / 1000}s step-end infinite}
@media(prefers-reduced-motion:reduce){.f{animation:none!important}}
${keys.join('\n')}`
  const body = `<defs>\n${rows.join('\n')}\n</defs>\n<g transform="translate(${margin} ${margin})">\n${groups.join('\n')}\n</g>`
  return windowOf(picture, picture.rows, body, moving)
}
