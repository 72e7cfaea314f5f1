import type { Context } from '../../core/context.ts'
import { completeLine } from './complete-line.ts'

/** A word as the shell would understand it, as far as that is plain: without its quotes. */
const unquoted = (word: string): string =>
  /^(['"]).*\1$/s.test(word) ? word.slice(1, -1) : word.replace(/^['"]|\\(?=.)/g, '')

/** A line of its own: a tab and line ends would be taken for the end of a word. */
const plain = (text: string): string => text.replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ')

const fits = (word: string, prefix: string): boolean => word.toLowerCase().startsWith(prefix.toLowerCase())

/**
 * Answers a shell that completes a line: prints what its last word can be, `WORD<tab>MEANING` on each line, and `:files` or `:folders` where the shell
 * knows better. Never fails, says nothing and runs no program of the config: a user only pressed Tab. Resolves to 0.
 */
export async function serveCompletion(typed: readonly string[], context: Context): Promise<number> {
  try {
    const words = typed.slice(typed[0] === '--' ? 1 : 0).map(unquoted)
    const { words: known, names = [], paths, prefix, head, flags } = completeLine(words)
    const lookedUp =
      names.length === 0
        ? []
        : await (
            await import('../../commands/completion/known-names.ts')
          ).knownNames(names, prefix, flags, context)
    const candidates = [...known, ...lookedUp].filter(([word]) => fits(word, prefix) && plain(word) === word)
    const lines = candidates.map(([word, meaning]) => `${head}${word}\t${plain(meaning)}\n`)
    await context.stdout.write(lines.join('') + (paths === undefined ? '' : `:${paths}\n`))
  } catch {
    // Nothing is completed then.
  }
  return 0
}
