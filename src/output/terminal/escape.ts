import { escapeChar } from '../../core/escape-char.ts'

/** What a terminal obeys, or what turns its text around: C0 but tab and line feed, DEL, C1, bidi and zero-width (guarantees 7.1). */
const unsafe = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** `text` with everything that could control a terminal made visible. Accents, CJK and emoji stay as they are. */
export function escapeControls(text: string): string {
  return text.replace(unsafe, (char) => escapeChar(char.charCodeAt(0)))
}

/** The same for one line: line ends become blanks. */
export function escapeLine(text: string): string {
  return escapeControls(text.replace(/[\r\n\t]+/g, ' '))
}

/** JSON text that is safe on a terminal too: JSON itself leaves C1, DEL and bidi characters as they are. Still the same JSON. */
export function cleanJson(json: string): string {
  return json.replace(unsafe, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
