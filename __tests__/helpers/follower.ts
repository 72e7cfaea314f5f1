import type { Fault, Sandbox, SandboxOptions, Script } from '../../src/sandbox/server.ts'
import { passTime } from './event-clock.ts'
import { environment, useGitlab } from './gitlab.ts'
import { runIn, type Line, type Result } from './run.ts'
import { newWorld, start, type World, type WorldOptions } from './world.ts'

/** How following ended, and how long it took by the clock of its world, in ms. */
export interface Followed extends Result {
  tookMs: number
}

/** What is special about a run of this user. */
export interface More extends Pick<WorldOptions, 'tty' | 'broken' | 'pid' | 'home'> {
  env?: Record<string, string>
  /** Without an API token. */
  isAnybody?: true
  prepare?: (world: World) => void
}

/** A user who waits for pipelines. */
export interface Follower {
  gitlab: () => Sandbox
  /** Types a line, and lets time pass. With `script`, pipelines on master live so. */
  follow: (line: Line, script?: Script, more?: More) => Promise<Followed>
}

/** A sandbox for each test of a file, whose clock is that of the follower's world. */
export function useFollower(options: Partial<SandboxOptions> = {}): Follower {
  let now = (): number => start
  // What is made before the line is typed is made at the start, not when the test before ended.
  beforeEach(() => {
    now = () => start
  })
  const gitlab = useGitlab({ now: () => now(), paceMs: 1000, ...options })
  return {
    gitlab,
    async follow(line, script, { env = {}, isAnybody, prepare, ...more } = {}) {
      if (script) gitlab().script('master', script)
      const token = isAnybody ? {} : { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api }
      const world = newWorld({ ...environment(gitlab(), { ...token, ...env }), ...more })
      now = () => world.context.now()
      const time = passTime(world, gitlab())
      try {
        prepare?.(world)
        const result = await runIn(world, line)
        return { ...result, tookMs: time.passed() }
      } finally {
        time.stop()
      }
    },
  }
}

/** The paths of the requests that a sandbox saw, as `GET pipelines/4711/jobs`, without queries. */
export function asked({ requests }: Sandbox): string[] {
  return requests.map(({ method, path }) => `${method} ${path.replace(/^.*\/projects\/[^/]+\/|\?.*$/g, '')}`)
}

/** `count` faults in a row for requests whose path ends so. */
export function failing(gitlab: Sandbox, count: number, fault: Fault): void {
  for (let each = 0; each < count; each += 1) gitlab.failNext(fault)
}
