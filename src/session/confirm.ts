import type { Context } from '../core/context.ts'
import { usageError } from '../core/errors.ts'

/** What cannot be undone, and is asked about before it is done. */
export interface ConfirmationPrompt {
  /** As `revoking`, for where no user can be asked. */
  act: string
  /** What it is about, lines for people. */
  about: string
  /** As `Revoke it for good?` */
  question: string
}

/** Whether a user can be asked. */
function canAsk({ stdin, stderr }: Context): boolean {
  return stdin.isTTY && stderr.isTTY
}

/** Refuses, before anything is sent, what needs an answer where no user can be asked. Throws a usage error. */
export function requireConfirmation(act: string, isYes: boolean | undefined, context: Context): void {
  if (isYes || canAsk(context)) return
  throw usageError(
    `${act} cannot be undone, and there is no terminal to ask at`,
    'To do it all the same, add --yes.',
  )
}

/** Asks at a terminal, unless --yes was typed. Throws a usage error where the answer is not yes. */
export async function confirm(
  { act, about, question }: ConfirmationPrompt,
  isYes: boolean | undefined,
  context: Context,
): Promise<void> {
  if (isYes) return
  requireConfirmation(act, isYes, context)
  await context.stderr.write(`${about}${question} [y/N] `)
  const answer = await context.stdin.readLine(context.interrupted)
  if (!/^y(es)?$/i.test(answer.trim())) throw usageError('nothing was done: not confirmed')
}
