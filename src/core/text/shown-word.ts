import { tokenKind } from '../token-kind.ts'

/** A word of letters, or of digits, as names and mistyped numbers have them. A token mixes them. */
const part = '(?:\\p{L}{1,14}\\d{0,4}|\\d{1,15}\\p{L}{0,2})'
const likeName = new RegExp(`^-?${part}(?:[-_./ :]${part})*$`, 'u')

/** Longer than any name, in characters. */
const longest = 60

/** Whether a word may be repeated in a message: where it stands, a token may have been typed by mistake. */
export function isShowable(word: string): boolean {
  return word.length <= longest && likeName.test(word) && tokenKind(word) === undefined
}

/** A word in quotation marks behind a blank, ` "statsu"`; '' where it may be a token. */
export const quotedWord = (word: string): string => (isShowable(word) ? ` "${word}"` : '')
