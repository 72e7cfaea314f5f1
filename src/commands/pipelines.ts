import { listLimit } from '../config/list-limit.ts'
import type { PipelinesFlags } from '../options/pipeline-list.ts'
import type { Context } from '../core/context.ts'
import { defaultPipelines } from '../core/defaults.ts'
import { nearest } from '../core/did-you-mean.ts'
import { usageError } from '../core/errors.ts'
import { exitCodes } from '../core/exit-codes.ts'
import { statuses } from '../core/status.ts'
import type { Client } from '../gitlab/api/client.ts'
import { listPipelines, type PipelineFilter, type PipelineList } from '../gitlab/resources/pipelines.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { timestampText } from '../output/format/elapsed-time.ts'
import { listedPipelineObject } from '../output/format/pipeline-json.ts'
import { fromNow } from '../output/format/relative-time.ts'
import { writeText } from '../output/reporters/text-reporter.ts'
import { styleFor } from '../output/terminal/style.ts'
import { table, type Column } from '../output/terminal/table.ts'
import { openSession, projectOf, type CommandSession } from '../session/command-session.ts'
import { printJsonResult } from '../session/json-result.ts'
import { warnOfRefusals } from '../session/server-client.ts'
import { openAnyClient } from '../session/working-client.ts'
import { wrongValue } from '../core/text/wrong-value.ts'

function createdText({ createdAt }: Pipeline, isTerminal: boolean, now: number): string {
  if (createdAt === null) return ''
  return isTerminal ? fromNow(new Date(createdAt).toISOString(), now) : timestampText(createdAt)
}

const columnsAt = (now: number): Column<Pipeline>[] => [
  { head: 'ID', cell: ({ id }) => String(id) },
  { head: 'STATUS', cell: ({ status }) => status },
  { head: 'REF', cell: ({ ref }) => ref ?? '', isFlexible: true },
  { head: 'SOURCE', cell: ({ source }) => source ?? '', isFlexible: true },
  { head: 'CREATED', cell: (pipeline, isTerminal) => createdText(pipeline, isTerminal, now) },
  { head: 'COMMIT', cell: ({ sha }, isTerminal) => (isTerminal ? sha?.slice(0, 8) : sha) ?? '' },
]

/** What was typed of the filters. Throws a usage error for one that cannot be meant. */
function filterOf({ ref, status, source }: PipelinesFlags): PipelineFilter {
  for (const [flag, value] of Object.entries({ ref, status, source })) {
    if (value?.trim() === '') throw usageError(`--${flag}: it is empty`)
  }
  if (status !== undefined && !statuses.includes(status)) {
    const near = nearest(status, statuses)
    throw wrongValue(
      '--status',
      status,
      'not a status of a pipeline',
      near === undefined ? `They are: ${statuses.join(', ')}.` : `Did you mean ${near}?`,
    )
  }
  return { ref, status, source }
}

/** Reads the list. Throws a usage error for what API v3 does not tell; nothing was asked of it then. */
function read(client: Client, filter: PipelineFilter, most: number): Promise<PipelineList> {
  if (client.dialect.name === 'v3' && filter.source !== undefined) {
    throw usageError('--source: API v3 does not report the source of a pipeline', 'Leave it out.')
  }
  return listPipelines(client, filter, most)
}

/**
 * Lists the recent pipelines of a project, newest first: `gitlab-trigger pipelines -p 9 --ref master`. Resolves to
 * the exit code, 0 also where there is none; throws a TriggerError.
 */
export async function pipelines(flags: PipelinesFlags, context: Context): Promise<number> {
  const most = listLimit(flags.limit, defaultPipelines)
  const filter = filterOf(flags)
  const session = await openSession(flags, context, { readsProject: true })
  const project = projectOf(session)
  const purpose = {
    failed: `the pipelines of project ${project} cannot be listed`,
    needs: 'a token with read_api',
    role: 'Reporter',
    tooOld: 'Or this GitLab is older than 8.11, which has no API for pipelines.',
  }
  const { client, found, refusals } = await session.work((server) =>
    openAnyClient(session, server, project, purpose, (opened) => read(opened, filter, most)),
  )
  await warnOfRefusals(refusals, session.access, session.report)
  if (flags.json) {
    const about = { server: client.target.base, project, api: client.dialect.name }
    const members = { pipelines: found.pipelines.map(listedPipelineObject), is_more: found.isMore }
    await printJsonResult({ ...about, ...members }, exitCodes.success.code, context)
  } else {
    const style = await styleFor(context.stdout, context.env, flags.color)
    await writeText(context, table(found.pipelines, columnsAt(context.wallTime()), context.stdout, style))
  }
  await reportLimits(found, session)
  return exitCodes.success.code
}

async function reportLimits(
  { pipelines: listed, isMore, lookedAt }: PipelineList,
  { report }: CommandSession,
): Promise<void> {
  if (lookedAt !== null) {
    const text = `This GitLab does not filter its list: only its newest ${lookedAt} pipelines were compared.`
    await report({ type: 'warned', text, isGrave: true })
  }
  if (isMore) {
    await report({ type: 'noted', text: `These are the newest ${listed.length}; --limit shows more.` })
  }
  if (listed.length === 0) await report({ type: 'noted', text: 'No pipelines match.' })
}
