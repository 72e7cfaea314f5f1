import { needServer, resolveServerSettings } from '../../../config/access.ts'
import { tokenSources } from '../../../config/credentials/token-sources.ts'
import { resolvePlan, type Plan } from '../../../config/plan.ts'
import { checkoutTarget } from '../../../config/project/checkout-target.ts'
import { fromEnv } from '../../../config/setting.ts'
import { refuseWithoutTriggerToken } from '../../../config/refuse-without-token.ts'
import { collectInputs } from '../../../config/variables/inputs.ts'
import { startBudget } from '../../../core/budget.ts'
import type { Context } from '../../../core/context.ts'
import { TriggerError } from '../../../core/errors.ts'
import type { RunFlags } from '../../../options/run.ts'
import { namedProject, type ChosenProject } from '../../../session/choosing/choose-project.ts'
import { sessionOf, type CommandSession } from '../../../session/command-session.ts'
import { suggestedCommand, type CommandAbout } from '../../../session/suggested-command.ts'
import { askInputs } from './ask-inputs.ts'
import { askVariables } from './ask-variables.ts'
import { askRunProject, askRunRef } from './choose-subject.ts'
import type { ChosenRecipe, RunDialogue } from './dialogue.ts'
import { readInputHeader } from './input-header.ts'

/** A session with the server of a plan, silent, as the owner of the API token; undefined where there is none that can be used, which is said. */
async function openSilently(
  plan: Plan,
  flags: RunFlags,
  { context, say }: RunDialogue,
): Promise<CommandSession | undefined> {
  const budget = startBudget(context, plan.timeout.value)
  try {
    const access = await resolveServerSettings(plan, flags, context, budget.signal)
    if (!access.apiToken) return undefined
    const suggest = (about: CommandAbout): string => suggestedCommand(about, flags)
    return sessionOf({ context, plan, report: () => Promise.resolve(), suggest }, access)
  } catch (error) {
    if (!(error instanceof TriggerError)) throw error
    context.interrupted.throwIfAborted()
    await say(`Nothing is looked up at GitLab: ${error.message}.`)
    return undefined
  } finally {
    budget.end()
  }
}

/** Refuses a project without a trigger token before further questions are asked. */
function refuseWithoutToken(plan: Plan, flags: RunFlags, context: Context): void {
  const [target] = plan.targets
  if (!target?.server || !target.project || flags.curl) return
  const { server, project } = target
  const sources = tokenSources({ server, tokens: target.tokens }, plan, flags, context, context.interrupted)
  if (!sources.token) refuseWithoutTriggerToken({ server, project }, plan)
}

/** Asks for project, ref, variables and inputs of the one target of a run. Throws usage and configuration errors, and as the questions do. */
export async function askTarget(
  typed: RunFlags,
  recipe: ChosenRecipe,
  dialogue: RunDialogue,
): Promise<RunFlags> {
  const { context, say } = dialogue
  const { env } = context
  const planFor = (flags: RunFlags): Promise<Plan> => resolvePlan(flags, recipe?.name, context)
  let plan = await planFor(typed)
  const [target] = plan.targets
  needServer(target ?? { server: undefined }, plan.config)
  const session = await openSilently(plan, typed, dialogue)
  const checkout = target && (await checkoutTarget(target, plan, context))
  const said = recipe?.targets[0]
  const givenProject =
    typed.project ?? fromEnv(env, 'GITLAB_TRIGGER_PROJECT')?.value ?? said?.project ?? undefined
  const named = target?.project?.value ?? ''
  let project: ChosenProject =
    givenProject === undefined
      ? await askRunProject(plan, checkout, session, dialogue)
      : { name: named, found: undefined }
  let flags = givenProject === undefined ? { ...typed, project: project.name } : typed
  plan = await planFor(flags)
  refuseWithoutToken(plan, flags, context)
  if (session && !project.found) {
    const read = await namedProject(project.name, session).catch((error: unknown) => {
      if (!(error instanceof TriggerError)) throw error
      context.interrupted.throwIfAborted()
      return say(`${error.message}.`)
    })
    project = { ...project, found: read?.found }
  }
  const { found } = project
  const givenRef = flags.ref ?? fromEnv(env, 'GITLAB_TRIGGER_REF')?.value ?? said?.ref ?? undefined
  const branch = checkout?.project === project.name ? checkout.branch : undefined
  const preset = plan.targets[0]?.ref?.value ?? branch ?? found?.defaultBranch ?? undefined
  const ref = givenRef ?? (await askRunRef(project.name, preset, session, dialogue))
  if (givenRef === undefined) flags = { ...flags, ref }
  if (found?.triggers === 'no variables')
    await say('Variables are not asked for: the project does not allow them.')
  else flags = await askVariables(flags, dialogue)
  const header = await readInputHeader(project, ref, session)
  if (typeof header === 'string') {
    await say(header)
    return flags
  }
  if (header.others > 0)
    await say(`Inputs that are not asked for, since they are not understood: ${header.others}.`)
  if (header.hasIncludes) await say('Inputs of files that the header includes are not asked for.')
  const given = new Set([...(plan.targets[0]?.inputs ?? []), ...collectInputs(flags)].map(({ key }) => key))
  return askInputs(header.inputs, given, flags, dialogue)
}
