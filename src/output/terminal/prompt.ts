import confirmPrompt from '@inquirer/confirm'
import inputPrompt from '@inquirer/input'
import passwordPrompt from '@inquirer/password'
import searchPrompt from '@inquirer/search'
import type { Context } from '../../core/context.ts'
import { TriggerError } from '../../core/errors.ts'
import { tokenKind } from '../../core/token-kind.ts'
import { glyphsFor } from './glyphs.ts'
import { holdKeys } from './held-keys.ts'
import { askOnTerminal, type PromptStreams } from './prompt-streams.ts'
import { promptTheme } from './prompt-theme.ts'
import { styleFor } from './style.ts'
import { proseLines } from './wrap-words.ts'

/** One of the answers to choose from. */
export interface Choice<T> {
  name: string
  value: T
  /** A line that is shown while this one is marked. */
  about?: string
}

/** The choices for what was typed so far. */
export type FindChoices<T> = (typed: string, signal: AbortSignal) => Promise<readonly Choice<T>[]>

/** Refuses an answer by a TriggerError, whose words are shown before the question is asked again. */
export type CheckAnswer = (answer: string) => void | Promise<void>

/**
 * Questions at a terminal, on stderr. Each resolves to the answer, and throws as `askOnTerminal`, or what a check throws that is no
 * TriggerError. What servers have sent may be part of questions and choices.
 */
export interface Prompter {
  /** Asks for a line. With `preset` Enter alone takes that. */
  input(question: string, options?: { preset?: string | undefined; check?: CheckAnswer }): Promise<string>
  /** Asks for a line that is not shown. */
  hidden(question: string, check?: CheckAnswer): Promise<string>
  confirm(question: string, preset: boolean): Promise<boolean>
  /**
   * Lets one be chosen by typing a part of its name. A function is asked again after each key; its TriggerErrors are shown instead of choices. What is typed
   * is not shown where it has the form of a token; with `isSecret` never, as what is pasted too early may be one.
   */
  select<T>(
    question: string,
    choices: readonly Choice<T>[] | FindChoices<T>,
    options?: { preset?: T; isSecret?: true },
  ): Promise<T>
}

const words = ({ message, hint }: TriggerError): string => [message, hint].filter(Boolean).join('. ')

/** The choices whose names contain all words of a text, in any case. */
export function matching<T>(choices: readonly Choice<T>[], typed: string): readonly Choice<T>[] {
  const parts = typed.toLowerCase().split(/\s+/)
  return choices.filter(({ name }) => parts.every((part) => name.toLowerCase().includes(part)))
}

/** What a function offers; its TriggerErrors as the library shows errors. */
async function offered<T>(
  find: FindChoices<T>,
  typed: string,
  signal: AbortSignal,
): Promise<readonly Choice<T>[]> {
  try {
    return await find(typed, signal)
  } catch (error) {
    if (error instanceof TriggerError) throw new Error(words(error), { cause: error })
    throw error
  }
}

/** The prompts of this terminal. */
export async function prompterFor(context: Context): Promise<Prompter> {
  const glyphs = glyphsFor(context)
  const theme = promptTheme(glyphs, await styleFor(context.stderr, context.env))
  const shown = (text: string): string => glyphs.printable(text)
  const ask = <T>(
    begin: (streams: PromptStreams, stop: (error: unknown) => void) => Promise<T>,
  ): Promise<T> => askOnTerminal(context, begin)

  /** What is wrong, in lines of this terminal behind the library's `> `. */
  const wrong = (error: TriggerError): string =>
    proseLines(shown(words(error)), { isTTY: true, columns: context.stderr.columns - 2 }).join('\n')

  /** A check as the library takes it: true, or what is wrong. */
  const validator =
    (check: CheckAnswer | undefined, stop: (error: unknown) => void) =>
    async (answer: string): Promise<true | string> => {
      try {
        await check?.(answer)
        return true
      } catch (error) {
        if (error instanceof TriggerError) return wrong(error)
        stop(error)
        return ' '
      }
    }

  return {
    input: (question, { preset, check } = {}) =>
      ask((streams, stop) => {
        // One that cannot be shown as it is would not be what was agreed to.
        const isPlain = preset !== undefined && shown(preset) === preset
        const validate = validator(check, stop)
        const message = shown(question)
        return inputPrompt({ message, theme, validate, ...(isPlain && { default: preset }) }, streams)
      }),
    hidden: async (question, check) => {
      // Ask again with an empty line: hidden characters that stayed in it would become part of the next answer.
      for (;;) {
        const answer = await ask((streams) =>
          passwordPrompt({ message: shown(question), theme, mask: false, toggleMask: false }, streams),
        )
        try {
          await check?.(answer)
          return answer
        } catch (error) {
          if (!(error instanceof TriggerError)) throw error
          await context.stderr.write(`${theme.style.error(wrong(error))}\n`)
        }
      }
    },
    confirm: (question, preset) =>
      ask((streams) => confirmPrompt({ message: shown(question), default: preset, theme }, streams)),
    select: (question, choices, { preset, isSecret } = {}) =>
      ask((streams) => {
        const keys = holdKeys(streams.input, () => context.sleep(0, streams.signal))
        const source = async (typed = '', { signal }: { signal: AbortSignal }) => {
          const found = await keys.load(signal, async () =>
            typeof choices === 'function' ? offered(choices, typed, signal) : matching(choices, typed),
          )
          return found.map(({ name, value, about }) => ({
            name: shown(name),
            value,
            ...(about !== undefined && { description: shown(about) }),
          }))
        }
        const message = shown(question)
        const searchTerm = (text: string): string =>
          isSecret || tokenKind(text) !== undefined ? '*'.repeat(text.length) : text
        const ownTheme = { ...theme, style: { ...theme.style, searchTerm } }
        return searchPrompt(
          { message, theme: ownTheme, source, ...(preset !== undefined && { default: preset }) },
          streams,
        ).finally(() => {
          keys.end()
        })
      }),
  }
}
