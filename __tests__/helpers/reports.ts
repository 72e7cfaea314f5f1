import { join } from 'node:path'
import type { Sandbox, Script } from '../../src/sandbox/server.ts'
import { environment, useGitlab } from './gitlab.ts'
import { runIn, type Result } from './run.ts'
import { newWorld, useFolder, type World } from './world.ts'

/** What is special about a run that writes reports. */
export interface ReportOptions {
  /** How the pipeline lives; at once, unless said. */
  script?: Script
  ref?: string
  env?: Record<string, string>
  prepare?: (world: World) => void
}

/** A user in a folder of their own who may read project 9 and gets every message. */
export interface ReportUser {
  gitlab: () => Sandbox
  /** A path in the folder. */
  at: (...parts: string[]) => string
  /** Types a line there. */
  type: (line: string | readonly string[], options?: ReportOptions) => Promise<Result>
  /** Waits for a pipeline that is there. */
  waitWith: (flags: string, options?: ReportOptions) => Promise<Result>
}

/** A sandbox and a folder for each test of a file. */
export function useReports(): ReportUser {
  const gitlab = useGitlab()
  const folder = useFolder()
  const type: ReportUser['type'] = (line, { script, ref = 'master', env = {}, prepare } = {}) => {
    if (script) gitlab().script(ref, { by: 'clock', ...script })
    const own = {
      NO_COLOR: '1',
      GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api,
      XDG_STATE_HOME: join(folder().path, '.state'),
    }
    const world = newWorld({
      ...environment(gitlab(), { ...own, ...env }),
      cwd: folder().path,
      tty: ['stderr'],
    })
    prepare?.(world)
    return runIn(world, line)
  }
  return {
    gitlab,
    at: (...parts) => join(folder().path, ...parts),
    type,
    waitWith(flags, options = {}) {
      const { script, ref = 'master' } = options
      if (script) gitlab().script(ref, { by: 'clock', ...script })
      const { id } = gitlab().addPipeline({ ref })
      return type(`wait ${id} ${flags}`, options)
    },
  }
}
