import { TriggerError } from '../../core/errors.ts'
import { listRefs } from '../../gitlab/resources/refs.ts'
import type { Choice } from '../../output/terminal/prompt.ts'
import type { CommandSession } from '../command-session.ts'
import { mostOffered, withClient } from './choose-project.ts'

const asChoice = (ref: string): Choice<string> => ({ name: ref, value: ref })

/**
 * The branches and tags of a project for what was typed so far, the default branch first, and a name that is not listed as it was typed. Who may not list
 * them is offered that, or `preset`.
 */
export async function refChoices(
  project: string,
  typed: string,
  preset: string | undefined,
  session: CommandSession,
): Promise<Choice<string>[]> {
  const listed = await withClient(session, project, (client) => listRefs(client, typed, mostOffered)).catch(
    (error: unknown) => {
      if (error instanceof TriggerError) return undefined
      throw error
    },
  )
  if (!listed) return [typed === '' ? (preset ?? '') : typed].filter(Boolean).map(asChoice)
  const refs = listed
    .filter((each) => each.name.toLowerCase().includes(typed.toLowerCase()))
    .sort((a, b) => Number(b.isDefault) - Number(a.isDefault))
    .slice(0, mostOffered)
  const isListed = typed === '' || refs.some((each) => each.ref === typed || each.name === typed)
  const others = isListed ? [] : [{ name: `${typed} (as typed)`, value: typed }]
  return [...refs.map(({ ref }) => asChoice(ref)), ...others]
}
