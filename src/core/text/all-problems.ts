import { TriggerError } from '../errors.ts'
import { worstOf, type ExitName } from '../exit-codes.ts'

/** At most this many are named. */
const mostShown = 20

/** Everything that is wrong with the same input as one error: of several problems, with the text of each below this headline. */
export function allProblems(
  problems: readonly TriggerError[],
  headline: string,
  exit: ExitName = worstOf(problems.map((each) => each.exit)),
): TriggerError {
  const [only] = problems
  if (only && problems.length === 1) return only
  // What to do is said once where it is the same for all, else behind each.
  const isSame = problems.every(({ hint }) => hint === only?.hint)
  const textOf = ({ message, hint }: TriggerError): string =>
    isSame || hint === '' ? message : `${message}. ${hint}`
  const texts = [...new Set(problems.map(textOf))]
  const shown = texts.slice(0, mostShown)
  const more = texts.length - shown.length
  return new TriggerError({
    exit,
    message: headline,
    hint: isSame ? (only?.hint ?? '') : '',
  }).with({ details: [...shown, ...(more > 0 ? [`and ${more} more: correct these first`] : [])] })
}
