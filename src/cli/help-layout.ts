/** Words in lines of at most this many columns; a word that is longer has a line of its own. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

const gap = 2
/** No column becomes narrower. */
const narrowest = 16

/** A table with its columns aligned. Where it is wider than `width`, the widest column is broken between words. */
export function columns(rows: readonly (readonly string[])[], width: number): string {
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0))) ?? []
  const whole = (): number => widths.reduce((sum, each) => sum + each + gap, -gap)
  while (whole() > width) {
    const widest = widths.indexOf(Math.max(...widths))
    const others = Math.max(narrowest, ...widths.filter((_, at) => at !== widest))
    const next = Math.max(others - 1, (widths[widest] ?? 0) - (whole() - width), narrowest)
    if (next >= (widths[widest] ?? 0)) break
    widths[widest] = next
  }
  return rows
    .flatMap((row) => {
      const cells = row.map((cell, at) => wrapped(cell, widths[at] ?? 0))
      const height = Math.max(...cells.map(({ length }) => length))
      return Array.from({ length: height }, (_, line) =>
        cells.map((cell, at) => (cell[line] ?? '').padEnd((widths[at] ?? 0) + gap)).join(''),
      )
    })
    .map((line) => `${line.trimEnd()}\n`)
    .join('')
}

/** A text whose lines are broken between words where they are wider: below what stands behind a gap, and as a comment below one. */
export function fitted(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap((line) => {
      if (line.length <= width) return [line]
      const [head = ''] = /^\s*(?:\S.*?\s{2,}(?=\S))?/.exec(line) ?? []
      const body = line.slice(head.length)
      const mark = body.startsWith('# ') ? '# ' : ''
      const [first = '', ...others] = wrapped(body.slice(mark.length), width - head.length - mark.length)
      const below = `${' '.repeat(head.length)}${mark}`
      return [`${head}${mark}${first}`, ...others.map((each) => `${below}${each}`)]
    })
    .join('\n')
}
