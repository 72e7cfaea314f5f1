import { textOf } from './cells.mjs'

/** How long a key is shown, in ms. */
const keyMs = 110
/** How long a screen is shown on which only the last line has changed: what counts seconds there. */
const countMs = 160
/** Other times are halved, and are multiples of this, in ms, so that small delays of the machine are not to be seen. */
const stepMs = 250
const longestMs = 1500
/** How long the end of a line is shown before it is sent, its end, and the end of all. */
const beforeEnterMs = 500
const afterEndMs = 1750
const endMs = 6000

const key = (row) => row.map(({ text, classes }) => `${classes}|${text}`).join('')

/** The numbers of the rows that differ from those before, counted from 0. */
const changedRows = (rows, before) =>
  rows.flatMap((row, at) => (before && key(row) === key(before[at]) ? [] : [at]))

const isCounting = (changed, rows) =>
  changed.length === 1 && /^\d+ of \d+ jobs done/.test(textOf(rows[changed[0]]))

/**
 * A recording as frames: the rows of each, the numbers of those that are new, and for how long it is shown, in ms. Screens that equal the one before
 * are left out.
 */
export function framesOf(shots) {
  const frames = []
  for (const { at, rows, isTyped } of shots) {
    const changed = changedRows(rows, frames.at(-1)?.rows)
    if (changed.length > 0) frames.push({ at, rows, changed, isTyped })
  }
  return frames.map((frame, number) => ({ ...frame, ms: timeOf(frame, frames[number + 1]) }))
}

function timeOf({ at, rows, changed, isTyped }, next) {
  if (!next) return endMs
  if (isTyped) return next.isTyped ? keyMs : beforeEnterMs
  if (next.isTyped) return afterEndMs
  if (isCounting(changed, rows)) return countMs
  return Math.min(longestMs, Math.max(stepMs, Math.round((next.at - at) / 2 / stepMs) * stepMs))
}
