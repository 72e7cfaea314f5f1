/** 1 for every byte that cannot be copied unchanged: C0 except tab and line feed, DEL, and non-ASCII. */
const unusual = Uint8Array.from({ length: 256 }, (_, byte) =>
  (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a ? 0 : 1,
)

/**
 * The position of the next unusual byte from `at` on, or `end`. Logs consist mostly of usual bytes, so it
 * tests four at a time: the highest bit of each byte of the sum is set for bytes below 0x20 and from 0x7f on.
 * `words` is a view of the same bytes.
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
    // The test of four also stops at line feeds and tabs, which are usual.
    const upTo = Math.min((at | 3) + 1, end)
    for (; at < upTo; at += 1) if (unusual[bytes[at] ?? 0] === 1) return at
  }
  return end
}

/** The length of a sequence or character whose end has not arrived yet. */
export const incomplete = -1

/** Longest control sequence in bytes; anything longer is treated as text. */
const maxSequence = 64

/**
 * The length of the control sequence at `at`: CSI, or ESC ( B, which `tput sgr0` writes first. 0 if there is
 * none, `incomplete` if there may be one.
 */
export function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end) return incomplete
  const kind = bytes[at + 1]
  if (kind === 0x28) return at + 2 >= end ? incomplete : bytes[at + 2] === 0x42 ? 3 : 0
  if (kind !== 0x5b) return 0
  let hasIntermediate = false
  const last = Math.min(end, at + maxSequence)
  for (let next = at + 2; next < last; next += 1) {
    const byte = bytes[next] ?? 0
    if (byte >= 0x40 && byte <= 0x7e) return next + 1 - at
    if (byte < 0x20 || byte > 0x3f || (hasIntermediate && byte >= 0x30)) return 0
    hasIntermediate = byte < 0x30
  }
  return last === end && end - at < maxSequence ? incomplete : 0
}

/** Whether a control sequence only sets colours and text attributes (SGR). */
export function isColor(bytes: Uint8Array, at: number, length: number): boolean {
  if (bytes[at + 1] !== 0x5b || bytes[at + length - 1] !== 0x6d) return false
  for (let next = at + 2; next < at + length - 1; next += 1) {
    const byte = bytes[next] ?? 0
    if (byte < 0x30 || byte > 0x3b) return false
  }
  return true
}

/** For the first byte of a UTF-8 character: the number of following bytes, and the range of the second. */
function sequenceShape(lead: number): readonly [following: number, least: number, most: number] {
  if (lead >= 0xc2 && lead <= 0xdf) return [1, 0x80, 0xbf]
  if (lead === 0xe0) return [2, 0xa0, 0xbf]
  if (lead === 0xed) return [2, 0x80, 0x9f]
  if (lead >= 0xe1 && lead <= 0xef) return [2, 0x80, 0xbf]
  if (lead === 0xf0) return [3, 0x90, 0xbf]
  if (lead === 0xf4) return [3, 0x80, 0x8f]
  if (lead >= 0xf1 && lead <= 0xf3) return [3, 0x80, 0xbf]
  return [0, 0, 0]
}

const shapes = Array.from({ length: 256 }, (_, lead) => sequenceShape(lead))
const followingCounts = Uint8Array.from(shapes, (shape) => shape[0])
const secondMins = Uint8Array.from(shapes, (shape) => shape[1])
const secondMaxs = Uint8Array.from(shapes, (shape) => shape[2])

/** The number of bytes from `at` on that are the beginning of a valid UTF-8 character. */
function fittingLength(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at] ?? 0
  const most = Math.min((followingCounts[lead] ?? 0) + 1, end - at)
  if (most < 2) return 1
  const second = bytes[at + 1] ?? 0
  if (second < (secondMins[lead] ?? 0) || second > (secondMaxs[lead] ?? 0)) return 1
  let length = 2
  while (length < most && ((bytes[at + length] ?? 0) & 0xc0) === 0x80) length += 1
  return length
}

/** The length of the non-ASCII character at `at`; 0 if it is invalid, `incomplete` if bytes are missing. */
export function characterLength(bytes: Uint8Array, at: number, end: number): number {
  const following = followingCounts[bytes[at] ?? 0] ?? 0
  const length = fittingLength(bytes, at, end)
  if (following === 0) return 0
  if (length === following + 1) return length
  return at + length >= end ? incomplete : 0
}

/** The number of invalid bytes that one U+FFFD replaces, as the Encoding standard defines it. */
export const brokenLength = fittingLength

/** The code point of a complete UTF-8 character of two bytes or more. */
export function codePointAt(bytes: Uint8Array, at: number, length: number): number {
  let code = (bytes[at] ?? 0) & (0xff >> (length + 1))
  for (let next = at + 1; next < at + length; next += 1) code = (code << 6) | ((bytes[next] ?? 0) & 0x3f)
  return code
}

/**
 * Whether a non-ASCII character is a control or invisible: C1, bidi, zero-width, a variation selector
 * (docs/guarantees.md#7.1).
 */
export function isUnsafe(code: number): boolean {
  if (code < 0x200b) return code <= 0x9f || code === 0x061c
  if (code <= 0x200f || code === 0xfeff) return true
  if (code >= 0xfe00) return code <= 0xfe0f || (code >= 0xe0100 && code <= 0xe01ef)
  return (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x2069)
}

/** The character at `at`; '' for none or a broken one, undefined if bytes are missing. */
export function characterAt(bytes: Buffer, at: number, end: number): string | undefined {
  if (at >= end) return undefined
  const length = (bytes[at] ?? 0) < 0x80 ? 1 : characterLength(bytes, at, end)
  return length === incomplete ? undefined : bytes.toString('utf8', at, at + length)
}
