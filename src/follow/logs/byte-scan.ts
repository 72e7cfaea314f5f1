/** 1 for every byte that a log may not simply pass on: C0 but tab and line feed, DEL, and all that is not ASCII. */
const unusual = Uint8Array.from({ length: 256 }, (_, byte) =>
  (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a ? 0 : 1,
)

/**
 * Where the next unusual byte stands from `at` on, or `end`. Nearly all of a log is usual, so four bytes are looked at in one: the highest bit of
 * a byte of the sum is set where it is below 0x20, 0x7f or above. `words` are the same bytes, from their beginning.
 */
export function nextUnusual(bytes: Uint8Array, words: Int32Array, at: number, end: number): number {
  while (at < end) {
    if ((at & 3) === 0) {
      let index = at >> 2
      for (const last = end >> 2; index < last; index += 1) {
        const word = words[index] ?? 0
        if ((((word - 0x20202020) | (word + 0x01010101) | word) & 0x80808080) !== 0) break
      }
      at = index << 2
    }
    // Line feeds and tabs are usual, whatever the sum says.
    const upTo = Math.min((at | 3) + 1, end)
    for (; at < upTo; at += 1) if (unusual[bytes[at] ?? 0] === 1) return at
  }
  return end
}

/** The result of looking at something whose end has not come yet. */
export const unfinished = -1

/** So long a control sequence may be, in bytes; what is longer is text. */
const longestSequence = 64

/**
 * The length of the control sequence (CSI) that begins with the ESC at `at`, or of the one that `tput sgr0` writes before it (back to ASCII); 0
 * where there is none, `unfinished` where there may be one.
 */
export function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end) return unfinished
  const kind = bytes[at + 1]
  if (kind === 0x28) return at + 2 >= end ? unfinished : bytes[at + 2] === 0x42 ? 3 : 0
  if (kind !== 0x5b) return 0
  let hasIntermediate = false
  const last = Math.min(end, at + longestSequence)
  for (let next = at + 2; next < last; next += 1) {
    const byte = bytes[next] ?? 0
    if (byte >= 0x40 && byte <= 0x7e) return next + 1 - at
    if (byte < 0x20 || byte > 0x3f || (hasIntermediate && byte >= 0x30)) return 0
    hasIntermediate = byte < 0x30
  }
  return last === end && end - at < longestSequence ? unfinished : 0
}

/** Whether a whole control sequence only chooses colours and the like (SGR). */
export function isColor(bytes: Uint8Array, at: number, length: number): boolean {
  if (bytes[at + length - 1] !== 0x6d) return false
  for (let next = at + 2; next < at + length - 1; next += 1) {
    const byte = bytes[next] ?? 0
    if (byte < 0x30 || byte > 0x3b) return false
  }
  return true
}

/** By the first byte of a character in UTF-8: how many follow, and the bounds of the second. */
function shapeOf(lead: number): readonly [following: number, least: number, most: number] {
  if (lead >= 0xc2 && lead <= 0xdf) return [1, 0x80, 0xbf]
  if (lead === 0xe0) return [2, 0xa0, 0xbf]
  if (lead === 0xed) return [2, 0x80, 0x9f]
  if (lead >= 0xe1 && lead <= 0xef) return [2, 0x80, 0xbf]
  if (lead === 0xf0) return [3, 0x90, 0xbf]
  if (lead === 0xf4) return [3, 0x80, 0x8f]
  if (lead >= 0xf1 && lead <= 0xf3) return [3, 0x80, 0xbf]
  return [0, 0, 0]
}

const shapes = Array.from({ length: 256 }, (_, lead) => shapeOf(lead))
const followings = Uint8Array.from(shapes, (shape) => shape[0])
const leasts = Uint8Array.from(shapes, (shape) => shape[1])
const mosts = Uint8Array.from(shapes, (shape) => shape[2])

/** How many of the bytes from `at` on, up to `end`, fit what the first of them begins. */
function fittingLength(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at] ?? 0
  const most = Math.min((followings[lead] ?? 0) + 1, end - at)
  if (most < 2) return 1
  const second = bytes[at + 1] ?? 0
  if (second < (leasts[lead] ?? 0) || second > (mosts[lead] ?? 0)) return 1
  let length = 2
  while (length < most && ((bytes[at + length] ?? 0) & 0xc0) === 0x80) length += 1
  return length
}

/** The length of the character in UTF-8 at `at`, which is not ASCII; 0 where it is broken, `unfinished` where more may come. */
export function characterLength(bytes: Uint8Array, at: number, end: number): number {
  const following = followings[bytes[at] ?? 0] ?? 0
  const length = fittingLength(bytes, at, end)
  if (following === 0) return 0
  if (length === following + 1) return length
  return at + length >= end ? unfinished : 0
}

/** The length of what one replacement character stands for, as the Encoding standard has it. */
export const brokenLength = fittingLength

/** The code point of a whole character in UTF-8 of two bytes or more. */
export function codePointAt(bytes: Uint8Array, at: number, length: number): number {
  let code = (bytes[at] ?? 0) & (0xff >> (length + 1))
  for (let next = at + 1; next < at + length; next += 1) code = (code << 6) | ((bytes[next] ?? 0) & 0x3f)
  return code
}

/** Whether a character beyond ASCII controls a terminal, or turns text around: C1, bidi and zero-width (guarantees 7.1). */
export function isUnsafe(code: number): boolean {
  if (code < 0x200b) return code <= 0x9f || code === 0x061c
  if (code <= 0x200f || code === 0xfeff) return true
  return (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x2069)
}
