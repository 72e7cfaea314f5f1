import { isUser } from '../auth/abilities.ts'
import type { Reading } from '../auth/reading.ts'
import { authorize, forbidden } from '../auth/reading.ts'
import type { Answer } from '../http/answer.ts'
import { answer, error, Halt, json, message } from '../http/answer.ts'
import { textParam } from '../http/call.ts'
import { checkUnmodified } from '../read/conditions.ts'
import { idOf } from '../read/find.ts'
import { paged } from '../read/paging.ts'
import { userShape } from '../shapes/pipeline.ts'
import { iso } from '../shapes/times.ts'
import { has } from '../version/differences.ts'
import type { TriggerToken } from './trigger-token.ts'
import { isExpired } from './trigger-token.ts'
import { addToken, lastUsed, removeToken } from './keep.ts'

const dayMs = 86_400_000
/** GitLab's longest life of a token, in days (S `PersonalAccessToken`). */
const longestDays = 365

/** Whole for the owner; for others, on 18.9, four characters behind the prefix (observed). */
function shownToken({ call, who }: Reading, { token, owner }: TriggerToken): string {
  const isWhole = isUser(who, owner) || !has(call.gitlab, 'shortTokens')
  return isWhole ? token : token.replace(/^glptt-/, '').slice(0, 4)
}

function shape(reading: Reading, trigger: TriggerToken): Record<string, unknown> {
  const { call } = reading
  const times = {
    created_at: iso(trigger.createdAt),
    updated_at: iso(trigger.updatedAt),
    last_used: iso(lastUsed(call.world, trigger)),
  }
  if (call.api === 'v3') return { token: trigger.token, ...times, deleted_at: null }
  return {
    id: trigger.id,
    token: shownToken(reading, trigger),
    description: trigger.description,
    ...times,
    ...(has(call.gitlab, 'tokenExpiry') ? { expires_at: iso(trigger.expiresAt) } : { deleted_at: null }),
    owner: userShape(call, trigger.owner),
  }
}

/**
 * The tokens of the project that have not expired: expired ones cannot be read or revoked any more (facts,
 * C12).
 */
function tokensOf({ call, project }: Reading): TriggerToken[] {
  return call.world.triggers.filter((each) => each.project === project && !isExpired(each, call.now))
}

/** The token of a path: by number, on v3 by itself. */
function tokenOf(reading: Reading): TriggerToken {
  const { call } = reading
  const isV3 = call.api === 'v3'
  const id = isV3 ? 0 : idOf(call, 'trigger_id')
  const found = tokensOf(reading).find((each) => (isV3 ? each.token === call.path['token'] : each.id === id))
  if (found === undefined) throw new Halt(message(404, isV3 ? '404 Trigger Not Found' : '404 Not found'))
  return found
}

/** `GET /triggers`: without those that have expired. */
export function list(reading: Reading): Answer {
  return paged(reading.call, tokensOf(reading), (trigger) => shape(reading, trigger))
}

/** `GET /triggers/:trigger_id`, on v3 `GET /triggers/:token`. */
export function show(reading: Reading): Answer {
  return json(200, shape(reading, tokenOf(reading)))
}

/**
 * When a new token is to expire. Halts for what is no date, and for what is too far away; a past day is fine.
 */
function expiry({ call }: Reading): number | null {
  const wanted = textParam(call, 'expires_at')
  if (wanted === undefined || wanted === '' || !has(call.gitlab, 'tokenExpiry')) return null
  const at = Date.parse(wanted)
  const latest = new Date(call.now + longestDays * dayMs).toISOString().slice(0, 10)
  if (at < Date.parse(latest)) return at
  const problems = JSON.stringify({ expires_at: [`must be before ${latest}`] })
  throw new Halt(message(400, `400 Bad request - ${problems}`))
}

/** `POST /triggers`: 201 with the whole token. v3 knows no description. */
export function create(reading: Reading): Answer {
  const { call, who, project } = reading
  const description = textParam(call, 'description')
  if (description === undefined && call.api === 'v4') throw new Halt(error(400, 'description is missing'))
  const trigger = addToken(call.world, {
    project,
    description: call.api === 'v3' ? null : (description ?? null),
    owner: who.kind === 'nobody' ? '' : who.username,
    createdAt: call.now,
    expiresAt: expiry(reading),
  })
  return json(201, shape(reading, trigger))
}

/**
 * Halts unless the reader may change a token: on 18.9 its owner alone, before every maintainer (facts 3).
 */
function authorizeUpdate(reading: Reading, trigger: TriggerToken): void {
  if (!has(reading.call.gitlab, 'ownersUpdate')) authorize(reading, 'admin_build')
  else if (!isUser(reading.who, trigger.owner)) {
    throw forbidden('The current user is not authorized to update the pipeline trigger token')
  }
}

/** `PUT /triggers/:trigger_id`: without a description 18.9 makes it null, 10.3 leaves it (observed). */
export function update(reading: Reading): Answer {
  const { call } = reading
  const trigger = tokenOf(reading)
  authorizeUpdate(reading, trigger)
  const description = textParam(call, 'description')
  if (description !== undefined || has(call.gitlab, 'emptyDescription')) {
    trigger.description = description ?? null
    trigger.updatedAt = call.now
  }
  return json(200, shape(reading, trigger))
}

/**
 * `DELETE /triggers/:trigger_id`: 204, or 412 if it has changed since; v3 answers 200 with what was deleted.
 */
export function revoke(reading: Reading): Answer {
  const { call } = reading
  const trigger = tokenOf(reading)
  checkUnmodified(call, trigger.updatedAt)
  removeToken(call.world, trigger)
  return call.api === 'v3' ? json(200, shape(reading, trigger)) : answer(204, '', '')
}
