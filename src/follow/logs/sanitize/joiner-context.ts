import { contextLength, isHarmless, isJoiner } from '../../../core/text/joiners.ts'
import { characterAt } from './byte-scan.ts'

/** Judges the joiners and variation selectors of a log by what stands around them, also where the log arrives in pieces. */
export class JoinerContext {
  /** The end of the bytes before, as long as it matters to what follows. */
  #before = ''

  /** Keeps what stands before `at`, where the next bytes will begin. */
  keepBefore(bytes: Buffer, at: number): void {
    this.#before = this.#textBefore(bytes, at)
  }

  /** Whether the character at `at` is harmless there; undefined if the one after it is missing. */
  isHarmless(bytes: Buffer, at: number, length: number, end: number, isEnd: boolean): boolean | undefined {
    const after = characterAt(bytes, at + length, end)
    const char = bytes.toString('utf8', at, at + length)
    if (after === undefined && !isEnd && isJoiner(char)) return undefined
    return isHarmless(char, this.#textBefore(bytes, at), after ?? '')
  }

  #textBefore(bytes: Buffer, at: number): string {
    const mostBytes = 2 * contextLength
    const near = bytes.toString('utf8', Math.max(0, at - mostBytes), at)
    return (at < mostBytes ? this.#before + near : near).slice(-contextLength)
  }
}
