/**
 * Characters that control a terminal or change the text's direction: C0 except tab and line feed, DEL, C1,
 * bidi and zero-width characters (docs/guarantees.md#7.1).
 */
const unsafe = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** A character as visible text: `^[` style for C0 and DEL, `<U+009B>` for all others (docs/guarantees.md#7.1). */
export function escapeChar(code: number): string {
  if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`
  if (code === 0x7f) return '^?'
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
}

/** Makes control, bidi and zero-width characters visible. Accents, CJK and emoji stay. */
export function escapeControls(text: string): string {
  return text.replace(unsafe, (char) => escapeChar(char.charCodeAt(0)))
}

/** Escapes the unsafe characters that JSON allows: C1, DEL, bidi, zero-width. The value stays the same. */
export function escapeJson(json: string): string {
  return json.replace(unsafe, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
