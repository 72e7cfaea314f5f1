/** What a server may try on a terminal (docs/guarantees.md#7.1). */
export const attacks: [name: string, text: string][] = [
  ['CSI', 'a\x1b[2J\x1b[1;1Hb'],
  ['foreign colours', 'a\x1b[45m\x1b[5mb'],
  ['OSC 52', 'a\x1b]52;c;ZXZpbA==\x07b'],
  ['OSC 8', 'a\x1b]8;;http://evil.example\x1b\\b\x1b]8;;\x1b\\'],
  ['an OSC without an end', 'a\x1b]0;b'],
  ['DCS', 'a\x1bPq#0;2;0;0;0\x1b\\b'],
  ['APC', 'a\x1b_Gf=100;x\x1b\\b'],
  ['a link whose text is one', 'a\x1b]8;;http://evil.example\x07\x1b]8;;javascript:x\x07b\x1b]8;;\x07'],
  ['SOS and PM', 'a\x1bXx\x1b\\b\x1b^x\x1b\\c'],
  ['strings that others break off', 'a\x1b]0;x\x1bPq\x1b_G\x1b[2Jb'],
  ['a string in a string', '\x1b\x1b]0;x\x07]0;evil\x07b'],
  ['C1 DCS, APC, SOS, PM', 'a\u0090q\u009cb\u009fG\u009cc\u0098x\u009cd\u009ex\u009c'],
  ['a C1 OSC without an end', 'a\u009d0;b'],
  ['joiners that join nothing', 'mas\u200cter\u200d\ufe0f'],
  ['C1 CSI', 'a\u009b31mb'],
  ['C1 OSC', 'a\u009d52;c;x\u009cb'],
  ['NEL', 'a\u0085b'],
  ['CR', 'honest\rEvil!'],
  ['backspace', 'bad\b\b\bgood'],
  ['bell, SO, NUL, DEL', 'a\x07\x0e\x00\x7fb'],
  ['bidi override', 'a\u202egnp.exe\u202cb'],
  ['bidi isolate', 'a\u2066b\u2069\u061c'],
  ['what does not show', 'a\u200b\u200f\u2060b'],
  ['line separators, BOM', 'a\u2028b\u2029c\ufeffd'],
]

const joiningScripts = [
  ...[
    'Arabic',
    'Syriac',
    'Nko',
    'Mongolian',
    'Devanagari',
    'Bengali',
    'Gurmukhi',
    'Gujarati',
    'Oriya',
    'Tamil',
  ],
  ...['Telugu', 'Kannada', 'Malayalam', 'Sinhala', 'Khmer', 'Myanmar', 'Javanese', 'Balinese'],
]
const joined = `[${joiningScripts.map((script) => `\\p{scx=${script}}`).join('')}]`
const emojiJoiner = String.raw`(?<=\p{ExtPict}\ufe0f?\p{EMod}?\ufe0f?)\u200d(?=\p{ExtPict})`
const harmlessJoiner = new RegExp(`${emojiJoiner}|(?<=${joined})[\\u200c\\u200d](?=${joined})`, 'gu')

/** A text without the joiners that are part of an emoji, or that stand between letters of scripts that join: they are harmless. */
export function withoutJoiners(text: string): string {
  return text.replace(harmlessJoiner, '')
}

/** What must not reach a terminal. */
export const unsafeCharacters =
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/
