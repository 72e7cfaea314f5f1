import { controlString, longOpenString, mostHeldString } from './control-strings.ts'
import { contextLength, isHarmless } from './joiners.ts'

/**
 * Characters that control a terminal or change the text's direction: C0 except tab and line feed, DEL, C1,
 * bidi and zero-width characters (docs/guarantees.md#7.1); and variation selectors, which are invisible where they
 * vary nothing.
 */
const unsafeOrVariation =
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ufe00-\ufe0f]|\udb40[\udd00-\uddef]/g

let unsafeOrString: RegExp | undefined

/** Most texts: nothing in them needs an escape. */
export const isPlain = (text: string): boolean => /^[\t\n\x20-\x7e]*$/.test(text)

/** What begins a control string has this many bytes, in both forms. */
const introducerBytes = 2

/** A character as visible text: `^[` style for C0 and DEL, `<U+009B>` for all others (docs/guarantees.md#7.1). */
export function escapeChar(code: number): string {
  if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`
  if (code === 0x7f) return '^?'
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
}

/** The character that stands at `at`, as visible text unless it is harmless there. */
function escapeAt(char: string, at: number, text: string): string {
  const before = text.slice(Math.max(0, at - contextLength), at)
  const end = at + char.length
  return isHarmless(char, before, text.slice(end, end + 2)) ? char : escapeChar(char.codePointAt(0) ?? 0)
}

/**
 * Makes control, bidi and zero-width characters visible. Accents, CJK and emoji stay, with the joiners and variation
 * selectors that belong to them (joiners.ts).
 */
export function escapeCharacters(text: string): string {
  return isPlain(text) ? text : text.replace(unsafeOrVariation, escapeAt)
}

/** The same, without the strings that control a terminal (control-strings.ts), as the sanitizer of logs does it. */
export function escapeControls(text: string): string {
  if (isPlain(text)) return text
  // To make it takes longer than all that most texts need.
  unsafeOrString ??= new RegExp(
    `${controlString.source}|(${longOpenString})|(${unsafeOrVariation.source})`,
    'g',
  )
  return text.replace(unsafeOrString, (_, open: string | undefined, char: string | undefined, at: number) => {
    if (char !== undefined) return escapeAt(char, at, text)
    if (open === undefined || Buffer.byteLength(open) >= mostHeldString + introducerBytes) return ''
    return open.replace(unsafeOrVariation, (each: string, index: number) => escapeAt(each, at + index, text))
  })
}

const inJson = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

/** Escapes the unsafe characters that JSON allows: C1, DEL, bidi, zero-width, variation selectors. The value stays the same. */
export function escapeJson(json: string): string {
  return json.replace(unsafeOrVariation, (char) => char.split('').map(inJson).join(''))
}
