// Formats the results as a table.

const columns = [
  ['client', ({ name }) => name],
  ['runs', ({ runs }) => String(runs)],
  ['doubled builds', perThousand('doubled')],
  ['called failed, exists', perThousand('calledFailed')],
  ['claimed, of another trigger', perThousand('claimed')],
  ['called ok, does not', perThousand('calledOk', 'wrongId', 'broken')],
  ['called unknown', perThousand('unknown')],
  ['(of these exist)', perThousand('unknownBuilt')],
  ['ok', perThousand('ok', 'exists')],
  ['failed, truly', (row) => share(row, row.failed - row.calledFailed)],
]

function share({ runs }, count) {
  if (count === 0) return '0'
  const value = (count / runs) * 1000
  return value < 1 ? value.toFixed(1) : String(Math.round(value))
}

function perThousand(...keys) {
  return (row) =>
    share(
      row,
      keys.reduce((sum, key) => sum + row[key], 0),
    )
}

/** A Markdown table. All numbers except the runs are per 1,000 runs. */
export function table(rows) {
  const cells = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, of]) => of(row)))]
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => line[at].length)))
  const line = (words) =>
    `| ${words.map((word, at) => (at === 0 ? word.padEnd(widths[at]) : word.padStart(widths[at]))).join(' | ')} |`
  const [titles, ...rest] = cells
  const rule = `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  return [line(titles), rule, ...rest.map(line)].join('\n')
}
