import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Fault, Sandbox } from '../../src/sandbox/server.ts'
import { environment, useGitlab } from './gitlab.ts'
import { filesBelow, useHome, type Home } from './home.ts'
import { runIn, type Line, type Result } from './run.ts'
import { newWorld, type World, type WorldOptions } from './world.ts'

/** What is special about a run of this user. */
export interface OnceOptions extends Pick<WorldOptions, 'pid' | 'running' | 'broken' | 'tty'> {
  env?: Record<string, string>
  /** With an API token. */
  withApiToken?: true
  prepare?: (world: World) => void
}

/** A user with a journal. */
export interface JournalUser {
  gitlab: () => Sandbox
  home: () => Home
  /** Types a line in the home of the test; `--ref master --once K` by default. */
  runOnce: (line?: Line, more?: OnceOptions) => Promise<Result>
  /** The folder of the journal. */
  journalFolder: () => string
  /** The one file in it. */
  journalFile: () => string
  /** The next POST fails so. */
  failPost: (fault: Fault) => void
  /** As if the run had been killed between its intent and its result. */
  forgetResult: () => void
}

/** A home and a sandbox for each test of a file. */
export function useJournal(): JournalUser {
  const gitlab = useGitlab()
  const home = useHome()
  const journalFolder = (): string => join(home().state, 'once')
  const journalFile = (): string => filesBelow(journalFolder())[0] ?? ''
  return {
    gitlab,
    home,
    journalFolder,
    journalFile,
    runOnce(line = '--ref master --once K', { env = {}, withApiToken, prepare, ...options } = {}) {
      const token = withApiToken ? { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api } : {}
      const given = environment(gitlab(), { ...token, ...env }).env ?? {}
      const world = newWorld(home().world({ ...options, env: given }))
      prepare?.(world)
      return runIn(world, line)
    },
    failPost: (fault) => {
      gitlab().failNext({ method: 'POST', ...fault })
    },
    forgetResult: () => {
      const [intent] = readFileSync(journalFile(), 'utf8').split('\n')
      writeFileSync(journalFile(), `${intent ?? ''}\n`)
    },
  }
}
