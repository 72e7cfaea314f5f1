import {
  configuredRecipe,
  configuredServers,
  type ListedRecipe,
  type ListedServer,
} from '../../config/listing.ts'
import { findConfig } from '../../config/files/find-config.ts'
import { namesOf } from '../../config/layers.ts'
import { refuseUnseen } from '../../config/plan.ts'
import type { Context } from '../../core/context.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import type { ConfigPathFlags } from '../../options/setup.ts'
import { writeText } from '../../output/reporters/text-reporter.ts'
import { escapeLine } from '../../output/terminal/escape.ts'
import { printJsonResult } from '../../session/json-result.ts'

/** Words that are there, joined. */
const joined = (words: readonly (string | false | null | undefined)[], by = ', '): string =>
  words.filter((word) => typeof word === 'string' && word !== '').join(by)

const from = (label: string, origin: string | null): string | null => origin && `${label} from ${origin}`

function serverLines(server: ListedServer): string[] {
  const {
    name,
    url,
    is_default: isDefault,
    token,
    api_token: apiToken,
    project,
    ref,
    projects,
    origin,
  } = server
  const own = [
    from('token', token),
    from('API token', apiToken),
    project && `project = ${project}`,
    ref && `ref = ${ref}`,
  ]
  return [
    `server ${name}${isDefault ? ' (default)' : ''}: ${url ?? 'no url'}  (${origin})`,
    ...own.flatMap((line) => (line ? [`  ${line}`] : [])),
    ...projects.map((each) => {
      const id = each.id === null ? null : `id ${each.id}`
      return `  project ${each.name}: ${joined([id, each.ref && `ref ${each.ref}`, from('token', each.token)]) || 'no token'}`
    }),
  ]
}

/** Where something is triggered, as `group/docs main on work`. */
const placeText = ({ server, project, ref }: ListedRecipe['targets'][number]): string =>
  joined([project, ref, server && `on ${server}`], ' ') || 'what flags and environment say'

function recipeLines({ name, extends: parent, targets, origin }: ListedRecipe): string[] {
  const [first, ...others] = targets
  const head = `recipe ${name}${parent === null ? '' : ` (extends ${parent})`}`
  if (first && others.length === 0) return [`${head}: ${placeText(first)}  (${origin})`]
  return [
    `${head}: ${targets.length} targets  (${origin})`,
    ...targets.map((each) => `  target ${placeText(each)}`),
  ]
}

/**
 * Lists the servers, their projects and the recipes of all config files, with where each is defined and where tokens come from: `config list`.
 * Secrets are neither read nor shown. Throws configuration errors.
 */
export async function configList(flags: ConfigPathFlags, context: Context): Promise<number> {
  const config = await findConfig(flags, context)
  refuseUnseen(config)
  const servers = configuredServers(config, context)
  const recipes = namesOf(config, 'recipes').map((name) => configuredRecipe(config, name))
  const { code } = exitCodes.success
  if (flags.json) {
    await printJsonResult({ servers, recipes }, code, context)
    return code
  }
  const lines = [...servers.flatMap(serverLines), ...recipes.flatMap(recipeLines)]
  await writeText(context, lines.map((line) => `${escapeLine(line)}\n`).join(''))
  if (lines.length === 0)
    await context.stderr.write(
      'No config file defines a server or a recipe. To add a server, run: gitlab-trigger login\n',
    )
  return code
}
