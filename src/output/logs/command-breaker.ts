import type { Context } from '../../core/context.ts'
import { breakCommands, commandSigns, partialCommandLength } from '../../core/text/ci-commands.ts'

const lineFeed = 0x0a

/** Whether a line has nothing but white space and colours so far. */
const isBlank = (line: string): boolean => line.replace(/\x1b\[[\d:;]*m/g, '').trim() === ''

/**
 * Breaks commands to CI systems in a sanitized log that may be cut anywhere between characters. It holds back what may be the beginning of
 * one, a few bytes.
 */
export class CommandBreaker {
  readonly #env: Context['env']
  readonly #signs: readonly string[]
  #held = ''
  /** The current line has begun with text. */
  #isInLine = false

  constructor(env: Context['env']) {
    this.#env = env
    this.#signs = commandSigns(env)
  }

  /** Returns the next bytes, without commands. */
  add(bytes: Buffer): Buffer {
    if (this.#held !== '' || this.#signs.some((sign) => bytes.includes(sign)))
      return Buffer.from(this.#broken(this.#held + bytes.toString(), false))
    // Most pieces hold no command: of these only the last line matters, for what may follow.
    const last = bytes.subarray(bytes.lastIndexOf(lineFeed) + 1)
    if (last.length < bytes.length) this.#isInLine = false
    this.#broken(last.toString(), false)
    return bytes.subarray(0, bytes.length - this.#held.length)
  }

  /** Returns what was held back, at the end of the log. */
  end(): Buffer {
    const rest = Buffer.from(this.#broken(this.#held, true))
    this.#isInLine = false
    return rest
  }

  #broken(text: string, isEnd: boolean): string {
    const held = isEnd ? 0 : partialCommandLength(text, this.#isInLine)
    const whole = text.slice(0, text.length - held)
    this.#held = text.slice(text.length - held)
    const result = breakCommands(whole, this.#env, this.#isInLine)
    const end = whole.lastIndexOf('\n') + 1
    this.#isInLine = !isBlank(whole.slice(end)) || (end === 0 && this.#isInLine)
    return result
  }
}
