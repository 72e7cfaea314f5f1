import { usageError, type TriggerError } from '../core/errors.ts'
import { nearest } from '../core/did-you-mean.ts'
import { quotedWord } from '../core/text/shown-word.ts'
import { optionKinds, type OptionTable } from './option-table.ts'

const listed = (words: readonly string[]): string => words.join(', ').replace(/, ([^,]*)$/, ' and $1')

/** What was given in place of what was expected, without its value, which may be a token. */
function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  // A number is no secret.
  if (typeof value === 'number') return String(value)
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function unknownOption(name: string, table: OptionTable): string {
  const near = nearest(name, Object.keys(table))
  return `unknown option${quotedWord(name)}${near === undefined ? '' : ` (did you mean "${near}"?)`}`
}

/**
 * The error for options of which some are wrong, with all that is: what is missing, what is unknown, and what is of another kind. Undefined where they
 * are right. An option that is undefined was not given, and neither was a needed one that is ''.
 */
export function findMistakes(
  options: unknown,
  table: OptionTable,
  needed: readonly string[],
): TriggerError | undefined {
  const isObject = typeof options === 'object' && options !== null && !Array.isArray(options)
  const given = new Map(Object.entries(isObject ? options : {}).filter(([, value]) => value !== undefined))
  const missing = needed.filter((name) => (given.get(name) ?? '') === '')
  const kinds = new Map(Object.entries<keyof typeof optionKinds>(table))
  const wrong = [...given].flatMap(([name, value]) => {
    const kind = kinds.get(name)
    if (kind === undefined) return [unknownOption(name, table)]
    const [words, is] = optionKinds[kind]
    return is(value) || missing.includes(name) ? [] : [`${name} must be ${words}, not ${kindOf(value)}`]
  })
  const problems = [
    ...(missing.length === 0
      ? []
      : [`${isObject ? '' : 'no object with options was given: '}no ${listed(missing)} given`]),
    ...wrong,
  ]
  if (problems.length === 0) return undefined
  return usageError(problems.join('; '), `The options are ${listed(Object.keys(table))}.`)
}
