import type { Sandbox } from '../../../src/sandbox/server.ts'

/** What a sandbox answered. */
export interface Got {
  status: number
  headers: Headers
  /** Text where it is no JSON. */
  json: unknown
}

/** Calls the API as the bearer of one of the sandbox's tokens. */
export async function call(
  sandbox: Sandbox,
  method: string,
  path: string,
  who: keyof Sandbox['tokens'] | 'nobody' = 'api',
  fields?: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Got> {
  const api = path.startsWith('/v3/') ? '' : '/v4'
  const response = await fetch(`${sandbox.url}/api${api}${path}`, {
    method,
    redirect: 'manual',
    headers: { ...(who !== 'nobody' && { 'private-token': sandbox.tokens[who] }), ...headers },
    ...(fields && { body: new URLSearchParams(fields) }),
  })
  const text = await response.text()
  let json: unknown = text
  try {
    json = JSON.parse(text)
  } catch {
    // Text it is.
  }
  return { status: response.status, headers: response.headers, json }
}

/** The members of an answer that is an object. */
export const members = (json: unknown): Record<string, unknown> => json as Record<string, unknown>

/** The rows of an answer that is a list of objects. */
export const rows = (json: unknown): Record<string, unknown>[] => json as Record<string, unknown>[]
