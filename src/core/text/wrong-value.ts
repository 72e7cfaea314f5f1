import { usageError, type TriggerError } from '../errors.ts'
import { quotedWord } from './shown-word.ts'

/** The usage error for a value: `--retry: "many" is not a whole number`. What may be a token is not repeated: `it is not ...`. */
export const wrongValue = (where: string, value: string, problem: string, hint = ''): TriggerError =>
  usageError(`${where}:${quotedWord(value) || ' it'} is ${problem}`, hint)
