import type { Fault, Sandbox, SandboxOptions, Script } from '../../src/sandbox/server.ts'
import { runInTime } from './clock.ts'
import { environment, useGitlab } from './gitlab.ts'
import type { Line, Result } from './run.ts'
import { start, type World, type WorldOptions } from './world.ts'

/** How following ended, and how long it took by the clock of its world, in ms. */
export interface Followed extends Result {
  tookMs: number
}

/** What is special about a run of this user. */
export interface FollowOptions extends Pick<WorldOptions, 'tty' | 'broken' | 'pid' | 'home'> {
  env?: Record<string, string>
  /** Without an API token. */
  withoutApiToken?: true
  prepare?: (world: World) => void
}

/** A user who waits for pipelines. */
export interface Follower {
  gitlab: () => Sandbox
  /** Types a line, and lets time pass. With `script`, pipelines on master live so. */
  follow: (line: Line, script?: Script, more?: FollowOptions) => Promise<Followed>
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
    follow(line, script, { env = {}, withoutApiToken, prepare, ...more } = {}) {
      if (script) gitlab().script('master', script)
      const token = withoutApiToken ? {} : { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api }
      const options = { ...environment(gitlab(), { ...token, ...env }), ...more }
      return runInTime(gitlab(), line, options, (world) => {
        // The server continues while this machine sleeps.
        now = () => world.context.wallTime()
        prepare?.(world)
      })
    },
  }
}

/** The paths of the requests that a sandbox saw, as `GET pipelines/4711/jobs`, without queries. */
export function requestPaths({ requests }: Sandbox): string[] {
  return requests.map(({ method, path }) => `${method} ${path.replace(/^.*\/projects\/[^/]+\/|\?.*$/g, '')}`)
}

/** `count` faults in a row for requests whose path ends so. */
export function failTimes(gitlab: Sandbox, count: number, fault: Fault): void {
  for (let each = 0; each < count; each += 1) gitlab.failNext(fault)
}
