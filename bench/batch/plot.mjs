// Draws how time, processor time and memory grow, in text: both axes are logarithmic, so that what is linear climbs one
// step of the raster for each of the sizes.
import { spread } from '../speed/statistics.mjs'

const height = 13
const gap = 16

/** The values of each size as points; `1` is where the first of them lies. */
export function plot(seen) {
  const sizes = Object.keys(seen).map(Number)
  const kinds = { t: 'wall', c: 'cpu', m: 'memory' }
  const median = (size, key) => spread(seen[size].map((run) => run[key])).median
  const rows = Array.from({ length: height }, () => Array.from({ length: sizes.length * gap }, () => ' '))
  const put = (mark, at, times, shift) => {
    const row = Math.max(0, Math.min(height - 1, Math.round(Math.log10(times) * ((height - 1) / 2))))
    rows[height - 1 - row][at * gap + 4 + shift] = mark
  }
  sizes.forEach((size, at) => {
    put('/', at, size / sizes[0], 0)
    Object.entries(kinds).forEach(([mark, key], shift) => {
      put(mark, at, median(size, key) / median(sizes[0], key), shift + 1)
    })
  })
  const label = (row) => ({ 0: 'x 100', [(height - 1) / 2]: ' x 10', [height - 1]: '  x 1' })[row] ?? '     '
  const lines = rows.map((row, at) => `${label(at)} |${row.join('').trimEnd()}`)
  const axis = `      +${'-'.repeat(sizes.length * gap)}`
  const below = `       ${sizes.map((size) => `   ${size.toLocaleString('en')}`.padEnd(gap)).join('')}targets`
  return [
    ...lines,
    axis,
    below,
    'of what 100 targets take: t time, c processor time, m peak memory, / linear',
  ].join('\n')
}
