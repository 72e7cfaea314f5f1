import { personalTokenOf } from '../auth/tokens.ts'
import type { Answer } from '../http/answer.ts'
import { json, message } from '../http/answer.ts'
import type { Call } from '../http/call.ts'

/** `GET /personal_access_tokens/self`; 400 for what is no personal token. */
export function showOwnToken(call: Call): Answer {
  const token = personalTokenOf(call)
  if (!token) return message(400, '400 Bad request')
  const { scopes, expiresAt, revoked } = token
  const expires = expiresAt === null ? null : new Date(expiresAt).toISOString().slice(0, 10)
  return json(200, {
    id: 1,
    name: 'seed',
    revoked,
    scopes,
    user_id: 1,
    active: !revoked,
    expires_at: expires,
  })
}
