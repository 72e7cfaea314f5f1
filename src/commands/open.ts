import { join } from 'node:path'
import { placesFor } from '../config/files/places.ts'
import { namesById, type PipelineReference } from '../config/project/resolve-references.ts'
import { pipelineReferences } from '../trigger/refusals/pipeline-references.ts'
import { startBudget } from '../core/budget.ts'
import type { Context } from '../core/context.ts'
import { TriggerError } from '../core/errors.ts'
import { exitCodes } from '../core/exit-codes.ts'
import { decodeProject, readProject } from '../gitlab/resources/projects.ts'
import type { OpenFlags } from '../options/pipelines.ts'
import { escapeLine } from '../output/terminal/escape.ts'
import { linkOf, writeText } from '../output/reporters/text-reporter.ts'
import { openPipelines, type OpenContext, type OpenPipelines } from '../pipelines/open-pipelines.ts'
import { beginCommand } from '../session/begin-command.ts'
import { openPage } from '../session/browser/open-page.ts'
import { openSession, projectOf } from '../session/command-session.ts'
import { openAnyClient } from '../session/working-client.ts'
import { readAll } from '../state/journal.ts'

/** The page of a project that is named by its path; that of a numbered one is known only to GitLab. */
const pageOf = (base: string, project: string): string | undefined =>
  project.includes('/') ? `${base}/${project.split('/').map(encodeURIComponent).join('/')}` : undefined

/** The page of a pipeline, as GitLab gives it. Without an API token a browser may see more than this program, so a refusal does not end it. */
async function pipelinePage(reference: PipelineReference, opening: OpenContext): Promise<string> {
  const { access, project, kind, id } = reference
  const { base } = access.server.value
  const constructed = (path: string): string | undefined => {
    const page = pageOf(base, path)
    return page && `${page}/-/${kind}s/${id}`
  }
  let page: string | undefined
  try {
    page = await toldPage(await openPipelines([reference], opening), base, constructed)
  } catch (error) {
    const isRefused = error instanceof TriggerError && error.exit === 'notAccepted'
    if (!isRefused || access.apiToken) throw error
    page = constructed(project)
    if (page === undefined) throw error
  }
  if (page !== undefined) return page
  throw new TriggerError({
    exit: 'refused',
    message: `GitLab does not report the page of pipeline ${id}`,
    hint: 'Name the project by its path: --project group/name.',
  })
}

/** The page of an open pipeline; of a GitLab that does not know its own address, as behind a proxy, the one at its project's path. */
async function toldPage(
  open: OpenPipelines,
  base: string,
  constructed: (path: string) => string | undefined,
): Promise<string | undefined> {
  try {
    const [pipeline] = open.pipelines
    if (!pipeline) return undefined
    const link = linkOf(pipeline.first, base)
    if (link !== '') return link
    return constructed(decodeProject(await pipeline.client.get(''))?.path ?? '')
  } finally {
    open.close()
  }
}

/** The page of the pipeline that `word` names. */
async function namedPage(word: string, flags: OpenFlags, context: Context): Promise<string> {
  const { plan, report } = await beginCommand(flags, context, { readsProject: namesById([word]) })
  const budget = startBudget(context, plan.timeout.value)
  try {
    const [reference] = await pipelineReferences([word], plan, flags, context, budget.signal)
    if (!reference) throw new Error('no pipeline was named')
    return await pipelinePage(reference, { plan, context, budget, report })
  } finally {
    budget.end()
  }
}

/** The page of the project's last pipeline that the journal knows, else its list of pipelines. */
async function projectPage(flags: OpenFlags, context: Context): Promise<string> {
  const session = await openSession(flags, context, { readsProject: true })
  const project = projectOf(session)
  const { base } = session.access.server.value
  const { state } = placesFor(context)
  const entries = state === undefined ? [] : await readAll(join(state, 'once'), context).catch(() => [])
  const links = entries.map(({ intent, result }) =>
    intent.server === base && intent.project === project && result?.build ? linkOf(result.build, base) : '',
  )
  const last = links.findLast((link) => link !== '')
  if (last !== undefined) return last
  const known = pageOf(base, project)
  if (known !== undefined) return `${known}/-/pipelines`
  const purpose = { failed: `the page of project ${project} is not known`, needs: 'a token with read_api' }
  const { found } = await session.work((server) =>
    openAnyClient(session, server, '', purpose, (client) => readProject(client, project)),
  )
  const link = found ? linkOf(found.project, base) : ''
  if (link !== '') return `${link}/-/pipelines`
  throw new TriggerError({
    exit: 'notAccepted',
    message: `the page of project ${project} is not known`,
    hint: 'Name it by its path: --project group/name.',
  })
}

/**
 * Opens the page of a pipeline in a browser: `gitlab-trigger open 4711`; without one that of the last that --once has started there, else the project's list. Where no browser can be opened
 * it prints the URL on stdout instead, and says why. Resolves to 0 in both cases; throws a TriggerError.
 */
export async function open(word: string | undefined, flags: OpenFlags, context: Context): Promise<number> {
  const url = await (word === undefined ? projectPage(flags, context) : namedPage(word, flags, context))
  const why = context.stdout.isTTY ? await openPage(url, context) : 'standard output is not a terminal'
  if (why !== undefined) await writeText(context, `${escapeLine(url)}\n`)
  const said = why === undefined ? `Opened ${url}` : `No browser was opened: ${why}.`
  await context.stderr.write(`${escapeLine(said)}\n`).catch(() => undefined)
  return exitCodes.success.code
}
