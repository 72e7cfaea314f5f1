import { TriggerError } from '../core/errors.ts'

/** One error for all that could not be written about a batch; undefined where all was written. */
export function allLost(errors: readonly (TriggerError | undefined)[]): TriggerError | undefined {
  const [first, ...others] = errors.filter((each) => each !== undefined)
  if (!first) return undefined
  return new TriggerError({
    exit: first.exit === 'internal' ? 'internal' : 'notWritten',
    message: [first, ...others].map(({ message }) => message).join('; '),
    hint: first.hint || 'The pipelines are as the lines above say; do not trigger them again.',
  })
}
