import { findConfig } from '../../../config/files/find-config.ts'
import { resolvePlan } from '../../../config/plan.ts'
import type { Context } from '../../../core/context.ts'
import { usageError } from '../../../core/errors.ts'
import type { RunFlags } from '../../../options/run.ts'
import { sayTo } from '../../../output/terminal/wrap-words.ts'
import { canPrompt } from '../../../output/terminal/prompt-streams.ts'
import { prompterFor } from '../../../output/terminal/prompt.ts'
import { askTarget } from './ask-target.ts'
import { askVariables } from './ask-variables.ts'
import { chooseRecipe, chooseRunServer } from './choose-place.ts'
import { commandLine } from './command-line.ts'
import type { ChosenRun, RunDialogue } from './dialogue.ts'

/** Refuses questions where no user can be asked, or where standard input is for something else. */
function refuseUnasked({ tokenStdin, tokenFile, varsFrom }: RunFlags, context: Context): void {
  if (!canPrompt(context))
    throw usageError(
      '--interactive: there is no terminal to ask at',
      'Write instead: gitlab-trigger run --server NAME --project GROUP/NAME --ref BRANCH --var KEY=VALUE',
    )
  if (tokenStdin || tokenFile === '-' || varsFrom?.includes('-'))
    throw usageError(
      '--interactive and a flag that reads standard input cannot be used together',
      'Give the path of a file instead of - or --token-stdin.',
    )
}

/**
 * Asks at a terminal for what flags and recipe have not said of a run, shows the command line that does the same, and asks whether to continue. Resolves to
 * the flags and the recipe. Throws a usage error where no user can be asked or the answer is no, and as the questions do; nothing has been sent then but
 * reads.
 */
export async function askRun(
  typed: RunFlags,
  recipe: string | undefined,
  context: Context,
): Promise<ChosenRun> {
  refuseUnasked(typed, context)
  const config = await findConfig(typed, context)
  // An unknown recipe is refused before anything is asked.
  if (recipe !== undefined) await resolvePlan(typed, recipe, context)
  const prompter = await prompterFor(context)
  const say = (line: string): Promise<void> => sayTo(context.stderr, line)
  const dialogue: RunDialogue = { context, config, prompter, say }
  const chosen = await chooseRecipe(recipe, dialogue)
  const placed = await chooseRunServer(typed, chosen, dialogue)
  const targets = chosen?.targets.length ?? 1
  const asked = targets > 1 ? await askVariables(placed, dialogue) : await askTarget(placed, chosen, dialogue)
  const flags = { ...asked }
  delete flags.interactive
  const name = chosen?.name ?? recipe
  await say('This does the same without questions:')
  await context.stderr.write(`${commandLine({ ...flags }, name === undefined ? [] : [name])}\n`)
  const question = targets > 1 ? `Start these ${targets} pipelines?` : 'Start this pipeline?'
  const isAsked = !flags.dryRun && !flags.curl
  if (isAsked && !(await prompter.confirm(question, false))) throw usageError('not triggered: not confirmed')
  return { flags, recipe: name }
}
