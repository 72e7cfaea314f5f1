import { Interrupted } from '../../core/errors.ts'
import { signalExits, type ExitName } from '../../core/exit-codes.ts'
import type { Outcome } from '../message.ts'
import type { Answer } from '../message.ts'

/** What a trigger's outcome proves. */
export interface TriggerVerdict {
  /** `created`: GitLab has the build, whatever else went wrong. */
  build: 'none' | 'created' | 'unknown'
  exit: ExitName
  /** Whether a second POST cannot make a second build. */
  maySendAgain: boolean
}

const rateLimit = 'Too many pipelines created in the last minute'
const permission = /Insufficient permissions|do not have sufficient permission|You are not allowed to/

const none = (exit: ExitName, maySendAgain = false): TriggerVerdict => ({ build: 'none', exit, maySendAgain })
const unknown: TriggerVerdict = { build: 'unknown', exit: 'unknown', maySendAgain: false }

/**
 * What the outcome of a trigger POST proves about the build (docs/guarantees.md#5; docs/gitlab.md#2.3). A 201 is `created`; whether its id can be
 * read is for the decoder to say. Gateway errors and 408, 409 are unknown: the request may have been passed on. GitLab reports
 * missing rights and its limit on pipelines as 400. A signal to the process decides the exit code, never what is true.
 */
export function classify(outcome: Outcome): TriggerVerdict {
  const verdict =
    outcome.kind === 'answer' ? ofAnswer(outcome) : outcome.isSent ? unknown : none('notReached', true)
  return outcome.error instanceof Interrupted
    ? { ...verdict, exit: signalExits[outcome.error.signal], maySendAgain: false }
    : verdict
}

function ofAnswer({ status, body, isComplete }: Answer): TriggerVerdict {
  switch (status) {
    case 201:
      return { build: 'created', exit: isComplete ? 'success' : 'unknown', maySendAgain: false }
    case 400:
      if (body.includes(rateLimit)) return none('rateLimited', true)
      return none(permission.test(body) ? 'notAccepted' : 'refused')
    case 401:
    case 403:
    case 404:
      return none('notAccepted')
    case 408:
    case 409:
      return unknown
    case 422:
      return { build: 'created', exit: 'buildFailed', maySendAgain: false }
    case 429:
      return none('rateLimited', true)
    default:
      return status >= 300 && status < 500 ? none('refused') : unknown
  }
}
