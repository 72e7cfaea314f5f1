import type { Config } from '../files/find-config.ts'
import type { ConfigNode } from '../layers.ts'
import { resolveProject } from '../project/project-choice.ts'
import { configuredServer, type ServerChoice } from '../server/server-choice.ts'
import type { Setting } from '../setting.ts'
import type { ProjectEntry, Recipe, TokenKeys } from '../schema/config-keys.ts'
import { tokenKeys } from '../schema/token-keys.ts'

/** A mapping of a config file that may say where a trigger token comes from. */
export type TokenNode = ConfigNode<TokenKeys>

const namesToken = ({ data }: TokenNode): boolean => tokenKeys.some((key) => data[key] !== undefined)

/** What decides which mapping a target's trigger token is taken from. */
interface TargetTokenContext {
  config: Config
  /** The recipe's target, and the recipe with those it extends; first the one that counts first. */
  recipes: readonly ConfigNode<Recipe>[]
  /** Those of the recipes that stand in the plan of a batch. */
  planned: readonly ConfigNode<Recipe>[]
  /** The server's entry and the files. */
  above: readonly ConfigNode[]
  /** The server and the project in use. */
  server: ServerChoice | undefined
  project: Setting<string> | undefined
  /** What the server's entry says of the project. */
  entry: ConfigNode<ProjectEntry> | undefined
}

/**
 * Whether the token that a recipe names is good for what is triggered: it, or what it adds to, is about the same server and project. Who adds to it may
 * name others, and so may flags. What stands in a plan may leave either of them to flags, too.
 */
function isFor(
  at: number,
  { config, recipes, planned, above, server, project }: TargetTokenContext,
): boolean {
  const [node, ...base] = recipes.slice(at)
  if (!node) return false
  const nodes = [node, ...base]
  const isPlanned = planned.includes(node)
  const names = (key: 'server' | 'project'): boolean => nodes.some(({ data }) => data[key] !== undefined)
  const own = isPlanned && !names('server') ? server : configuredServer(config, nodes)
  if (own?.trust !== 'full' || own.value.base !== server?.value.base) return false
  const ownProject =
    isPlanned && !names('project') ? undefined : resolveProject({}, {}, [...nodes, ...above], server)
  return ownProject === undefined || ownProject.value === project?.value
}

/**
 * The mappings that say where the trigger token of a target comes from; the first counts: the recipe's target, the recipe, the project of the
 * server, the server. What a recipe names is good for its own server and project only, whatever flags say
 * (docs/decisions/0014-settings-keep-their-origin.md).
 */
export function targetTokens(context: TargetTokenContext): TokenNode[] {
  const { recipes, server, entry } = context
  const own = recipes.filter((node, at) => namesToken(node) && isFor(at, context))
  return [...own, ...(entry ? [entry] : []), ...(server?.entry ? [server.entry] : [])].filter(namesToken)
}
