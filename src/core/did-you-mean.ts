import { distance } from 'fastest-levenshtein'

/** Whether the only difference of two words is that two letters changed places. */
function isSwapped(word: string, name: string): boolean {
  if (word.length !== name.length) return false
  const [a = 0, b = 0, ...more] = Array.from(word).flatMap((letter, at) => (letter === name[at] ? [] : at))
  return more.length === 0 && word[a] === name[b] && word[b] === name[a]
}

/** The edit distance of two words; two letters that changed places count as one edit. */
function editDistance(word: string, name: string): number {
  const edits = distance(word, name)
  return edits === 2 && isSwapped(word, name) ? 1 : edits
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
