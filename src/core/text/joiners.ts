// Literals, since these are compiled only where they are used: that takes longer than anything else on the way to a trigger.

/**
 * A letter, mark or digit of the scripts in which a joiner, or a non-joiner, changes how its neighbours are written (RFC 5892, appendix A.1
 * and A.2).
 */
const joining =
  /^(?=[\p{L}\p{M}\p{Nd}])[\p{scx=Arab}\p{scx=Syrc}\p{scx=Mand}\p{scx=Nkoo}\p{scx=Mong}\p{scx=Phag}\p{scx=Mani}\p{scx=Phlp}\p{scx=Sogd}\p{scx=Adlm}\p{scx=Rohg}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}\p{scx=Khmr}\p{scx=Mymr}\p{scx=Bali}\p{scx=Java}\p{scx=Gran}]$/u

/** An emoji, which may have a skin tone and a variation selector. */
const endsEmoji = /\p{ExtPict}(?:\ufe0f|\p{EMod}\ufe0f?)?$/u
const emoji = /^\p{ExtPict}$/u

/** What has variations besides letters of those scripts: emoji (also `#`, `*` and digits), symbols, East Asian punctuation; and ideographs. */
const variable = /^[\p{Emoji}\p{ExtPict}\p{scx=Hani}\u2018-\u201f\u2190-\u2bff\u3001\u3002\uff00-\uffef]$/u
const ideograph = /^\p{scx=Hani}$/u

const variationSelector = /^[\ufe00-\ufe0f]$/
const ideographSelector = /^[\u{e0100}-\u{e01ef}]$/u

/** Whether a character is a joiner or a non-joiner, of which what follows says whether it is harmless. */
export function isJoiner(char: string): boolean {
  return char === '\u200c' || char === '\u200d'
}

/** So many UTF-16 units before a character say whether it is harmless. */
export const contextLength = 6

/**
 * Whether an invisible character changes only how those beside it are drawn: a joiner between emoji, a joiner or
 * non-joiner between letters of scripts that join, a variation selector after what has variations. `before` holds at
 * least the `contextLength` units before it, if there are so many; `after` begins with the character after it.
 */
export function isHarmless(char: string, before: string, after: string): boolean {
  const last = /.$/su.exec(before)?.[0] ?? ''
  if (isJoiner(char)) {
    const next = /^./su.exec(after)?.[0] ?? ''
    const isBetweenEmoji = char === '\u200d' && endsEmoji.test(before) && emoji.test(next)
    return isBetweenEmoji || (joining.test(last) && joining.test(next))
  }
  if (variationSelector.test(char)) return variable.test(last) || joining.test(last)
  return ideographSelector.test(char) && ideograph.test(last)
}
