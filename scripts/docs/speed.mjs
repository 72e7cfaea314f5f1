// The table of the README that tells how long one trigger takes, from what `npm run bench` measured.

const number = (value) => (value === undefined ? '-' : value.toFixed(2))

/** The budgets and what was measured, as a Markdown table. */
export function speedTable({ about, budgets, installed }) {
  const rows = budgets.map(({ title, goal, stretch, min, median, max }) => [
    title,
    number(goal),
    number(stretch),
    `**${number(median)}**`,
    `${number(min)} to ${number(max)}`,
  ])
  const cells = [['what', 'goal', 'stretch', 'median', 'range'], ...rows]
  const widths = cells[0].map((_, at) => Math.max(...cells.map((row) => row[at].length)))
  const line = (row) =>
    `| ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join(' | ')} |`
  const rule = `| ${widths.map((size, at) => (at === 0 ? '-'.repeat(size) : `${'-'.repeat(size - 1)}:`)).join(' | ')} |`
  const { megabytes, packages, installScripts } = installed
  return [
    line(cells[0]),
    rule,
    ...rows.map(line),
    '',
    `Node ${about.node}, ${about.cores} cores, ${about.rounds} rounds. Installed it is ${megabytes.toFixed(2)} MB in ${packages} package, with ${installScripts} scripts that run.`,
  ].join('\n')
}
