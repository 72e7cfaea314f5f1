import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Fault, Sandbox } from '../../src/sandbox/server.ts'
import { environment, useGitlab } from './gitlab.ts'
import { filesBelow, useHome, type Home } from './home.ts'
import { runIn, type Line, type Result } from './run.ts'
import { newWorld, type World, type WorldOptions } from './world.ts'

/** What is special about a run of this user. */
export interface More extends Pick<WorldOptions, 'pid' | 'running' | 'broken' | 'tty'> {
  env?: Record<string, string>
  /** With an API token. */
  reads?: true
  prepare?: (world: World) => void
}

/** A user with a journal. */
export interface OnceUser {
  gitlab: () => Sandbox
  home: () => Home
  /** Types a line in the home of the test; `--ref master --once K` by default. */
  once: (line?: Line, more?: More) => Promise<Result>
  /** The folder of the journal. */
  journal: () => string
  /** The one file in it. */
  only: () => string
  /** The next POST fails so. */
  fail: (fault: Fault) => void
  /** As if the run had been killed between its intent and its result. */
  forgetResult: () => void
}

/** A home and a sandbox for each test of a file. */
export function useOnce(): OnceUser {
  const gitlab = useGitlab()
  const home = useHome()
  const journal = (): string => join(home().state, 'once')
  const only = (): string => filesBelow(journal())[0] ?? ''
  return {
    gitlab,
    home,
    journal,
    only,
    once(line = '--ref master --once K', { env = {}, reads, prepare, ...options } = {}) {
      const token = reads ? { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api } : {}
      const given = environment(gitlab(), { ...token, ...env }).env ?? {}
      const world = newWorld(home().world({ ...options, env: given }))
      prepare?.(world)
      return runIn(world, line)
    },
    fail: (fault) => {
      gitlab().failNext({ method: 'POST', ...fault })
    },
    forgetResult: () => {
      const [intent] = readFileSync(only(), 'utf8').split('\n')
      writeFileSync(only(), `${intent ?? ''}\n`)
    },
  }
}
