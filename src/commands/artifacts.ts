import { startBudget } from '../core/budget.ts'
import type { ArtifactsFlags } from '../options/artifacts.ts'
import { absolutePath } from '../config/files/places.ts'
import { parseSize } from '../config/parse-size.ts'
import { namesById } from '../config/project/resolve-references.ts'
import { pipelineReferences } from '../trigger/refusals/pipeline-references.ts'
import type { Context } from '../core/context.ts'
import { TriggerError, usageError } from '../core/errors.ts'
import { exitCodes } from '../core/exit-codes.ts'
import type { Reporter } from '../events.ts'
import { ApiError } from '../gitlab/api/reader.ts'
import { buildStateOf } from '../gitlab/pipelines/build-state.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { artifactsObject } from '../output/format/artifacts-json.ts'
import { escapeLine } from '../output/terminal/escape.ts'
import { writeText } from '../output/reporters/text-reporter.ts'
import { reading, type OpenPipeline } from '../pipelines/open-pipeline.ts'
import { openPipelines, type OpenPipelines } from '../pipelines/open-pipelines.ts'
import { namedJobs, withReplacedJobs } from '../pipelines/logs/log-selection.ts'
import { asRefusal, readPipelineTree } from '../pipelines/read-pipeline.ts'
import { notOver } from '../reports/artifacts/artifact-choice.ts'
import { fetchArtifacts, type FetchedArtifacts } from '../reports/artifacts/fetch-artifacts.ts'
import { parseGlob, type Glob } from '../reports/artifacts/glob.ts'
import type { Problem } from '../reports/problems.ts'
import { openFolder } from '../reports/target-folder.ts'
import { beginCommand } from '../session/begin-command.ts'
import { jsonResultLine } from '../session/json-result.ts'
import { requestLimits } from '../session/retry-policy.ts'
import { noSuchJob } from '../pipelines/logs/log-selection.ts'
import { suggestedCommand } from '../session/suggested-command.ts'

/** What was typed, checked. */
interface Wishes {
  folder: string
  paths: Glob[]
  mostBytes: number | undefined
}

function parsePath(text: string): Glob {
  const glob = parseGlob(text)
  if (glob) return glob
  const hint = "Write it as 'dist/**' or '**/*.xml': names in the archive, without a slash before them."
  throw usageError(`--path: ${JSON.stringify(text.slice(0, 60))} is not a valid pattern`, hint)
}

/** Throws a usage error for what cannot be meant, and for a folder that cannot be used. */
async function readWishes(flags: ArtifactsFlags, context: Context): Promise<Wishes> {
  const { to, path = [], maxSize } = flags
  if (to === undefined)
    throw usageError('no folder given to put the artifacts in', 'Give one with --to FOLDER.')
  if (to === '') throw usageError('--to: the path is empty')
  if (flags.job?.some((name) => name.trim() === '')) throw usageError('--job: the name is empty')
  const paths = path.map(parsePath)
  const mostBytes = maxSize === undefined ? undefined : parseSize(maxSize, '--max-size')
  return { paths, mostBytes, folder: await openFolder('--to', absolutePath(to, context), context) }
}

/** The pipeline with everything downstream, and the jobs that were named by ids though a retry has replaced them. */
async function readTree(
  open: OpenPipeline,
  jobs: readonly string[],
  { turn }: OpenPipelines,
): Promise<Pipeline> {
  const tree = await readPipelineTree(open)
  try {
    return await withReplacedJobs(open.client, tree, jobs, turn)
  } catch (error) {
    throw error instanceof ApiError ? asRefusal(error, open, reading) : error
  }
}

/** What is missing of what was asked for. */
function missingOf({ jobs, problems, unfinished }: FetchedArtifacts): Problem[] {
  const missing = [...problems]
  if (unfinished.length > 0) missing.push({ text: notOver(unfinished), isLasting: false })
  if (missing.length === 0 && jobs.length === 0)
    missing.push({ text: 'no job has artifacts', isLasting: true })
  return missing
}

/** The usage error where nothing was fetched, since what was typed names nothing that there is; undefined otherwise. */
function mistypedOf(
  missing: readonly Problem[],
  { jobs }: FetchedArtifacts,
  pipeline: Pipeline,
): TriggerError | undefined {
  const words = missing.flatMap(({ unmatched }) => unmatched ?? [])
  if (jobs.length > 0 || words.length < missing.length) return undefined
  const job = words.find(({ flag }) => flag === '--job')
  if (job) return noSuchJob(pipeline, job.word)
  return usageError(missing.map(({ text }) => `--path: ${text}`).join('; '), 'Correct the pattern.')
}

/** The error for what is missing (exit 11), or was mistyped (2); undefined where nothing is. */
function failureOf(
  fetched: FetchedArtifacts,
  pipeline: Pipeline,
  { reference: { access } }: OpenPipeline,
  flags: ArtifactsFlags,
  folder: string,
): TriggerError | undefined {
  const missing = missingOf(fetched)
  if (missing.length === 0) return undefined
  const mistyped = mistypedOf(missing, fetched, pipeline)
  if (mistyped) return mistyped
  const { id, project } = pipeline
  const isLasting = missing.every((problem) => problem.isLasting)
  const waiting =
    fetched.unfinished.length > 0
      ? ` To wait first: ${suggestedCommand({ verb: 'wait', id, project, access }, flags)}`
      : ''
  const { job = [], path = [], maxSize } = flags
  const own = [
    ...['--to', `${folder}-again`],
    ...job.flatMap((name) => ['--job', name]),
    ...path.flatMap((glob) => ['--path', glob]),
    ...(maxSize === undefined ? [] : ['--max-size', maxSize]),
  ]
  const again = suggestedCommand({ verb: 'artifacts', id, project, access, own }, flags)
  return new TriggerError({
    exit: 'notWritten',
    message: missing.map(({ text }) => text).join('; '),
    hint: isLasting
      ? 'Fetching again would give the same result.'
      : `To fetch again, into a new folder: ${again}.${waiting}`,
    build: buildStateOf(pipeline),
  })
}

async function tell(
  fetched: FetchedArtifacts,
  pipeline: Pipeline,
  { folder }: Wishes,
  failure: TriggerError | undefined,
  flags: ArtifactsFlags,
  context: Context,
  report: Reporter,
): Promise<void> {
  const { jobs } = fetched
  const warnings = fetched.warnings.map((text) => `${text}.`)
  for (const text of warnings) await report({ type: 'warned', text, isGrave: true })
  if (flags.quiet) return
  if (flags.json) {
    const exitCode = failure?.exitCode ?? exitCodes.success.code
    const members = artifactsObject({ jobs, warnings }, pipeline, folder)
    await writeText(context, jsonResultLine(members, exitCode, context, failure))
    return
  }
  await writeText(context, jobs.map((job) => `${escapeLine(job.folder)}\n`).join(''))
  const count = `${jobs.length} ${jobs.length === 1 ? 'job' : 'jobs'}`
  if (jobs.length > 0)
    await report({ type: 'noted', text: `Unpacked the artifacts of ${count} into ${folder}.` })
}

/**
 * Fetches the artifacts of a pipeline and everything downstream: `gitlab-trigger artifacts 4711 --to out`. Resolves to 0
 * where all that was asked for is there; throws a TriggerError, with exit 11 where something is missing, 2 where what was typed names nothing.
 */
export async function artifacts(
  words: readonly string[],
  flags: ArtifactsFlags,
  context: Context,
): Promise<number> {
  const { plan, report, suggest } = await beginCommand(flags, context, { readsProject: namesById(words) })
  const wishes = await readWishes(flags, context)
  const budget = startBudget(context, plan.timeout.value)
  let open: OpenPipelines | undefined
  try {
    const references = await pipelineReferences(words, plan, flags, context, budget.signal)
    open = await openPipelines(references, { plan, context, budget, report, suggest })
    const [pipeline] = open.pipelines
    if (!pipeline) throw new Error('no pipeline was opened')
    const jobs = namedJobs(pipeline, flags.job ?? [])
    const tree = await readTree(pipeline, jobs, open)
    // Archives may be as large as they like, unless a user says otherwise.
    if (flags.timeout === undefined) budget.lift()
    const options = { ...wishes, jobs, sizeFlag: '--max-size', report, clock: context, files: context }
    const limits = { ...requestLimits(context, budget), turn: open.turn }
    const fetched = await fetchArtifacts(tree, pipeline.client.within(limits), options)
    const failure = failureOf(fetched, tree, pipeline, flags, wishes.folder)
    await tell(fetched, tree, wishes, failure, flags, context, report)
    if (failure) throw failure
    return exitCodes.success.code
  } finally {
    budget.end()
    open?.close()
  }
}
