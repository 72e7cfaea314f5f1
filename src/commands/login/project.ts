import type { Choice, Prompter } from '../../output/terminal/prompt.ts'
import { namedProject, projectChoices, type ChosenProject } from '../../session/choosing/choose-project.ts'
import { refChoices } from '../../session/choosing/choose-ref.ts'
import type { CommandSession } from '../../session/command-session.ts'

/** Asks for a project: by type-ahead where an API token may search, else by path or number. */
export async function askProject(prompter: Prompter, session: CommandSession): Promise<ChosenProject> {
  if (session.access.apiToken) return prompter.select('Project', (typed) => projectChoices(typed, session))
  let chosen: ChosenProject | undefined
  await prompter.input('Project (number, full path or URL)', {
    check: async (text) => {
      chosen = await namedProject(text.trim(), session)
    },
  })
  return chosen ?? { name: '', found: undefined }
}

/** Asks for the branch or tag to trigger by default, the default branch first. '' for none. */
export async function askRef(
  prompter: Prompter,
  { name, found }: ChosenProject,
  session: CommandSession,
): Promise<string> {
  const preset = found?.defaultBranch ?? undefined
  const none: Choice<string> = { name: '(none: it is given each time)', value: '' }
  if (!found)
    return (await prompter.input('Branch or tag to trigger by default (empty: none)', { preset })).trim()
  return prompter.select(
    'Branch or tag to trigger by default',
    async (typed) => [...(await refChoices(name, typed, preset, session)), ...(typed === '' ? [none] : [])],
    preset === undefined ? {} : { preset },
  )
}
