// The README's table of how long a trigger takes, from the results of `npm run bench`.

const number = (value) => (value === undefined ? '-' : value.toFixed(2))

/** The steps of a trigger, each with the benchmark that ends after it. */
const steps = [
  ['the start', '--version'],
  ['line and settings', 'all but sending'],
  ['sending', 'one trigger'],
]

function timeByStep(rows) {
  let before = 1
  const parts = steps.map(([title, name]) => {
    const { median } = rows[name].wall
    const added = median - before
    before = median
    return `${title} ${number(added)}`
  })
  return `Of one trigger's time, Node itself takes 1.00, ${parts.join(', ')}.`
}

function missed(budgets) {
  const all = budgets.filter(({ goal, median }) => median > goal)
  if (all.length === 0) return ''
  return ` Missed: ${all.map(({ title, goal, median }) => `${title}, by ${number(median - goal)}`).join('; ')}.`
}

/** The budgets and results as a Markdown table. */
export function speedTable({ about, budgets, installed, rows: programs }) {
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
    `Node ${about.node}, ${about.cores} cores, ${about.rounds} rounds. Installed it is ${megabytes.toFixed(2)} MB in ${packages} package, with ${installScripts} scripts that run. ${timeByStep(programs)}${missed(budgets)}`,
  ].join('\n')
}

/** The sentence about the cost of long runs. */
export function longRuns({ bytes, rows }, { polls, memory, requestsOfTenMinutes }) {
  const logs = rows.filter(({ client }) => client === 'logs')
  const times = logs.map(({ ratio }) => number(ratio.median)).join(' and ')
  const peak = Math.max(...logs.map(({ peakMB }) => peakMB))
  const grown = memory
    ? `, and after ${polls} polls the memory is ${number(memory.ratio)} of that after ${polls / 10}`
    : ''
  return `A log of ${bytes / 1e6} MB passes in ${times} times the time of \`curl -N\` (plain, and with colours to make safe), in ${peak} MB of memory. A wait of ten minutes costs ${requestsOfTenMinutes} requests${grown}.`
}
