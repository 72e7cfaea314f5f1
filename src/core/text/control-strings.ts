/** What begins an OSC and any other string, and what both may hold. BEL is in the others a part of the string. */
const osc = String.raw`(?:\x1b\]|\x9d)`
const other = String.raw`(?:\x1b[PX^_]|[\x90\x98\x9e\x9f])`
const held = String.raw`[^\x07\x18\x1a\x1b\n\r\x80-\x9f]`
const heldWithBell = String.raw`[^\x18\x1a\x1b\n\r\x80-\x9f]`
const end = String.raw`\x1b\\|[\x18\x1a\x9c]|(?=[\x1b\x80-\x9f])`

/**
 * The strings by which a terminal is given titles, links, images, the clipboard and the like (ECMA-48): OSC, DCS, SOS, PM and APC. They begin with ESC and
 * a character, or with one of C1. As terminals read them, ST (ESC \ or U+009C) ends each of them, BEL an OSC, CAN and SUB break them off,
 * and any other control sequence ends them. Unlike there, no string continues in the next line: an unterminated one would swallow all that comes
 * after it, and is text.
 */
export const controlString = new RegExp(
  `${osc}${held}*(?:\\x07|${end})|${other}${heldWithBell}*(?:${end})`,
  'g',
)

/** In a log, an unterminated one is dropped up to the end of its line if it holds this many bytes: it cannot be kept until its end comes. */
export const mostHeldString = 4096

/** An unterminated one that may be this long: no character takes more than three bytes for each of its UTF-16 units. */
export const longOpenString = `${osc}${held}{${Math.ceil(mostHeldString / 3)},}|${other}${heldWithBell}{${Math.ceil(mostHeldString / 3)},}`

/** A text without its control strings, except for those that are `kept`. */
export function dropControlStrings(text: string, isKept: (string: string) => boolean = () => false): string {
  return text.replace(controlString, (string) => (isKept(string) ? string : ''))
}
