const escape = 0x1b
const backslash = 0x5c
const bell = 0x07
/** The first byte of a C1 character, and the second of ST. */
const c1 = 0xc2
const stringTerminator = 0x9c

/** The second bytes of what begins a control string (core/text/control-strings.ts): after ESC, and in a C1 character. */
const afterEscape = new Set([0x50, 0x58, 0x5d, 0x5e, 0x5f])
const afterC1 = new Set([0x90, 0x98, 0x9d, 0x9e, 0x9f])

/** The length of what begins a control string, of both forms. */
export const introducerLength = 2

/** Whether a control string begins at `at`: ESC or a C1 character, of which both bytes are there. */
export function beginsString(bytes: Uint8Array, at: number): boolean {
  return (bytes[at] === c1 ? afterC1 : afterEscape).has(bytes[at + 1] ?? 0)
}

/** Whether the control string at `at` is an OSC, which BEL ends too. */
export function isOsc(bytes: Uint8Array, at: number): boolean {
  return bytes[at + 1] === 0x5d || bytes[at + 1] === 0x9d
}

/** Where a control string ends. */
export interface StringEnd {
  /** `ended`; `broken` off by the end of its line; `open`: more bytes are needed. */
  kind: 'ended' | 'broken' | 'open'
  /** The position after it; of an open one, how far it is certain. */
  at: number
}

/** The end of a control string, of which `from` is a position inside. `isLast`: no more bytes will come. */
export function stringEnd(
  bytes: Uint8Array,
  from: number,
  end: number,
  endsWithBell: boolean,
  isLast: boolean,
): StringEnd {
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at] ?? 0
    const next = at + 1 < end ? bytes[at + 1] : undefined
    if (byte === 0x0a || byte === 0x0d) return { kind: 'broken', at }
    if (byte === 0x18 || byte === 0x1a || (byte === bell && endsWithBell))
      return { kind: 'ended', at: at + 1 }
    if (byte !== escape && byte !== c1) continue
    if (next === undefined && !isLast) return { kind: 'open', at }
    if (byte === escape) return { kind: 'ended', at: next === backslash ? at + 2 : at }
    if (next === undefined || next < 0x80 || next > 0x9f) continue
    return { kind: 'ended', at: next === stringTerminator ? at + 2 : at }
  }
  return { kind: 'open', at: end }
}
