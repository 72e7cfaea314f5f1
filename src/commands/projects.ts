import type { ProjectsFlags } from '../options/projects.ts'
import { listLimit } from '../config/list-limit.ts'
import { projectUrl } from '../config/project/project.ts'
import type { Context } from '../core/context.ts'
import { defaultProjects } from '../core/defaults.ts'
import { usageError } from '../core/errors.ts'
import { exitCodes } from '../core/exit-codes.ts'
import type { Client } from '../gitlab/api/client.ts'
import { readProject, searchProjects, type Project } from '../gitlab/resources/projects.ts'
import { styleFor } from '../output/terminal/style.ts'
import { table, type Column } from '../output/terminal/table.ts'
import { writeText } from '../output/reporters/text-reporter.ts'
import { needApiToken, openSession, projectOf, type CommandSession } from '../session/command-session.ts'
import { openClient } from '../session/working-client.ts'
import { printJsonResult } from '../session/json-result.ts'

const columns: Column<Project>[] = [
  { head: 'ID', cell: ({ id }) => String(id) },
  { head: 'PATH', cell: ({ path }) => path, isFlexible: true },
  { head: 'DEFAULT BRANCH', cell: ({ defaultBranch }) => defaultBranch ?? '', isFlexible: true },
  { head: 'VISIBILITY', cell: ({ visibility }) => visibility ?? '' },
  { head: 'TRIGGERS', cell: ({ triggers }) => triggers ?? '' },
]

interface Found {
  projects: Project[]
  isMore: boolean
  /** The new id of the project that was at that path. */
  movedTo: string | undefined
}

/** The project of exactly that path or number first, then what GitLab finds, in its own order. */
async function find(server: Client, text: string, isMine: boolean, most: number): Promise<Found> {
  const isExact = /^\d+$/.test(text) || /^[^/\s]+(\/[^/\s]+)+$/.test(text)
  const exact = isExact && !isMine ? await readProject(server, text) : undefined
  const { projects, isMore } = await searchProjects(server, text, isMine, most)
  const first = exact?.project ?? projects.find(({ path }) => path.toLowerCase() === text.toLowerCase())
  const ranked = first ? [first, ...projects.filter(({ id }) => id !== first.id)] : projects
  // Without a login GitLab shows public projects only, and not their visibility.
  const all = server.credential
    ? ranked
    : ranked.map((each) => ({ ...each, visibility: each.visibility ?? 'public' }))
  return { projects: all.slice(0, most), isMore: isMore || all.length > most, movedTo: exact?.movedTo }
}

/**
 * Finds projects and their ids: `projects TEXT`, or those that one is a member of: `projects --mine`. Resolves to the exit code, 0 also where there
 * is none; throws a TriggerError.
 */
export async function projects(
  word: string | undefined,
  flags: ProjectsFlags,
  context: Context,
): Promise<number> {
  if (word === undefined && !flags.mine) {
    throw usageError('no search text given', 'Give a part of the name, or --mine for your own projects.')
  }
  if (word?.trim() === '')
    throw usageError('the search text is empty', 'Give a part of the name, or --mine for your own projects.')
  const most = listLimit(flags.limit, defaultProjects)
  const isUrl = word !== undefined && projectUrl(word, 'the URL') !== undefined
  const session = await openSession(isUrl ? { ...flags, project: word } : flags, context, {
    isWithoutProject: !isUrl,
  })
  if (flags.mine) needApiToken(session)
  const text = isUrl ? projectOf(session) : (word ?? '')
  const purpose = { failed: 'the projects cannot be read', needs: 'a token with read_api' }
  const { client, found } = await session.work((server) =>
    openClient(session, server, '', purpose, (opened) => find(opened, text, flags.mine ?? false, most)),
  )
  if (flags.json) {
    const about = { server: client.target.base, api: client.dialect.name }
    const rest = {
      is_more: found.isMore,
      moved_to: found.movedTo === undefined ? null : Number(found.movedTo),
    }
    await printJsonResult(
      { ...about, projects: found.projects.map(objectOf), ...rest },
      exitCodes.success.code,
      context,
    )
  } else {
    const style = await styleFor(context.stdout, context.env, flags.color)
    await writeText(context, table(found.projects, columns, context.stdout, style))
  }
  await reportLimits(found, text, session)
  return exitCodes.success.code
}

function objectOf({
  id,
  path,
  defaultBranch,
  visibility,
  triggers,
  webUrl,
}: Project): Record<string, unknown> {
  return { id, path, default_branch: defaultBranch, visibility, triggers, web_url: webUrl }
}

async function reportLimits(
  { projects: found, isMore, movedTo }: Found,
  text: string,
  { report, access }: CommandSession,
): Promise<void> {
  if (movedTo !== undefined) {
    await report({ type: 'warned', text: `${text} has moved; its id is ${movedTo}.`, isGrave: true })
  }
  if (isMore) {
    const words = `These are the first ${found.length}; there are more: say more of the name, or --limit.`
    await report({ type: 'warned', text: words, isGrave: true })
  }
  if (found.length > 0) return
  const what = text === '' ? 'You are not a member of any project.' : `No projects match "${text}".`
  const anybody = access.apiToken ? '' : ' Without an API token only public ones are found.'
  await report({ type: 'noted', text: `${what}${anybody}` })
}
