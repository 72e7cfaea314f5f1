import { fromEnv } from '../../../config/setting.ts'
import { configuredRecipe } from '../../../config/listing.ts'
import { namesOf, serverNamed } from '../../../config/layers.ts'
import type { RunFlags } from '../../../options/run.ts'
import type { Choice } from '../../../output/terminal/prompt.ts'
import type { ChosenRecipe, RunDialogue } from './dialogue.ts'

/** The recipe: the one that was typed, or one of the config's that is chosen. */
export async function chooseRecipe(
  typed: string | undefined,
  { config, prompter }: RunDialogue,
): Promise<ChosenRecipe> {
  const names = namesOf(config, 'recipes')
  if (typed !== undefined) return names.includes(typed) ? configuredRecipe(config, typed) : undefined
  if (names.length === 0) return undefined
  const none: Choice<ChosenRecipe> = { name: '(none)', value: undefined }
  const recipes = names.map((name): Choice<ChosenRecipe> => {
    const recipe = configuredRecipe(config, name)
    const about = recipe.targets
      .map(({ server, project, ref }) => [server, project, ref].filter(Boolean).join(' '))
      .join(', ')
    return { name, value: recipe, ...(about.trim() !== '' && { about }) }
  })
  return prompter.select('Recipe', [none, ...recipes])
}

/** The server: asked for where the config has several, and neither flags, environment nor recipe name one. */
export async function chooseRunServer(
  flags: RunFlags,
  recipe: ChosenRecipe,
  { config, prompter, context: { env } }: RunDialogue,
): Promise<RunFlags> {
  const project = flags.project ?? fromEnv(env, 'GITLAB_TRIGGER_PROJECT')?.value
  const given = flags.server ?? fromEnv(env, 'GITLAB_TRIGGER_SERVER')?.value ?? recipe?.targets[0]?.server
  // The address of a project tells its server.
  if (typeof given === 'string' || project?.includes('://')) return flags
  const names = namesOf(config, 'servers')
  const usual = config.files.map(({ data }) => data.default).find((name) => name !== undefined)
  const [only] = names
  if (only === undefined || (names.length === 1 && usual === only)) return flags
  if (names.length === 1) return { ...flags, server: only }
  const ordered = [...names].sort((a, b) => Number(b === usual) - Number(a === usual))
  const choices = ordered.map((name) => {
    const url = serverNamed(config, name)?.data.url
    return { name, value: name, ...(url !== undefined && { about: url }) }
  })
  return { ...flags, server: await prompter.select('Server', choices) }
}
