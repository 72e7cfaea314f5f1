import { objectMembers } from '../api/answer.ts'
import type { Client } from '../api/client.ts'
import { positiveId, nonEmptyText } from '../api/decode.ts'
import type { Reader } from '../api/reader.ts'

/** A trigger token as GitLab shows it. Times are ISO 8601, null where there is none or GitLab does not tell. */
export interface TriggerToken {
  /** Null on v3, where the token itself is the key. */
  id: number | null
  /** The whole token for its owner, the four characters behind its prefix for others (docs/gitlab.md#3). */
  token: string
  description: string | null
  /** A user name. */
  owner: string | null
  createdAt: string | null
  updatedAt: string | null
  lastUsed: string | null
  expiresAt: string | null
}

/** What a new token is made with. */
export interface NewToken {
  description: string | null
  expiresAt: string | null
}

/** What GitLab shows of a token to others: four characters behind the prefix, which an instance may have lengthened (docs/gitlab.md#3). */
export function shortToken(token: string): string {
  return token.replace(/^.*?gl[a-z]{2,6}-/, '').slice(0, 4)
}

/** Whether this is a whole token, as its owner sees it. */
export function isWhole({ token }: TriggerToken): boolean {
  return token.length > 4
}

/** A time as ISO 8601 in UTC; null for what is none. */
function timeOr(value: unknown): string | null {
  const ms = typeof value === 'string' ? Date.parse(value) : NaN
  return Number.isNaN(ms) ? null : new Date(ms).toISOString()
}

/** A token in GitLab's answer; null where neither number nor token can be used. */
export function decodeToken(json: unknown): TriggerToken | null {
  const members = objectMembers(json)
  const id = positiveId(members['id'])
  const token = nonEmptyText(members['token'])
  if (id === null && token === null) return null
  return {
    id,
    token: token ?? '',
    description: nonEmptyText(members['description']),
    owner: nonEmptyText(objectMembers(members['owner'])['username']),
    createdAt: timeOr(members['created_at']),
    updatedAt: timeOr(members['updated_at']),
    lastUsed: timeOr(members['last_used']),
    expiresAt: timeOr(members['expires_at']),
  }
}

/** All trigger tokens of the project, page after page; those that have expired are not among them. Throws as `Reader.list`. */
export async function listTokens(reader: Reader): Promise<TriggerToken[]> {
  const entries = await reader.list('/triggers')
  return entries.map(decodeToken).filter((token) => token !== null)
}

/** The token of a number. Throws as `Reader.get`. */
export async function readTriggerToken(reader: Reader, id: number): Promise<TriggerToken | null> {
  return decodeToken(await reader.get(`/triggers/${id}`))
}

/** Whether a token is none of `before`, and has the description that was asked for; v3 keeps none. */
function isNewWith(
  { id, token, description }: TriggerToken,
  wanted: NewToken,
  before: readonly TriggerToken[],
): boolean {
  if (before.some((each) => (id === null ? each.token === token : each.id === id))) return false
  return id === null || description === wanted.description
}

/**
 * Makes a trigger token; v3 has no description and no end. The answer must show a whole token that was not among those `before`. Throws as
 * `Client.write`.
 */
export async function createToken(
  client: Client,
  wanted: NewToken,
  before: readonly TriggerToken[],
): Promise<TriggerToken> {
  const { description, expiresAt } = wanted
  const fields: [string, string][] = []
  if (client.dialect.name === 'v4' && description !== null) fields.push(['description', description])
  if (client.dialect.name === 'v4' && expiresAt !== null) fields.push(['expires_at', expiresAt])
  const confirms = (json: unknown): TriggerToken | undefined => {
    const made = decodeToken(json)
    return made && isWhole(made) && isNewWith(made, wanted, before) ? made : undefined
  }
  return client.write('POST', '/triggers', confirms, { fields })
}

/** The tokens that are there now, were not `before` and have that description: of which one may be made by a lost request. Throws as `Reader.list`. */
export async function newTokens(
  reader: Reader,
  wanted: NewToken,
  before: readonly TriggerToken[],
): Promise<TriggerToken[]> {
  return (await listTokens(reader)).filter((each) => isNewWith(each, wanted, before))
}

/** Changes the description of a token (v4). Throws as `Client.write`. */
export async function updateToken(client: Client, id: number, description: string): Promise<TriggerToken> {
  const confirms = (json: unknown): TriggerToken | undefined => {
    const changed = decodeToken(json)
    return changed?.id === id && changed.description === description ? changed : undefined
  }
  return client.write('PUT', `/triggers/${id}`, confirms, { fields: [['description', description]] })
}

/** The first whole second that is not before a time, as HTTP writes dates; GitLab compares to the fraction of a second. */
function httpDate(iso: string): string {
  return new Date(Math.ceil(Date.parse(iso) / 1000) * 1000).toUTCString()
}

/** Revokes a token for good, as long as it is as we have seen it: else GitLab answers 412. Throws as `Client.write`. */
export async function revokeToken(client: Client, { id, token, updatedAt }: TriggerToken): Promise<void> {
  const headers = updatedAt === null ? {} : { 'if-unmodified-since': httpDate(updatedAt) }
  await client.delete(`/triggers/${id ?? encodeURIComponent(token)}`, { headers })
}
