// The README's chart: wall time of one trigger, in multiples of bare Node.

const width = 760
const left = 190
const rowHeight = 26
const escape = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;')

function bar({ name, value, isOurs }, at, scale) {
  const y = 44 + at * rowHeight
  const length = Math.max(1, value.median * scale)
  const [from, to] = [left + value.min * scale, left + Math.min(value.max * scale, width - left - 60)]
  return `<text x="${left - 8}" y="${y + 14}" text-anchor="end"${isOurs ? ' font-weight="bold"' : ''}>${escape(name)}</text>
  <rect x="${left}" y="${y}" width="${length.toFixed(1)}" height="18" fill="${isOurs ? '#1f6feb' : '#8c959f'}"/>
  <line x1="${from.toFixed(1)}" x2="${to.toFixed(1)}" y1="${y + 9}" y2="${y + 9}" stroke="#24292f"/>
  <text x="${(Math.max(left + length, to) + 6).toFixed(1)}" y="${y + 14}">${value.median.toFixed(2)}</text>`
}

/** Draws bars with the range of all rounds. */
export function chart(rows, caption) {
  const most = Math.max(...rows.map(({ value }) => value.median))
  const scale = (width - left - 70) / most
  const height = 60 + rows.length * rowHeight
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13" role="img">
  <title>${escape(caption)}</title>
  <rect width="${width}" height="${height}" fill="#ffffff"/>
  <g fill="#24292f">
  <text x="10" y="24" font-size="14">${escape(caption)}</text>
  ${rows.map((row, at) => bar(row, at, scale)).join('\n  ')}
  </g>
</svg>
`
}
