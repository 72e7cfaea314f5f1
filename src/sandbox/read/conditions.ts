import { Halt, message } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { header } from '../http/call.ts'
import { has } from '../version/differences.ts'

/** Halts with 412 when something was changed after the moment that `If-Unmodified-Since` names. */
export function checkUnmodified(call: Call, updatedAt: number): void {
  const since = Date.parse(header(call, 'if-unmodified-since') ?? '')
  if (has(call.gitlab, 'conditionalDelete') && updatedAt > since) {
    throw new Halt(message(412, '412 Precondition Failed'))
  }
}
