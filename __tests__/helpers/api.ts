import type { Fault, Sandbox } from '../../src/sandbox/server.ts'
import { environment } from './gitlab.ts'
import type { WorldOptions } from './world.ts'

/** The environment of a maintainer of project 9: a trigger token, and an API token, that of `seed` unless said. */
export function apiEnvironment(
  sandbox: Sandbox,
  more: Record<string, string> = {},
  rest: Omit<WorldOptions, 'env'> = {},
): WorldOptions {
  const env = environment(sandbox, { GITLAB_TRIGGER_API_TOKEN: sandbox.tokens.api, ...more }).env ?? {}
  return { env, ...rest }
}

/** The requests of one method that a sandbox saw. */
export function requestsBy(sandbox: Sandbox, method: string): Sandbox['requests'] {
  return sandbox.requests.filter((request) => request.method === method)
}

/** A JSON answer that the next request of a method gets, to a path that holds this. */
export function jsonAnswer(method: string, path: string, status: number, body: unknown): Fault {
  return { kind: 'answer', method, path, status, body: JSON.stringify(body), contentType: 'application/json' }
}
