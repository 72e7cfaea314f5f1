import type { Sandbox, Script } from '../../src/sandbox/server.ts'
import { spawnClient, type Spawned } from './spawn.ts'

/** A pipeline that never ends. */
export const endless: Script = { by: 'clock', job: { run_tests: { runs: 9999 } } }

/** How often a sandbox was asked for a pipeline. */
export const pollsOf = ({ requests }: Sandbox): number =>
  requests.filter(({ path }) => /pipelines\/\d+$/.test(path)).length

/** Resolves in the first turn of the event loop in which `isTrue`. */
export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((next) => setImmediate(next))
}

/** Starts the real binary, which polls as fast as it can, for project 9 of a sandbox. */
export function spawnFollower(
  sandbox: Sandbox,
  ...line: string[]
): { pid: () => number; ended: Promise<Spawned> } {
  return spawnFollowerWith({}, sandbox, ...line)
}

/** The same with more environment variables. */
export function spawnFollowerWith(
  env: Record<string, string>,
  { url, tokens }: Sandbox,
  ...line: string[]
): { pid: () => number; ended: Promise<Spawned> } {
  let pid = 0
  const ended = spawnClient([...line, '--poll-interval', '2ms'], {
    env: {
      ...env,
      GITLAB_TRIGGER_SERVER: url,
      GITLAB_TRIGGER_PROJECT: '9',
      GITLAB_TRIGGER_REF: 'master',
      GITLAB_TRIGGER_TOKEN: tokens.trigger,
      GITLAB_TRIGGER_API_TOKEN: tokens.api,
    },
    started: (number) => (pid = number),
  })
  return { pid: () => pid, ended }
}
