import type { Context } from '../../core/context.ts'
import type { CiJob } from '../server/ci.ts'
import type { Config } from '../files/find-config.ts'
import type { RunFlags } from '../../options/run.ts'
import { knownServers, unknownServerUrl } from '../server/known-servers.ts'
import { firstIn, asConfigError, type ConfigNode } from '../layers.ts'
import { projectFrom, projectOn, projectUrl } from './project.ts'
import { chooseServer, typedServer, type ServerChoice, type ServerFlags } from '../server/server-choice.ts'
import { fromEnv, fromFlag, type Setting } from '../setting.ts'
import type { Recipe } from '../schema/shape.ts'

type Typed = ServerFlags & Pick<RunFlags, 'project'>

const givenProject = (flags: Typed, env: Context['env']): Setting<string> | undefined =>
  fromFlag('--project', flags.project) ?? fromEnv(env, 'GITLAB_TRIGGER_PROJECT')

/** The project that flags, environment or files choose, in that order. Throws usage and configuration errors. */
export function resolveProject(
  flags: Typed,
  env: Context['env'],
  places: readonly ConfigNode[],
  server: ServerChoice | undefined,
): Setting<string> | undefined {
  const base = server?.value.base
  const given = givenProject(flags, env)
  if (given) return { value: projectFrom(given.value, given.origin, base), origin: given.origin }
  const set = firstIn(places, 'project')
  if (!set) return undefined
  const { value, origin } = set
  return { value: asConfigError(() => projectFrom(String(value), `${origin} project`, base)), origin }
}

/**
 * The server that is chosen; where the URL of a project was given and no server was typed, the known one that the URL is of (promise G3). Throws
 * as `chooseServer`, and for the URL of a stranger.
 */
export function resolveServer(
  flags: Typed,
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
  const all = knownServers(config, ci, chosen).filter(({ base }) => !isTyped || base === chosen?.value.base)
  const home = all.find(({ base }) => projectOn(url, base, given.origin) !== undefined)
  if (!home) throw unknownServerUrl(url, isTyped)
  if (home.base === chosen?.value.base) return chosen
  return typedServer({ value: home.server, origin: given.origin }, flags, config)
}
