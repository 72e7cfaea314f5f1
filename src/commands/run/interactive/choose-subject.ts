import type { Plan } from '../../../config/plan.ts'
import { resolveRef } from '../../../config/plan-values.ts'
import type { CheckoutTarget } from '../../../config/project/checkout-target.ts'
import { projectFrom } from '../../../config/project/project.ts'
import { TriggerError } from '../../../core/errors.ts'
import type { Choice } from '../../../output/terminal/prompt.ts'
import { projectChoices, type ChosenProject } from '../../../session/choosing/choose-project.ts'
import { refChoices } from '../../../session/choosing/choose-ref.ts'
import type { CommandSession } from '../../../session/command-session.ts'
import type { RunDialogue } from './dialogue.ts'

const asTyped = (name: string): Choice<ChosenProject> => ({
  name: `${name} (as typed)`,
  value: { name, found: undefined },
})

/** The projects that are known without asking GitLab: the one of the config, that of the checkout, those of the server's entry. */
function knownProjects({ targets: [target] }: Plan, checkout: CheckoutTarget | undefined): string[] {
  const configured = target?.project?.value
  const entry = Object.keys(target?.server?.entry?.data.projects ?? {})
  return [...new Set([configured, checkout?.project, ...entry].filter((each) => each !== undefined))]
}

/** Asks for a project: those that are known first, then what GitLab finds with the API token, or what is typed. */
export async function askRunProject(
  plan: Plan,
  checkout: CheckoutTarget | undefined,
  session: CommandSession | undefined,
  { prompter }: Pick<RunDialogue, 'prompter'>,
): Promise<ChosenProject> {
  const known = knownProjects(plan, checkout)
  const base = plan.targets[0]?.server?.value.base
  if (!session && known.length === 0) {
    const check = (text: string): void => void projectFrom(text.trim(), 'project', base)
    const text = await prompter.input('Project (number, full path or URL)', { check })
    return { name: projectFrom(text.trim(), 'project', base), found: undefined }
  }
  return prompter.select('Project', async (typed) => {
    const own = known
      .filter((name) => name.toLowerCase().includes(typed.toLowerCase()))
      .map((name): Choice<ChosenProject> => ({ name, value: { name, found: undefined } }))
    if (!session) {
      if (typed === '' || known.includes(typed)) return own
      return own.length > 0 ? own : [asTyped(projectFrom(typed, 'project', base))]
    }
    const found = await projectChoices(typed, session).catch((error: unknown) => {
      if (!(error instanceof TriggerError) || own.length === 0) throw error
      return []
    })
    return [...own, ...found.filter(({ value }) => !known.includes(value.name))]
  })
}

/** Asks for the branch or tag: `preset` first, then what GitLab lists with the API token, or what is typed. */
export async function askRunRef(
  project: string,
  preset: string | undefined,
  session: CommandSession | undefined,
  { prompter }: Pick<RunDialogue, 'prompter'>,
): Promise<string> {
  const check = (ref: string): void => void resolveRef({ ref: ref.trim() }, {}, [])
  if (!session) return (await prompter.input('Branch or tag', { preset, check })).trim()
  return prompter.select('Branch or tag', async (typed) => {
    if (typed !== '') check(typed)
    const refs = await refChoices(project, typed, preset, session)
    if (typed !== '' || preset === undefined) return refs
    return [{ name: preset, value: preset }, ...refs.filter(({ value }) => value !== preset)]
  })
}
