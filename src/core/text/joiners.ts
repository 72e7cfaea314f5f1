type Range = readonly [first: number, last: number]

/**
 * What joins, or has forms that a joiner or a non-joiner chooses (RFC 5892, appendix A.1 and A.2). Ranges, not the scripts of a pattern: V8 looks
 * these up where it reads this file, which takes longer than all else in it.
 */
// prettier-ignore
const joining: readonly Range[] = [
  [0x0600, 0x061b], [0x061d, 0x074f], [0x0750, 0x077f], [0x07c0, 0x07ff], [0x0840, 0x08ff], // Arabic, Syriac, NKo, Mandaic; not U+061C
  [0x0900, 0x0dff], [0x1cd0, 0x1cff], [0xa8e0, 0xa8ff], // Devanagari to Sinhala
  [0x1000, 0x109f], [0xa9e0, 0xa9ff], [0xaa60, 0xaa7f], // Myanmar
  [0x1780, 0x17ff], [0x1800, 0x180d], [0x180f, 0x18af], // Khmer, Mongolian; not U+180E
  [0x1b00, 0x1b7f], [0xa840, 0xa87f], [0xa980, 0xa9df], // Balinese, Phags-pa, Javanese
  [0xfb50, 0xfdff], [0xfe70, 0xfefc], // Arabic forms
  [0x10ac0, 0x10aff], [0x10b80, 0x10baf], [0x10d00, 0x10d3f], // Manichaean, Psalter Pahlavi, Hanifi Rohingya
  [0x10f30, 0x10f6f], [0x11300, 0x1137f], [0x1e900, 0x1e95f], // Sogdian, Grantha, Adlam
]

/** Ideographs, their radicals, and their signs of repetition. */
// prettier-ignore
const ideographs: readonly Range[] = [
  [0x2e80, 0x2fd5], [0x3005, 0x3007], [0x3021, 0x3029], [0x3038, 0x303b], [0x3400, 0x4dbf], [0x4e00, 0x9fff], [0xf900, 0xfaff],
  [0x20000, 0x3ffff],
]

function isIn(ranges: readonly Range[], char: string): boolean {
  const code = char.codePointAt(0) ?? 0
  return ranges.some(([first, last]) => code >= first && code <= last)
}

/** An emoji, which may have a skin tone and a variation selector. */
const endsInEmoji = /\p{ExtPict}(?:\ufe0f|\p{EMod}\ufe0f?)?$/u
const emoji = /^\p{ExtPict}$/u

/** What has variations besides letters of those scripts and ideographs: emoji (also `#`, `*` and digits), symbols, East Asian punctuation. */
const variable = /^[#*0-9\p{ExtPict}\p{EMod}\u2018-\u201f\u2190-\u2bff\u3001\u3002\uff00-\uffef]$/u

/** Whether a character is a joiner or a non-joiner, of which what follows says whether it is harmless. */
export function isJoiner(char: string): boolean {
  return char === '\u200c' || char === '\u200d'
}

/** This many UTF-16 units before a character say whether it is harmless. */
export const contextLength = 6

/**
 * Whether an invisible character changes only how those next to it are drawn: a joiner between emoji, a joiner or
 * non-joiner between letters of scripts that join, a variation selector after what has variations. `before` holds at
 * least the `contextLength` units before it, if there are this many; `after` begins with the character after it.
 */
export function isHarmless(char: string, before: string, after: string): boolean {
  const last = /.$/su.exec(before)?.[0] ?? ''
  if (isJoiner(char)) {
    const next = /^./su.exec(after)?.[0] ?? ''
    const isBetweenEmoji = char === '\u200d' && endsInEmoji.test(before) && emoji.test(next)
    return isBetweenEmoji || (isIn(joining, last) && isIn(joining, next))
  }
  if (/^[\ufe00-\ufe0f]$/.test(char))
    return variable.test(last) || isIn(ideographs, last) || isIn(joining, last)
  return /^[\u{e0100}-\u{e01ef}]$/u.test(char) && isIn(ideographs, last)
}
