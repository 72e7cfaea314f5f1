/** What begins an OSC and any other string, and what both may hold. BEL is in the others a part of the string. */
const osc = String.raw`(?:\x1b\]|\x9d)`
const other = String.raw`(?:\x1b[PX^_]|[\x90\x98\x9e\x9f])`
const held = String.raw`[^\x07\x18\x1a\x1b\n\r\x80-\x9f]`
const heldWithBell = String.raw`[^\x18\x1a\x1b\n\r\x80-\x9f]`
const end = String.raw`\x1b\\|[\x18\x1a\x9c]|(?=[\x1b\x80-\x9f])`

/**
 * Matches the control strings of ECMA-48 (OSC, DCS, SOS, PM, APC), which set titles, links, images or the clipboard of a
 * terminal. As on terminals they begin with ESC and a character or with a C1 character, and end at ST (ESC \ or U+009C),
 * BEL (OSC only), CAN, SUB or any other control sequence. Unlike there, an unterminated one ends with its line and is
 * text: it would hide all that follows.
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
