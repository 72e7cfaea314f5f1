// What is held against the goals: ratios of medians of rounds, in which all programs ran one after the other.
import { ratio, spread } from '../speed/statistics.mjs'

/** The goals hold up to this many at once; beyond, numbers are only reported. */
export const mostJudged = 8

const number = (value) => value?.toFixed(2) ?? '-'
const verdict = (isMet, by) => (isMet ? 'met' : `missed by ${by.toFixed(2)}`)
const atLeast = (value, goal) => verdict(value >= goal, goal - value)
const atMost = (value, goal) => verdict(value <= goal, value - goal)

/** A table in Markdown; all columns but the first are numbers. */
export function table(heads, rows) {
  const cells = [heads, ...rows]
  const widths = heads.map((_, at) => Math.max(3, ...cells.map((row) => row[at].length)))
  const line = (row) =>
    `| ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join(' | ')} |`
  const rule = `| ${widths.map((size, at) => (at === 0 ? '-'.repeat(size) : `${'-'.repeat(size - 1)}:`)).join(' | ')} |`
  return [line(heads), rule, ...rows.map(line)].join('\n')
}

/** The rows of the comparison with curl: `seen` holds the runs of each program by how many were sent at once. */
export function comparison(seen, count) {
  return Object.entries(seen).map(([parallel, runs]) => {
    const column = (name, key) => runs[name].map((run) => run[key])
    const median = (name, key) => spread(column(name, key)).median
    // The rate of ours, of that of another.
    const rate = (name) => ratio(column(name, 'wall'), column('ours', 'wall')).median
    const cpu = (name) => ratio(column('ours', 'cpu'), column(name, 'cpu')).median
    const isJudged = Number(parallel) <= mostJudged
    const judged = (text) => (isJudged ? text : 'reported')
    const perTrigger = (name) => ((median(name, 'cpu') / count) * 1000).toFixed(2)
    const names = ['ours', 'curl --parallel', 'xargs curl']
    return {
      cells: [
        parallel,
        names.map((name) => (count / median(name, 'wall')).toFixed(0)).join(' / '),
        number(rate('curl --parallel')),
        judged(atLeast(rate('curl --parallel'), 0.9)),
        number(rate('xargs curl')),
        judged(atLeast(rate('xargs curl'), 1.4)),
        names.map(perTrigger).join(' / '),
        number(cpu('xargs curl')),
        judged(atMost(cpu('xargs curl'), 1 / 3)),
        names.map((name) => (median(name, 'memory') / 1e6).toFixed(0)).join(' / '),
      ],
    }
  })
}

export const comparisonHeads = [
  'at once',
  'triggers/s: batch / curl / xargs',
  'rate of curl',
  '≥ 0.9',
  'rate of xargs',
  '≥ 1.4',
  'CPU ms: batch / curl / xargs',
  'CPU of xargs',
  '≤ 0.33',
  'MB: batch / curl / xargs',
]

/** The rows of the growth, by how many targets; what each costs is compared with the row before. */
export function growth(seen) {
  const sizes = Object.keys(seen).map(Number)
  const median = (size, key) => spread(seen[size].map((run) => run[key])).median
  return sizes.map((size, at) => {
    const before = sizes[at - 1]
    const times = (key) =>
      before === undefined ? '-' : `${number(median(size, key) / median(before, key))} (${size / before})`
    return [
      size.toLocaleString('en'),
      number(median(size, 'wall')),
      times('wall'),
      number(median(size, 'cpu')),
      times('cpu'),
      (median(size, 'memory') / 1e6).toFixed(0),
      times('memory'),
      (median(size, 'firstMs') / 1000).toFixed(2),
    ]
  })
}

export const growthHeads = [
  'targets',
  'time, s',
  'of the row above',
  'CPU, s',
  'of the row above',
  'memory, MB',
  'of the row above',
  'first POST after, s',
]

/** The remaining goals, each with what it came to. */
export function judged(seen, check, reused) {
  const median = (runs, key) => spread(runs.map((run) => run[key])).median
  const large = seen[10_000]
  const memory = median(large, 'memory') / median(seen[1000], 'memory')
  const first = median(large, 'firstMs') / 1000
  const linear = (key) => median(large, key) / median(seen[1000], key)
  return [
    ['peak memory of 10,000 targets, of that of 1,000', '≤ 1.1', number(memory), atMost(memory, 1.1)],
    ['CPU of 10,000 targets, of that of 1,000', '≤ 10', number(linear('cpu')), atMost(linear('cpu'), 10)],
    ['first POST of 10,000 targets, s', '≤ 1', number(first), atMost(first, 1)],
    ['the same in CPU time of `--check`, s', '≤ 1', number(median(check.plain, 'cpu')), 'reported'],
    [
      'check of 10,000 nodes and 50,000 edges, s',
      '≤ 1',
      number(median(check.graph, 'wall')),
      atMost(median(check.graph, 'wall'), 1),
    ],
    ['the same in CPU time, s', '≤ 1', number(median(check.graph, 'cpu')), 'reported'],
    ['POSTs on a connection that had carried one', '0', String(reused), reused === 0 ? 'met' : 'missed'],
  ]
}
