import { projectFrom } from '../../config/project/project.ts'
import { TriggerError } from '../../core/errors.ts'
import type { Client } from '../../gitlab/api/client.ts'
import { readProject, searchProjects, type Project } from '../../gitlab/resources/projects.ts'
import { listRefs } from '../../gitlab/resources/refs.ts'
import type { Choice, Prompter } from '../../output/terminal/prompt.ts'
import type { CommandSession } from '../../session/command-session.ts'
import { openClient } from '../../session/working-client.ts'

/** So many projects or refs are offered at once. */
const mostOffered = 20

/** A project by the name that the config gets, with what GitLab told of it. */
export interface ChosenProject {
  name: string
  found: Project | undefined
}

const purpose = { failed: 'the projects cannot be read', needs: 'a token with read_api' }

/** Does something with a project of the server, as the owner of the API token or as anybody. Throws a TriggerError that explains refusals. */
function withClient<T>(
  session: CommandSession,
  project: string,
  task: (client: Client) => Promise<T>,
): Promise<T> {
  return session.work(async (server) => (await openClient(session, server, project, purpose, task)).found)
}

/**
 * The project that a text names, checked at GitLab as far as it tells. Throws a usage error for what cannot be one, and a TriggerError (exit 4) for
 * one that the API token does not see.
 */
export async function namedProject(text: string, session: CommandSession): Promise<ChosenProject> {
  const { base } = session.access.server.value
  const name = projectFrom(text, 'project', base)
  const read = await withClient(session, '', (client) => readProject(client, name))
  if (read) return { name: read.project.path || name, found: read.project }
  // Anybody sees public projects only: others may exist all the same.
  if (!session.access.apiToken) return { name, found: undefined }
  throw new TriggerError({
    exit: 'notAccepted',
    message: `${base} has no project ${name} that the API token may see`,
    hint: `Look for it: gitlab-trigger projects TEXT --server ${base} --api-token-file PATH`,
  })
}

const asChoice = (found: Project): Choice<ChosenProject> => ({
  name: `${found.path} (${found.id})`,
  value: { name: found.path, found },
  ...(found.triggers !== null && found.triggers !== 'yes' && { about: `Triggers: ${found.triggers}` }),
})

/** Asks for a project: by type-ahead where an API token may search, else by path or number. */
export async function askProject(prompter: Prompter, session: CommandSession): Promise<ChosenProject> {
  if (session.access.apiToken)
    return prompter.select('Project', async (typed) => {
      const isMine = typed === ''
      const { projects } = await withClient(session, '', (client) =>
        searchProjects(client, typed, isMine, mostOffered),
      )
      const isExact = /^\d+$/.test(typed) || typed.includes('/')
      const exact = isExact ? await namedProject(typed, session).catch(() => undefined) : undefined
      const others = projects.filter(({ id }) => id !== exact?.found?.id).map(asChoice)
      return exact?.found ? [asChoice(exact.found), ...others] : others
    })
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
    async (typed) => {
      const listed = await withClient(session, name, (client) => listRefs(client, typed, mostOffered)).catch(
        (error: unknown) => {
          if (error instanceof TriggerError) return undefined
          throw error
        },
      )
      // Who may not list them may know one.
      if (!listed)
        return [typed === '' ? (preset ?? '') : typed]
          .filter(Boolean)
          .map((ref) => ({ name: ref, value: ref }))
          .concat(none)
      const refs = listed
        .filter((each) => each.name.toLowerCase().includes(typed.toLowerCase()))
        .sort((a, b) => Number(b.isDefault) - Number(a.isDefault))
        .slice(0, mostOffered)
      const isListed = refs.some((each) => each.ref === typed || each.name === typed)
      const other = typed === '' ? [none] : isListed ? [] : [{ name: `${typed} (as typed)`, value: typed }]
      return [...refs.map(({ ref }) => ({ name: ref, value: ref })), ...other]
    },
    preset === undefined ? {} : { preset },
  )
}
