import type { Answer } from '../http/answer.ts'
import { Halt, json, message } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { header, textParam } from '../http/call.ts'
import { has } from '../version/differences.ts'
import type { PersonalToken, Scope } from '../world/credentials.ts'
import type { Reader } from './abilities.ts'
import { isBlocked } from './abilities.ts'

/** The `401 Unauthorized` of GitLab. */
export const unauthorized = (): Halt => new Halt(message(401, '401 Unauthorized'))

function bearerOf(call: Call): string | undefined {
  return /^Bearer (.+)$/i.exec(header(call, 'authorization') ?? '')?.[1]
}

/** What the OAuth library answers to a token that was good once. */
function invalidToken(description: string): Answer {
  const problem = { error: 'invalid_token', error_description: description }
  const answer = json(401, problem)
  answer.headers['www-authenticate'] =
    `Bearer realm="Protected by OAuth 2.0", error="invalid_token", error_description="${description}"`
  return answer
}

/** The 403 to a token without a sufficient scope: it names every scope that the routes of this kind take. */
function insufficientScope(call: Call, scopes: readonly Scope[]): Answer {
  if (call.api === 'v3') return message(403, '403 Forbidden')
  return json(403, {
    error: 'insufficient_scope',
    error_description: 'The request requires higher privileges than provided by the access token.',
    scope: has(call.gitlab, 'tokenScopes') ? scopes.join(' ') : 'api',
  })
}

/** Whether a scope opens a route; all except `api` are for reading. */
function opens(scope: Scope, call: Call, scopes: readonly Scope[]): boolean {
  return scopes.includes(scope) && (scope === 'api' || call.method === 'GET')
}

function userOf(call: Call, token: PersonalToken, scopes: readonly Scope[]): Reader {
  if (token.expiresAt !== null && token.expiresAt <= call.now) {
    const text = 'Token is expired. You can either do re-authorization or token refresh.'
    throw has(call.gitlab, 'tokenScopes') ? new Halt(invalidToken(text)) : unauthorized()
  }
  if (token.revoked) {
    const text = 'Token was revoked. You have to re-authorize from the user.'
    throw has(call.gitlab, 'tokenScopes') ? new Halt(invalidToken(text)) : unauthorized()
  }
  if (isBlocked(call.world, token.username)) {
    if (!has(call.gitlab, 'v4')) throw unauthorized()
    const text = has(call.gitlab, 'tokenScopes') ? '- Your account has been blocked.' : ' - User is blocked'
    throw new Halt(message(403, `403 Forbidden ${text}`))
  }
  if (!token.scopes.some((scope) => opens(scope, call, scopes))) {
    throw new Halt(insufficientScope(call, scopes))
  }
  return { kind: 'user', username: token.username }
}

/** A job token of a running job; undefined for any other text. */
function jobOf(call: Call, text: string | undefined): Reader | undefined {
  const found = text === undefined ? undefined : call.world.credentials.get(text)
  if (found?.kind !== 'job' || found.state !== 'running') return undefined
  return { kind: 'job', username: found.username, project: found.project }
}

/** What comes as a personal token. 18.9 passes over job tokens there, by their prefix (docs/gitlab.md#4.3). */
function personalText(call: Call): string | undefined {
  const text = textParam(call, 'private_token') ?? header(call, 'private-token')
  const found = text ?? (has(call.gitlab, 'bearerTokens') ? bearerOf(call) : undefined)
  return has(call.gitlab, 'jobTokens') && found?.startsWith('glcbt-') ? undefined : found
}

/** The personal token that a call carries; undefined where it carries none. */
export function personalTokenOf(call: Call): PersonalToken | undefined {
  const text = personalText(call)
  const found = text === undefined ? undefined : call.world.credentials.get(text)
  return found?.kind === 'personal' ? found : undefined
}

/**
 * Who the credential of a call says it is. A bad one answers 401 even where none would do (docs/gitlab.md#4.3); a
 * trigger token is no credential. Job tokens count on the routes that allow them, and are ignored on the
 * others. Halts with 401 or 403.
 */
export function readerOf(call: Call, allowsJobs: boolean, scopes: readonly Scope[]): Reader {
  const takesJobs = allowsJobs && has(call.gitlab, 'jobTokens')
  const bearer = takesJobs ? jobOf(call, bearerOf(call)) : undefined
  if (bearer !== undefined) return bearer
  const text = personalText(call)
  if (text !== undefined) {
    const found = call.world.credentials.get(text)
    if (found?.kind !== 'personal') throw unauthorized()
    return userOf(call, found, scopes)
  }
  // Before 18.9 a bearer token is one that the OAuth library does not know.
  if (!has(call.gitlab, 'bearerTokens') && bearerOf(call) !== undefined) throw unauthorized()
  const sent = textParam(call, 'job_token') ?? textParam(call, 'token') ?? header(call, 'job-token')
  if (!takesJobs || sent === undefined) return { kind: 'nobody' }
  const job = jobOf(call, sent)
  if (job === undefined) throw unauthorized()
  return job
}
