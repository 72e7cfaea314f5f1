import type { Sandbox } from '../../src/sandbox/server.ts'
import { runInTime } from './clock.ts'
import { posts, useGitlab } from './gitlab.ts'
import { useHome, type Home } from './home.ts'
import type { Result } from './run.ts'
import { start, type World, type WorldOptions } from './world.ts'

/** What is special about a batch of this user. */
export interface BatchRunOptions extends Pick<WorldOptions, 'pid' | 'running' | 'broken' | 'tty' | 'stdin'> {
  env?: Record<string, string>
  /** What is typed behind `batch plan.yml`, as words. */
  words?: readonly string[]
  /** The name of the plan's file; `-` is standard input. */
  name?: string
  prepare?: (world: World) => void
}

/** A user who writes plans. */
export interface BatchUser {
  gitlab: () => Sandbox
  home: () => Home
  /** Writes a plan, or takes the text of standard input, and runs it; project 9 has its token, and there is an API token. */
  batch: (plan: string, options?: BatchRunOptions) => Promise<Result & { tookMs: number }>
  /** The variable N of each POST, in their order; the ref of those that have none. */
  sent: () => string[]
}

/** A home and a sandbox for each test of a file. Targets may use the servers of the environment. */
export function useBatch(): BatchUser {
  let now = (): number => start
  const gitlab = useGitlab({ now: () => now() })
  const home = useHome()
  return {
    gitlab,
    home,
    batch(plan, { env = {}, words = [], name = 'plan.yml', prepare, ...options } = {}) {
      const { url, tokens } = gitlab()
      const isStdin = name === '-'
      const path = isStdin ? '-' : home().write(`plans/${name}`, plan)
      const world = home().world({
        ...options,
        ...(isStdin && { stdin: plan }),
        env: {
          GITLAB_TRIGGER_SERVER: url,
          GITLAB_TRIGGER_PROJECT: '9',
          GITLAB_TRIGGER_TOKEN: tokens.trigger,
          GITLAB_TRIGGER_API_TOKEN: tokens.api,
          ...env,
        },
      })
      return runInTime(gitlab(), ['batch', path, ...words], world, (made) => {
        now = () => made.context.wallTime()
        prepare?.(made)
      })
    },
    sent: () =>
      posts(gitlab()).map(({ fields }) => {
        const values = new Map(fields.map(([key, value]) => [key, value.toString()]))
        return values.get('variables[N]') ?? values.get('ref') ?? ''
      }),
  }
}
