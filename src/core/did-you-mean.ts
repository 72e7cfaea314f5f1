import { distance } from 'fastest-levenshtein'

/** Whether one word is the other with two neighbouring letters in each other's place. */
function isSwapped(word: string, name: string): boolean {
  const at = Array.from(word).findIndex((letter, index) => letter !== name[index])
  return (
    word.length === name.length &&
    word[at] === name[at + 1] &&
    word[at + 1] === name[at] &&
    word.slice(at + 2) === name.slice(at + 2)
  )
}

/** The edit distance of two words; two neighbouring letters that changed places count as one edit. */
const editDistance = (word: string, name: string): number =>
  isSwapped(word, name) ? 1 : distance(word, name)

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
