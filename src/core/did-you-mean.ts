import { distance } from 'fastest-levenshtein'

const sortedLetters = (word: string): string => Array.from(word).sort().join('')

/** The edit distance of two words; two letters that changed places count as one edit. */
function editDistance(word: string, name: string): number {
  const edits = distance(word, name)
  return edits === 2 && word.length === name.length && sortedLetters(word) === sortedLetters(name) ? 1 : edits
}

/** The names within a third of the word's length in edits, nearest first, ignoring case. */
export function nearestOf(word: string, names: readonly string[]): string[] {
  const lower = word.toLowerCase()
  const length = lower.replace(/^-+/, '').length
  if (length < 2) return []
  const maxEdits = Math.max(1, Math.floor(length / 3))
  return names
    .map((name) => ({ name, edits: editDistance(lower, name.toLowerCase()) }))
    .filter((each) => each.edits <= maxEdits)
    .sort((a, b) => a.edits - b.edits)
    .map(({ name }) => name)
}

/** The name that a mistyped word most likely means, ignoring case. Undefined if none is near. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  return nearestOf(word, names)[0]
}
