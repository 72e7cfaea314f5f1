import type { Fault, Sandbox } from '../../src/sandbox/server.ts'
import { environment } from './gitlab.ts'
import { runIn, type Line, type Result } from './run.ts'
import { newWorld, type World, type WorldOptions } from './world.ts'

/** The environment of a maintainer of project 9: a trigger token, and an API token, that of `seed` unless said. */
export function withApi(
  sandbox: Sandbox,
  more: Record<string, string> = {},
  rest: Omit<WorldOptions, 'env'> = {},
): WorldOptions {
  const env = environment(sandbox, { GITLAB_TRIGGER_API_TOKEN: sandbox.tokens.api, ...more }).env ?? {}
  return { env, ...rest }
}

/** The requests of one method that a sandbox saw. */
export function seen(sandbox: Sandbox, method: string): Sandbox['requests'] {
  return sandbox.requests.filter((request) => request.method === method)
}

/** A JSON answer that the next request of a method gets, to a path that holds this. */
export function answers(method: string, path: string, status: number, body: unknown): Fault {
  return { kind: 'answer', method, path, status, body: JSON.stringify(body), contentType: 'application/json' }
}

/** Types a line; once an answer is held back, `then` is done to its world. */
export async function whileStalled(
  sandbox: Sandbox,
  line: Line,
  options: WorldOptions,
  then: (world: World) => void,
): Promise<Result> {
  const world = newWorld(options)
  let isOver = false
  const watch = (): void => {
    if (isOver) return
    if (sandbox.requests.some(({ outcome }) => outcome === 'stalled')) then(world)
    else setImmediate(watch)
  }
  watch()
  const result = await runIn(world, line)
  isOver = true
  return result
}
