import type { Fault, Sandbox } from '../../src/sandbox/server.ts'
import { apiEnvironment } from './api.ts'
import { runInTime } from './clock.ts'
import { posts, useGitlab } from './gitlab.ts'
import type { Line, Result } from './run.ts'
import type { World, WorldOptions } from './world.ts'

/** What a pipeline of a trigger token looks like in the list. */
export const triggeredPipeline = { source: 'trigger', ref: 'master' }

/** An answer of something in between, after GitLab made the build or not. */
export const gatewayAnswer = (status: number, createThen = true): Fault => ({
  kind: 'answer',
  status,
  createThen,
})

/** What the next read of the list of pipelines is answered. */
export const listAnswer = (status: number, body: string): Fault => ({
  kind: 'answer',
  method: 'GET',
  path: 'pipelines?',
  status,
  body,
  contentType: 'application/json',
})

/** How a response gets lost. */
export interface LostResponses {
  gitlab: () => Sandbox
  /** Runs a line whose POST gets lost as `fault` says, by default with an API token. Expects one POST, and an end within 91 s. */
  runLosingResponse: (
    fault: Fault,
    line?: Line,
    options?: WorldOptions,
    prepare?: (world: World) => void,
  ) => Promise<Result>
}

/** A sandbox for each test of a file, whose responses get lost. */
export function useLostResponses(): LostResponses {
  const gitlab = useGitlab()
  return {
    gitlab,
    async runLosingResponse(fault, line = '--ref master', options = apiEnvironment(gitlab()), prepare) {
      gitlab().failNext({ method: 'POST', ...fault })
      const result = await runInTime(gitlab(), line, options, prepare)
      expect(posts(gitlab())).toHaveLength(1)
      expect(result.tookMs).toBeLessThanOrEqual(91_000)
      return result
    },
  }
}
