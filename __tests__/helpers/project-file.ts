import { join } from 'node:path'
import type { Sandbox } from '../../src/sandbox/server.ts'
import { lastFields, useGitlab } from './gitlab.ts'
import { serverYaml, useHome, type Home } from './home.ts'
import { run, type Result } from './run.ts'
import type { WorldOptions } from './world.ts'

/** A user whose own config has a server with a token, and whose checkout may have a config file of its own. */
export interface ProjectUser {
  gitlab: () => Sandbox
  home: () => Home
  /** Types a line in the checkout, or in a folder relative to it. */
  typed: (line: string, cwd?: string, options?: WorldOptions) => Promise<Result>
  /** Writes a config file of the checkout, by default `.gitlab-triggerrc.yaml`. */
  rc: (text: string, name?: string) => string
  /** The variable A of the last POST; undefined where there was none. */
  sent: () => string | undefined
}

/** A home and a sandbox for each test of a file. */
export function useProjectFile(): ProjectUser {
  const gitlab = useGitlab()
  const home = useHome()
  beforeEach(() => {
    home().write('home/.config/gitlab-trigger/work.token', gitlab().tokens.trigger)
    home().config(serverYaml(gitlab(), 'tokenFile: work.token'))
  })
  return {
    gitlab,
    home,
    typed: (line, cwd = '', options = {}) =>
      run(line, home().world({ cwd: join(home().checkout, cwd), ...options })),
    rc: (text, name = '.gitlab-triggerrc.yaml') => home().write(`work/checkout/${name}`, text),
    sent: () => lastFields(gitlab())['variables[A]'],
  }
}
