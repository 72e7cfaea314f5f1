import type { Context } from '../../core/context.ts'
import type { CiJob } from '../server/ci.ts'
import type { Config } from '../files/find-config.ts'
import type { RunFlags } from '../../options/run.ts'
import { knownServers, unknownServerUrl } from '../server/known-servers.ts'
import { firstIn, asConfigError, type ConfigNode } from '../layers.ts'
import { projectFrom, projectOn, projectUrl } from './project.ts'
import { chooseServer, typedServer, type ServerChoice, type ServerFlags } from '../server/server-choice.ts'
import { fromEnv, fromFlag, type Setting } from '../setting.ts'
import type { Recipe } from '../schema/config-keys.ts'

type ProjectFlags = ServerFlags & Pick<RunFlags, 'project'>

const givenProject = (flags: ProjectFlags, env: Context['env']): Setting<string> | undefined =>
  fromFlag('--project', flags.project) ?? fromEnv(env, 'GITLAB_TRIGGER_PROJECT')

/** The project from flags, environment or files, in that order. Throws usage and configuration errors. */
export function resolveProject(
  flags: ProjectFlags,
  env: Context['env'],
  nodes: readonly ConfigNode[],
  server: ServerChoice | undefined,
): Setting<string> | undefined {
  const base = server?.value.base
  const given = givenProject(flags, env)
  if (given) return { value: projectFrom(given.value, given.origin, base), origin: given.origin }
  const set = firstIn(nodes, 'project')
  if (!set) return undefined
  const { value, origin } = set
  return { value: asConfigError(() => projectFrom(String(value), `${origin} project`, base)), origin }
}

/**
 * The server to use. If the project was given by URL and no server was typed, it is the known server of that
 * URL (docs/guarantees.md#G3). Throws the errors of `chooseServer`, and a configuration error for an unknown server's
 * URL.
 */
export function resolveServer(
  flags: ProjectFlags,
  env: Context['env'],
  config: Config,
  recipes: readonly ConfigNode<Recipe>[],
  ci: CiJob | undefined,
): ServerChoice | undefined {
  const chosen = chooseServer(flags, env, config, recipes, ci)
  const given = givenProject(flags, env)
  const url = given && projectUrl(given.value, given.origin)
  if (!url) return chosen
  const isTyped = (flags.server ?? flags.saveToServer) !== undefined
  const candidates = knownServers(config, ci, chosen).filter(
    ({ base }) => !isTyped || base === chosen?.value.base,
  )
  const match = candidates.find(({ base }) => projectOn(url, base, given.origin) !== undefined)
  if (!match) throw unknownServerUrl(url, isTyped, chosen?.value.base)
  if (match.base === chosen?.value.base) return chosen
  return typedServer({ value: match.server, origin: given.origin }, flags, config)
}
