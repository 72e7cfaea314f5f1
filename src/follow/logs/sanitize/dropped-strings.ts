import { mostHeldString } from '../../../core/text/control-strings.ts'
import { incomplete } from './byte-scan.ts'
import { introducerLength, isOsc, stringEnd } from './string-scan.ts'

/**
 * Measures what to drop of the control strings of a log. One that is too long to be held back until its end arrives is
 * dropped piece by piece.
 */
export class DroppedStrings {
  #isOpen = false
  #endsWithBell = false

  /** The end of the string that is being dropped has not arrived. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** The length of what to drop of the control string at `at`: 0 if it is text, `incomplete` if its end is missing. */
  lengthAt(bytes: Buffer, at: number, end: number, isEnd: boolean): number {
    const endsWithBell = isOsc(bytes, at)
    const found = stringEnd(bytes, at + introducerLength, end, endsWithBell, isEnd)
    const length = found.at - at
    if (found.kind === 'ended') return length
    const isLong = length - introducerLength >= mostHeldString
    if (found.kind === 'broken' || isEnd) return isLong ? length : 0
    if (!isLong) return incomplete
    this.#isOpen = true
    this.#endsWithBell = endsWithBell
    return length
  }

  /** The length of what belongs to an open string at the beginning of the next bytes; 0 if none is open. */
  continuedLength(bytes: Buffer, end: number, isEnd: boolean): number {
    if (!this.#isOpen) return 0
    const { at, kind } = stringEnd(bytes, 0, end, this.#endsWithBell, isEnd)
    this.#isOpen = kind === 'open'
    return at
  }
}
