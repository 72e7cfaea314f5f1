import { useFollower, type Followed, type FollowOptions } from './follower.ts'
import { useHome, type Home } from './home.ts'
import { screenBuffer } from './screen-buffer.ts'
import type { Sandbox } from '../../src/sandbox/server.ts'
import type { World } from './world.ts'

/** A user with a plan. */
export interface Planner {
  gitlab: () => Sandbox
  home: () => Home
  /** Writes the plan, types `batch plan.yml` and these words, and lets time pass. */
  batch: (plan: string, more?: string, options?: FollowOptions) => Promise<Followed>
}

/** A user with a plan, and a sandbox whose clock is theirs, for each test of a file. */
export function usePlanner(): Planner {
  const home = useHome()
  const { gitlab, follow } = useFollower()
  return {
    gitlab,
    home,
    batch(plan, more = '', options = {}) {
      const path = home().write('plan.yml', plan)
      const { env } = home().world({ env: { NO_COLOR: '1', ...options.env } })
      return follow(`batch ${path} ${more}`, undefined, { ...options, env })
    },
  }
}

/** What was to be seen on a terminal. */
export interface Screen {
  /** What was to be seen after each write, with what had scrolled out. */
  frames: string[]
  /** The first frame that holds this. Throws where none does. */
  frameWith: (wanted: string) => string
  /** How often something was written by the clock of the world, in ms: the time of each frame. */
  times: number[]
}

/** Shows both streams of a world on a terminal of this size, whose columns and rows may change by assignment to `world.context.stderr`. */
export function screenOf(world: World, columns: number, rows: number): Screen {
  const sheet = screenBuffer(columns, rows)
  const screen: Screen = {
    frames: [],
    times: [],
    frameWith(wanted) {
      const found = screen.frames.find((frame) => frame.includes(wanted))
      if (found === undefined)
        throw new Error(`"${wanted}" was not to be seen:\n${screen.frames.at(-1) ?? ''}`)
      return found
    },
  }
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = world.context[name]
    const writeBytes = stream.writeBytes.bind(stream)
    Object.assign(stream, { columns, rows })
    stream.writeBytes = (bytes) => {
      sheet.write(bytes.toString())
      screen.frames.push(sheet.rows().join('\n'))
      screen.times.push(world.context.now())
      return writeBytes(bytes)
    }
  }
  return screen
}
