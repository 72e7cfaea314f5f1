import { projectFrom } from '../../config/project/project.ts'
import { TriggerError } from '../../core/errors.ts'
import type { Client } from '../../gitlab/api/client.ts'
import { readProject, searchProjects, type Project } from '../../gitlab/resources/projects.ts'
import type { Choice } from '../../output/terminal/prompt.ts'
import type { CommandSession } from '../command-session.ts'
import { openClient } from '../working-client.ts'

/** At most this many projects or refs are offered at once. */
export const mostOffered = 20

/** A project by the name that was chosen, with what GitLab says about it. */
export interface ChosenProject {
  name: string
  found: Project | undefined
}

const purpose = { failed: 'the projects cannot be read', needs: 'a token with read_api' }

/** Does something with a project of the server, as the owner of the API token or without a login. Throws a TriggerError that explains refusals. */
export function withClient<T>(
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
  const { access, suggest } = session
  const { base } = access.server.value
  const name = projectFrom(text, 'project', base)
  const read = await withClient(session, '', (client) => readProject(client, name))
  if (read) return { name: read.project.path || name, found: read.project }
  // Without a login only public projects are shown: others may exist all the same.
  if (!session.access.apiToken) return { name, found: undefined }
  throw new TriggerError({
    exit: 'notAccepted',
    message: `${base} has no project ${name} that the API token can see`,
    hint: `To search for it: ${suggest({ verb: 'projects', access, words: [name.split('/').at(-1) ?? ''] })}`,
  })
}

const asChoice = (found: Project): Choice<ChosenProject> => ({
  name: `${found.path} (${found.id})`,
  value: { name: found.path, found },
  ...(found.triggers !== null && found.triggers !== 'yes' && { about: `Triggers: ${found.triggers}` }),
})

/** For a shorter text GitLab finds only projects of exactly that name. In characters. */
const shortestSearch = 3

/** At most this many of the user's own projects are looked through for a shorter text. */
const mostOwn = 100

/** The projects that GitLab finds for what was typed so far, the one of that very name first; for nothing, or a letter or two, the user's own. */
export async function projectChoices(
  typed: string,
  session: CommandSession,
): Promise<Choice<ChosenProject>[]> {
  const search = async (text: string, isMine: boolean, most: number): Promise<Project[]> =>
    (await withClient(session, '', (client) => searchProjects(client, text, isMine, most))).projects
  const isMatch = ({ path }: Project): boolean => path.toLowerCase().includes(typed.toLowerCase())
  const own = typed.length < shortestSearch ? (await search('', true, mostOwn)).filter(isMatch) : []
  const projects =
    typed === '' || own.length > 0 ? own.slice(0, mostOffered) : await search(typed, false, mostOffered)
  const isExact = /^\d+$/.test(typed) || typed.includes('/')
  const exact = isExact ? await namedProject(typed, session).catch(() => undefined) : undefined
  const others = projects.filter(({ id }) => id !== exact?.found?.id).map(asChoice)
  return exact?.found ? [asChoice(exact.found), ...others] : others
}
