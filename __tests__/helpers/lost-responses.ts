import type { Fault, Sandbox } from '../../src/sandbox/server.ts'
import { environment, posts, useGitlab } from './gitlab.ts'
import { runIn, type Line, type Result } from './run.ts'
import { newWorld, start, type World, type WorldOptions } from './world.ts'

/** What a pipeline of a trigger token looks like in the list. */
export const ours = { source: 'trigger', ref: 'master' }

/** An answer of something in between, after GitLab made the build or not. */
export const bad = (status: number, createThen = true): Fault => ({ kind: 'answer', status, createThen })

/** What the next read of the list of pipelines is answered. */
export const listAnswers = (status: number, body: string): Fault => ({
  kind: 'answer',
  method: 'GET',
  path: 'pipelines?',
  status,
  body,
  contentType: 'application/json',
})

/** Whoever waits for an answer that is held back, waits until `ms` have passed. */
function passStalls(world: World, sandbox: Sandbox, ms: number): () => void {
  const passed = new Set<unknown>()
  let isOver = false
  const watch = (): void => {
    const last = sandbox.requests.at(-1)
    if (last?.outcome === 'stalled' && !passed.has(last)) {
      passed.add(last)
      world.advance(ms)
    }
    if (!isOver) setImmediate(watch)
  }
  watch()
  return () => {
    isOver = true
  }
}

/** How an answer gets lost. */
export interface Losing {
  gitlab: () => Sandbox
  /** An environment with an API token, with which --verify is the default. */
  reading: (more?: Record<string, string>) => WorldOptions
  /** Types a line while its POST gets lost as `fault` says. Whatever comes of it: one POST, in time. */
  lose: (
    fault: Fault,
    line?: Line,
    options?: WorldOptions,
    prepare?: (world: World) => void,
    stallMs?: number,
  ) => Promise<Result>
}

/** A sandbox for each test of a file, whose answers get lost. */
export function useLosing(): Losing {
  const gitlab = useGitlab()
  const reading: Losing['reading'] = (more = {}) =>
    environment(gitlab(), { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api, ...more })
  return {
    gitlab,
    reading,
    async lose(fault, line = '--ref master', options = reading(), prepare, stallMs = 75_000) {
      const world = newWorld(options)
      gitlab().failNext({ method: 'POST', ...fault })
      prepare?.(world)
      const stop = passStalls(world, gitlab(), stallMs)
      const result = await runIn(world, line)
      stop()
      expect(posts(gitlab())).toHaveLength(1)
      expect(world.context.now() - start).toBeLessThanOrEqual(91_000)
      return result
    },
  }
}
