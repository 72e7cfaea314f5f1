import { closest, distance } from 'fastest-levenshtein'

/** The name that a mistyped word most likely means; undefined where none is near. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined
  const best = closest(word, [...names])
  return distance(word, best) <= Math.max(1, Math.floor(word.length / 3)) ? best : undefined
}
