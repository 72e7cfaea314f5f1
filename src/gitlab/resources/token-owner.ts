import { objectMembers } from '../api/answer.ts'
import type { Client } from '../api/client.ts'
import { nonEmptyText } from '../api/decode.ts'
import { ApiError } from '../api/reader.ts'

/** Whose an API token is, and what it may do; null and empty where GitLab does not tell. */
export interface TokenOwner {
  username: string
  /** As `api`, `read_api`. */
  scopes: string[]
  /** The day of its end, as 2027-01-31. */
  expiresAt: string | null
}

/** Whose the token of this client is (docs/gitlab.md#3). Throws an ApiError where it is not accepted. */
export async function readTokenOwner(client: Client): Promise<TokenOwner> {
  const root = client.forProject('')
  const { username } = objectMembers(await root.get('/user'))
  // Only since GitLab 15.5, and not of every kind of token.
  const own = await root.get('/personal_access_tokens/self').catch((error: unknown) => {
    if (error instanceof ApiError && error.isRefusal) return {}
    throw error
  })
  const { scopes, expires_at: expiresAt } = objectMembers(own)
  return {
    username: nonEmptyText(username) ?? '',
    scopes: Array.isArray(scopes) ? scopes.map(String) : [],
    expiresAt: nonEmptyText(expiresAt),
  }
}
