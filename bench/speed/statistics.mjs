// Numbers from rounds. A ratio is taken within its round, where both ran under the same load; of all rounds the median counts.

const sorted = (values) => [...values].sort((a, b) => a - b)

/** Least, median and most. */
export function spread(values) {
  const all = sorted(values)
  const middle = all.length / 2
  const median = all.length % 2 === 1 ? all[Math.floor(middle)] : (all[middle - 1] + all[middle]) / 2
  return { min: all[0], median, max: all.at(-1) }
}

/** The spread of one program's values as multiples of another's, round by round; undefined where one was not measured. */
export function ratio(values, bases) {
  if (!values || !bases || values.some((each) => each === null) || bases.some((each) => each === null))
    return undefined
  return spread(values.map((each, round) => each / bases[round]))
}

/** The same in an order of its own each time, so that none always runs after the same one. */
export function shuffled(values) {
  const rest = [...values]
  const result = []
  while (rest.length > 0) result.push(...rest.splice(Math.floor(Math.random() * rest.length), 1))
  return result
}
