import type { DeclaredInput, DeclaredValue } from '../../../config/variables/declared-inputs.ts'
import { collectInputs, encodeInput } from '../../../config/variables/inputs.ts'
import { usageError } from '../../../core/errors.ts'
import type { RunFlags } from '../../../options/run.ts'
import { matchesPattern } from './matches-pattern.ts'
import type { RunDialogue } from './dialogue.ts'

/** A longer description is cut, in characters. */
const longestDescription = 400

const shown = (value: DeclaredValue): string => (value === '' ? '(empty)' : encodeInput(value))

/** Throws a usage error for a text that is no value of an input, in the words of its type. */
function parseValue({ name, type, regex, isRequired }: DeclaredInput, text: string): DeclaredValue {
  const wrong = (what: string): Error => usageError(`${name}: ${what}`)
  if (text === '' && isRequired) throw wrong('a value is required')
  if (type === 'string') {
    collectInputs({ input: [`${name}=${text}`] })
    if (regex !== undefined && !matchesPattern(text, regex)) throw wrong(`the value does not match ${regex}`)
    return text
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  if (type === 'array' && !Array.isArray(value)) throw wrong('that is not a JSON array, such as ["a", "b"]')
  if (type === 'number' && typeof value !== 'number') throw wrong('that is not a number, such as 3 or 1.5')
  collectInputs({ inputJson: [`${name}=${text}`] })
  return value as DeclaredValue
}

/** Asks for one input. Resolves to its value as it is sent; undefined where it is left at its default. */
async function askInput(input: DeclaredInput, { prompter, say }: RunDialogue): Promise<string | undefined> {
  const { name, type, isRequired, preset, options, description } = input
  if (description !== '') {
    const line = description.replace(/\s+/g, ' ')
    await say(line.length > longestDescription ? `${line.slice(0, longestDescription)}...` : line)
  }
  const question = `Input ${name} (${type}${isRequired ? ', required' : ''})`
  const same = preset === undefined ? undefined : encodeInput(preset)
  const listed: readonly DeclaredValue[] =
    type === 'boolean' && options.length === 0 ? [true, false] : options
  if (listed.length > 0) {
    const texts = listed.map((value) => ({ name: shown(value), value: encodeInput(value) }))
    const usual = texts
      .filter(({ value }) => value === same)
      .map((each) => ({ ...each, name: `${each.name} (default)` }))
    const others = texts.filter(({ value }) => value !== same)
    const left = { name: '(left at its default)', value: undefined }
    const choices = [...usual, ...(usual.length === 0 && !isRequired ? [left] : []), ...others]
    const chosen = await prompter.select<string | undefined>(question, choices)
    return chosen === same ? undefined : chosen
  }
  const isPlain = same !== undefined && same !== ''
  const hint = isRequired || isPlain ? '' : ', empty: its default'
  const typed = await prompter.input(`${question.slice(0, -1)}${hint})`, {
    preset: isPlain ? same : undefined,
    check: (text) => {
      if (text !== same && (text !== '' || isRequired)) parseValue(input, text)
    },
  })
  return typed === same || typed === '' ? undefined : typed
}

/** Asks for the declared inputs that are not in `given`, and resolves to the flags with those that differ from their defaults. */
export async function askInputs(
  inputs: readonly DeclaredInput[],
  given: ReadonlySet<string>,
  flags: RunFlags,
  dialogue: RunDialogue,
): Promise<RunFlags> {
  const input = [...(flags.input ?? [])]
  const inputJson = [...(flags.inputJson ?? [])]
  for (const each of inputs.filter(({ name }) => !given.has(name))) {
    const value = await askInput(each, dialogue)
    if (value !== undefined) (each.type === 'string' ? input : inputJson).push(`${each.name}=${value}`)
  }
  return {
    ...flags,
    ...(input.length > 0 && { input }),
    ...(inputJson.length > 0 && { inputJson }),
  }
}
