import type { OwnConfig } from '../../config/edit/own-config.ts'
import { parseConfig } from '../../config/files/config-file.ts'
import { namesOf, recipeChain, recipeNamed, type ConfigNode } from '../../config/layers.ts'
import type { Recipe } from '../../config/schema/config-keys.ts'
import { configuredServer } from '../../config/server/server-choice.ts'
import { TriggerError, usageError } from '../../core/errors.ts'

/** Keys whose values are names of servers and recipes. */
const naming = ['default', 'server', 'extends']

/**
 * Throws a usage error, with the words of reading it, for a changed text of the config whose value at a key names a server or recipe that no file
 * defines: every command would refuse it.
 */
export function refuseUnknownName(
  path: readonly string[],
  value: unknown,
  { file, config }: OwnConfig,
  changed: string,
  command: string,
): void {
  if (typeof value !== 'object' && !naming.includes(path.at(-1) ?? '')) return
  const [kind, name = '', , at] = path
  if (kind !== 'default' && kind !== 'recipes') return
  const after = configWith(changed, { file, config })
  const [own] = after.files
  inWordsOf(command, () => {
    const recipe = kind === 'recipes' ? recipeNamed(after, name) : undefined
    const chain = recipe ? recipeChain(after, name) : []
    const targets = (recipe?.data.targets ?? []).map((data, index): ConfigNode<Recipe> => ({
      file: own ?? file,
      keys: ['recipes', name, 'targets', String(index)],
      data,
    }))
    const changedTargets = targets.filter((_, index) => at === undefined || String(index) === at)
    if (chain.some(({ data }) => data.server !== undefined) || kind === 'default')
      configuredServer(after, chain)
    for (const target of changedTargets)
      if (target.data.server !== undefined) configuredServer(after, [target])
  })
}

/** The config with a changed text of the user's own file, which comes first. */
function configWith(
  changed: string,
  { file, config }: Pick<OwnConfig, 'file' | 'config'>,
): OwnConfig['config'] {
  const own = parseConfig(file.kind, file.path, Buffer.from(changed))
  return { ...config, files: [own, ...config.files.filter((each) => each.path !== file.path)] }
}

function inWordsOf(command: string, check: () => void): void {
  try {
    check()
  } catch (error) {
    if (error instanceof TriggerError) throw usageError(`${command}: ${error.message}`, error.hint)
    throw error
  }
}

/** The same for a text from which servers or recipes were taken that the rest of it names. */
export function refuseNeededName(
  [kind = '', , ...below]: readonly string[],
  own: OwnConfig,
  changed: string,
  command: string,
): void {
  if (!['servers', 'recipes'].includes(kind) || below.length > 0) return
  const after = configWith(changed, own)
  inWordsOf(command, () => {
    if (kind === 'servers') configuredServer(after, [])
  })
  for (const name of namesOf(after, 'recipes'))
    refuseUnknownName(['recipes', name], {}, own, changed, command)
}
