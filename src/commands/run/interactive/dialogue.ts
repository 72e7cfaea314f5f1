import type { Config } from '../../../config/files/find-config.ts'
import type { ListedRecipe } from '../../../config/listing.ts'
import type { Context } from '../../../core/context.ts'
import type { RunFlags } from '../../../options/run.ts'
import type { Prompter } from '../../../output/terminal/prompt.ts'

/** What the questions of `run --interactive` work with. Every step resolves to the flags with its answers. */
export interface RunDialogue {
  context: Context
  config: Config
  prompter: Prompter
  say: (line: string) => Promise<void>
}

/** The recipe that was typed or chosen, with what its first target says; undefined without one. */
export type ChosenRecipe = ListedRecipe | undefined

/** What a run is to be: the flags that would say the same, and the recipe. */
export interface ChosenRun {
  flags: RunFlags
  recipe: string | undefined
}
