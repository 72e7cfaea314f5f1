import { inspect } from 'node:util'
import { PipelineError, TriggerError } from '../../src/index.ts'
import type { CallClock } from '../../src/library/context.ts'
import type { Sandbox, SandboxOptions } from '../../src/sandbox/server.ts'
import { passTime } from './clock.ts'
import { useGitlab } from './gitlab.ts'
import { newWorld, start } from './world.ts'

/** What every function about a pipeline is called with: pipeline 4711 of project 9. */
export interface Pipeline4711 {
  server: string
  project: number
  pipeline: number
  apiToken: string
}

/** A program that calls the library. */
export interface Caller {
  gitlab: () => Sandbox
  options: () => Pipeline4711
  /** Calls a function with a clock that moves when the program only waits. */
  inTime: <T>(work: (clock: CallClock) => Promise<T>) => Promise<T>
}

/** A sandbox for each test of a file, whose clock is that of the caller. */
export function useCaller(more: Partial<SandboxOptions> = {}): Caller {
  let now = (): number => start
  beforeEach(() => {
    now = () => start
  })
  const gitlab = useGitlab({ now: () => now(), paceMs: 1000, ...more })
  return {
    gitlab,
    options: () => ({
      server: gitlab().url,
      project: 9,
      pipeline: 4711,
      apiToken: gitlab().tokens.api,
    }),
    async inTime(work) {
      const { context, ...world } = newWorld()
      now = () => context.wallTime()
      const time = passTime({ ...world, context }, gitlab())
      try {
        return await work(context)
      } finally {
        time.stop()
      }
    },
  }
}

/** The error of a call: one of ours, in which nothing internal is, and no word of the command line. */
export async function failureOf(call: Promise<unknown>, ...secrets: string[]): Promise<TriggerError> {
  const error = await call.then(
    (value) => value,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof TriggerError)) throw new Error(`not a TriggerError: ${inspect(error)}`)
  const all = inspect(error, { depth: Infinity, showHidden: true, getters: true })
  for (const secret of [...secrets, 'Secret', 'SecretRegistry']) expect(all).not.toContain(secret)
  expect(all).not.toMatch(/ApiError|HttpSession|\bClient\b/)
  expect(error.cause).toBeUndefined()
  expect(`${error.message} ${error.hint}`).not.toMatch(
    /--\w|gitlab-trigger \w|GITLAB_TRIGGER|undefined|SIGINT/,
  )
  expect(error.exit).not.toBe('internal')
  return error
}

/** The same, with the pipeline as it was last seen. */
export async function pipelineFailureOf(
  call: Promise<unknown>,
  ...secrets: string[]
): Promise<PipelineError> {
  const error = await failureOf(call, ...secrets)
  if (!(error instanceof PipelineError)) throw new Error(`not a PipelineError: ${inspect(error)}`)
  return error
}
