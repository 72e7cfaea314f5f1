import { startBudget } from '../core/budget.ts'
import type { PlayFlags } from '../options/play.ts'
import {
  parsePipelineReference,
  refuseJobPages,
  shownUrl,
  toListPipelines,
} from '../config/project/pipeline-reference.ts'
import { namesById, type PipelineReference } from '../config/project/resolve-references.ts'
import { pipelineReferences } from '../trigger/refusals/pipeline-references.ts'
import { collectVariables } from '../config/variables/collect-variables.ts'
import { checkLimits, type Variable } from '../config/variables/variable.ts'
import type { Context } from '../core/context.ts'
import { DeadlineError, Interrupted, TriggerError, usageError } from '../core/errors.ts'
import { exitCodes, signalExits } from '../core/exit-codes.ts'
import { ApiError } from '../gitlab/api/reader.ts'
import { buildStateOf } from '../gitlab/pipelines/build-state.ts'
import { playJob } from '../gitlab/pipelines/play.ts'
import type { Job, Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { jobStatusLine, jobObject } from '../output/format/pipeline-json.ts'
import { writeText } from '../output/reporters/text-reporter.ts'
import { findManualJob, type JobOfPipeline } from '../pipelines/find-manual-job.ts'
import { changerOf, changing, reading, type OpenPipeline } from '../pipelines/open-pipeline.ts'
import { openPipelines, type OpenPipelines } from '../pipelines/open-pipelines.ts'
import { asRefusal, readPipelineTree } from '../pipelines/read-pipeline.ts'
import { beginCommand } from '../session/begin-command.ts'
import { printJsonResult } from '../session/json-result.ts'
import { suggestedCommand } from '../session/suggested-command.ts'

/** The words of the command line: a pipeline and one of its jobs, or a job by its URL alone. */
interface Words {
  pipeline: string
  /** Its name or id; undefined: the job of the URL. */
  job: string | undefined
  /** The URL of a job, in place of its name. */
  url: string | undefined
}

/** Throws a usage error where no job is named, or two are. */
function parseWords([pipeline = '', job]: readonly string[]): Words {
  const isUrl = job !== undefined && /^https?:\/\//i.test(job)
  const first = parsePipelineReference(pipeline, toListPipelines)
  const isJob = first.kind === 'page' && /\/(jobs|builds)\/\d+(\/|$)/.test(first.url.pathname)
  if (job !== undefined) refuseJobPages([pipeline])
  else if (!isJob) {
    throw usageError(
      'no job given',
      'Give its name or id after the pipeline; `status` names the manual ones.',
    )
  }
  if (job?.trim() === '') throw usageError('the name of the job is empty')
  return { pipeline, job: isUrl ? undefined : job, url: isUrl ? job : undefined }
}

/** The word that names the job. Throws a usage error for the URL of another thing, or of another server. */
function wordOf({ job, url = '' }: Words, references: readonly PipelineReference[]): string {
  if (job !== undefined) return job
  const [first, last = first] = references
  if (last?.kind !== 'job') throw usageError(`${shownUrl(new URL(url))} is not the URL of a job`)
  if (last.access.server.value.base !== first?.access.server.value.base) {
    const bases = [first, last].map((each) => each?.access.server.value.base)
    throw usageError(`the pipeline and the job are on different servers (${bases.join(' and ')})`)
  }
  return String(last.id)
}

/** The pipeline with all jobs of its own. Throws a TriggerError where these may not be read. */
async function readWhole(open: OpenPipeline): Promise<Pipeline> {
  const tree = await readPipelineTree(open)
  if (!tree.hiddenBy) return tree
  throw asRefusal(tree.hiddenBy, open, { ...reading, failed: 'cannot be played: its jobs cannot be read' })
}

/** Throws a usage error for variables that the job would not get. */
function refuseUnusable(variables: readonly Variable[], { job }: JobOfPipeline, open: OpenPipeline): void {
  if (variables.length === 0) return
  if (open.client.dialect.name === 'v3') {
    throw usageError('--var: API v3 cannot pass variables to a manual job', 'Leave it out.')
  }
  if (job.isBridge) {
    throw usageError(
      `--var: ${job.name ?? job.id} starts another pipeline and cannot take variables`,
      'Leave it out; variables of such a job are set in the CI file.',
    )
  }
}

/** Starts the job. Throws exit 7 where it is not known whether it was started, 4 or 5 where that was refused. */
async function start(
  open: OpenPipeline,
  { job, pipeline }: JobOfPipeline,
  variables: readonly Variable[],
  flags: PlayFlags,
): Promise<Job> {
  const client = changerOf(open)
  const name = job.name === null ? `job ${job.id}` : `job ${job.id} (${job.name})`
  try {
    return await playJob(client, pipeline, job, variables)
  } catch (error) {
    const isOfServer = error instanceof ApiError
    if (isOfServer && (error.isRefusal || error.isUnsent || error.status === 429)) {
      throw asRefusal(error, open, { ...changing, failed: `has ${name}, which cannot be started` }, client)
    }
    if (!isOfServer && !(error instanceof DeadlineError) && !(error instanceof Interrupted)) throw error
    const { project, id } = pipeline
    const command = suggestedCommand({ verb: 'status', id, project, access: open.reference.access }, flags)
    throw new TriggerError({
      exit: error instanceof Interrupted ? signalExits[error.signal] : 'unknown',
      message: `whether ${name} of pipeline ${id} was started is not known: ${error.message}`,
      hint: `Check first whether it was started: ${command}`,
      build: buildStateOf(open.first),
      cause: error,
    })
  }
}

/**
 * Starts a manual job: `gitlab-trigger play 4711 deploy --var REGION=eu`. Resolves to 0 once GitLab has answered with
 * that job, started; throws a TriggerError.
 */
export async function play(words: readonly string[], flags: PlayFlags, context: Context): Promise<number> {
  const typed = parseWords(words)
  const { plan, report, suggest } = await beginCommand(flags, context, {
    changesProject: namesById([typed.pipeline]),
  })
  const variables = await collectVariables(flags, context, () => Promise.resolve(Buffer.alloc(0)))
  checkLimits(variables, [])
  const budget = startBudget(context, plan.timeout.value)
  let open: OpenPipelines | undefined
  try {
    const all = [typed.pipeline, ...(typed.url === undefined ? [] : [typed.url])]
    const references = await pipelineReferences(all, plan, flags, context, budget.signal)
    const word = wordOf(typed, references)
    open = await openPipelines(references.slice(0, 1), { plan, context, budget, report, suggest })
    const [pipeline] = open.pipelines
    if (!pipeline) throw new Error('no pipeline was opened')
    changerOf(pipeline)
    const found = findManualJob(await readWhole(pipeline), word)
    refuseUnusable(variables, found, pipeline)
    const job = await start(pipeline, found, variables, flags)
    await printJob({ job, pipeline: found.pipeline }, flags, context)
    const text = `Started ${job.name ?? 'a job'} of pipeline ${found.pipeline.id}: ${job.status ?? ''}.`
    await report({ type: 'noted', text })
    return exitCodes.success.code
  } finally {
    budget.end()
    open?.close()
  }
}

async function printJob({ job, pipeline }: JobOfPipeline, flags: PlayFlags, context: Context): Promise<void> {
  if (flags.quiet) return
  if (!flags.json) return writeText(context, jobStatusLine(job))
  const members = { ...jobObject(job), pipeline_id: pipeline.id }
  await printJsonResult(members, exitCodes.success.code, context)
}
