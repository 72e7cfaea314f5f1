import type { ConfigNode } from './layers.ts'
import type { ServerChoice } from './server/server-choice.ts'
import type { ProjectEntry, Recipe, TokenKeys } from './schema/shape.ts'
import { tokenKeys } from './schema/token-keys.ts'

/** A mapping of a config file that may say where a trigger token comes from. */
export type TokenNode = ConfigNode<TokenKeys>

const namesToken = ({ data }: TokenNode): boolean => tokenKeys.some((key) => data[key] !== undefined)

/** What decides which mapping a target's trigger token is taken from. */
interface TargetTokenContext {
  /** The recipe's target, and the recipe with those it extends; first the one that counts first. */
  recipes: readonly ConfigNode<Recipe>[]
  /** The server in use, and the one that the config chooses for this target. */
  server: ServerChoice | undefined
  configured: ServerChoice | undefined
  /** Whether the project in use is the one that the config names. */
  isOwnProject: boolean
  project: ConfigNode<ProjectEntry> | undefined
  /** Those of the recipes that stand in the plan of a batch, and name no other server. */
  planned: readonly ConfigNode<Recipe>[]
}

/**
 * The mappings that say where the trigger token of a target comes from; the first counts: the recipe's target, the recipe, the project of the
 * server, the server. What a recipe of the config names is good for its own server and project only, whatever flags say; what the plan of a batch names, for those that it
 * is triggered with
 * (docs/decisions/0014-settings-keep-their-origin.md).
 */
export function targetTokens({
  recipes,
  server,
  configured,
  isOwnProject,
  project,
  planned,
}: TargetTokenContext): TokenNode[] {
  const isOwnServer = configured?.trust === 'full' && configured.value.base === server?.value.base
  const own = isOwnServer && isOwnProject ? recipes : recipes.filter((each) => planned.includes(each))
  const entry = server?.entry
  return [...own, ...(project ? [project] : []), ...(entry ? [entry] : [])].filter(namesToken)
}
