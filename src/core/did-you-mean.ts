import { distance } from 'fastest-levenshtein'

const letters = (word: string): string => Array.from(word).sort().join('')

/** How far two words are apart, in slips of the hand; two letters that changed places are one slip. */
function slips(word: string, name: string): number {
  const apart = distance(word, name)
  return apart === 2 && word.length === name.length && letters(word) === letters(name) ? 1 : apart
}

/** The names that a mistyped word most likely means, whatever its case, the nearest first; none where none is near. */
export function nearestOf(word: string, names: readonly string[]): string[] {
  const lower = word.toLowerCase()
  const length = lower.replace(/^-+/, '').length
  if (length < 2) return []
  const most = Math.max(1, Math.floor(length / 3))
  return names
    .map((name) => ({ name, slips: slips(lower, name.toLowerCase()) }))
    .filter((each) => each.slips <= most)
    .sort((a, b) => a.slips - b.slips)
    .map(({ name }) => name)
}

/** The name that a mistyped word most likely means, whatever its case; undefined where none is near. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  return nearestOf(word, names)[0]
}
