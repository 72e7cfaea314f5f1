import type { Sandbox } from '../../src/sandbox/server.ts'
import type { WorldOptions } from './world.ts'

/** The environment with these changes; undefined takes a variable out. */
export function withChanges(
  env: Record<string, string> | undefined,
  changes: Record<string, string | undefined>,
): Record<string, string> {
  const result: Record<string, string> = {}
  for (const [name, value] of Object.entries<string | undefined>({ ...env, ...changes })) {
    if (value !== undefined) result[name] = value
  }
  return result
}

/** The environment of a job of project 9, as a runner makes it, with these changes; undefined takes a variable out. */
export function jobEnvironment(
  { url, tokens }: Sandbox,
  changes: Record<string, string | undefined> = {},
): WorldOptions {
  const env = {
    CI: 'true',
    GITLAB_CI: 'true',
    CI_SERVER_URL: url,
    CI_API_V4_URL: `${url}/api/v4`,
    CI_JOB_TOKEN: tokens.job,
  }
  return { env: withChanges(env, changes) }
}
