import { realTime } from './platform/clock.ts'
import type { Sandbox, SandboxOptions as ServerOptions } from './sandbox/server.ts'
import { startSandbox as start } from './sandbox/server.ts'
import type { Scenario } from './sandbox/scenario/scenario.ts'
import { checkedScenario, readScenario } from './sandbox/scenario/read.ts'

export type { Fault, Pipeline, Sandbox, Script, SeenRequest, Tokens } from './sandbox/server.ts'
export type { Scenario, ScenarioJob, ScenarioProject, ScenarioRef } from './sandbox/scenario/scenario.ts'
export { scenarioSchema } from './sandbox/scenario/schema.ts'

/** How a sandbox is set up; all of it is optional. */
export interface SandboxOptions extends Omit<ServerOptions, 'now' | 'scenario'> {
  /** The clock, in milliseconds; the system's by default. A test that hands in its own moves pipelines as it likes. */
  now?: () => number
  /** What it holds, in place of the usual projects: a scenario, or the text of a scenario file. */
  scenario?: Scenario | string
}

/**
 * Starts a stand-in for GitLab on a free port of 127.0.0.1; resolves when it listens. Rejects with a RangeError for a scenario that is
 * not good, with the error of the system for a port that is taken.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { scenario, now = realTime.now, ...rest } = options
  const checked =
    typeof scenario === 'string' ? readScenario(scenario, 'scenario') : scenario && checkedScenario(scenario)
  return start({ ...rest, now, ...(checked && { scenario: checked }) })
}
