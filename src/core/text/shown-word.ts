import { tokenKind } from '../token-kind.ts'

/** A word of letters, or of digits, as names and mistyped numbers have them. A token mixes them. */
const part = '(?:\\p{L}{1,14}\\d{0,4}|\\d{1,15}\\p{L}{0,2})'
const likeName = new RegExp(`^-?${part}(?:[-_./ :]{1,3}${part})*$`, 'u')

/** Longer than any name, in characters. */
const longest = 60

/** What may stand between the signs of a short word: a few letters and digits mixed, as in `4x7`, are no token. */
const run = `(?:${part}|[\\p{L}\\p{N}]{1,5})`

/** A short word with signs that no name has; `@` and `=` are none of them, since a password may stand behind. */
const likeSlip = new RegExp(`^(?:${run}?[ !-/:-<>?[-\`{-~]+)*${run}?$`, 'u')
const longestSlip = 16

/** Whether a word may be repeated in a message: where it stands, a token may have been typed by mistake. */
export function isShowable(word: string): boolean {
  if (word === '' || word.length > longest || tokenKind(word) !== undefined) return false
  return likeName.test(word) || (word.length <= longestSlip && likeSlip.test(word))
}

/** A word in quotation marks behind a blank, ` "statsu"`; '' where it may be a token. */
export const quotedWord = (word: string): string => (isShowable(word) ? ` "${word}"` : '')
