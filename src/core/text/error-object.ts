import type { TriggerError } from '../errors.ts'

/** An error as the `error` member of JSON: what happened, all of it, and what to do next. */
export const errorObject = ({
  message,
  details,
  hint,
}: Pick<TriggerError, 'message' | 'details' | 'hint'>): { message: string; hint: string } => ({
  message: [message, ...details].join('\n'),
  hint,
})
