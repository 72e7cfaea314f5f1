/** East Asian wide and full-width characters, and emoji: each takes two columns of a terminal (Unicode Annex 11). */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u

const graphemes = new Intl.Segmenter()

function widthOfOne(grapheme: string): number {
  if (wide.test(grapheme)) return 2
  return /^[\p{Mn}\p{Me}\p{Cf}]+$/u.test(grapheme) ? 0 : 1
}

/** How many columns of a terminal a text takes, which holds nothing that controls it. */
export function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  return Array.from(graphemes.segment(text)).reduce((sum, { segment }) => sum + widthOfOne(segment), 0)
}

const dots = '...'

/** A text that takes no more than `most` columns; one that was cut ends in dots. */
export function cutTo(text: string, most: number): string {
  if (widthOf(text) <= most) return text
  const end = dots.slice(0, most)
  let cut = ''
  for (const { segment } of graphemes.segment(text)) {
    if (widthOf(cut) + widthOf(segment) + end.length > most) break
    cut += segment
  }
  return cut + end
}
