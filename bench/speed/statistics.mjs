// Statistics over rounds. Ratios are taken within a round, under the same load; the median of all rounds
// counts.

const sorted = (values) => [...values].sort((a, b) => a - b)

/** Minimum, median and maximum. */
export function spread(values) {
  const all = sorted(values)
  const middle = all.length / 2
  const median = all.length % 2 === 1 ? all[Math.floor(middle)] : (all[middle - 1] + all[middle]) / 2
  return { min: all[0], median, max: all.at(-1) }
}

/** The ratios of two programs' values, round by round; undefined if one was not measured. */
export function ratio(values, bases) {
  if (!values || !bases || values.some((each) => each === null) || bases.some((each) => each === null))
    return undefined
  return spread(values.map((each, round) => each / bases[round]))
}

/** A shuffled copy, so that no program always runs after the same one. */
export function shuffled(values) {
  const rest = [...values]
  const result = []
  while (rest.length > 0) result.push(...rest.splice(Math.floor(Math.random() * rest.length), 1))
  return result
}
