import { errorObject } from '../../core/text/error-object.ts'
import type { Build, BuildState } from '../../core/build.ts'
import type { Context } from '../../core/context.ts'
import type { TriggerError } from '../../core/errors.ts'
import { jsonLine } from '../../core/text/json-line.ts'
import type { Event, Facts, JobLine, Reporter } from '../../events.ts'
import type { Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import { buildObject, jobHead } from '../format/build-json.ts'
import { followedObject, pipelineObject } from '../format/pipeline-json.ts'
import { stderrReporter, type Verbosity } from './text-reporter.ts'

/** The data of the --json object. */
interface RunResult {
  facts: Facts
  api: 'v3' | 'v4' | null
  build: Build | null
  /** As it was last seen; null where it is not followed. */
  pipeline: Pipeline | null
  jobs: JobLine[] | null
  error: TriggerError | null
  /** What is worth knowing of the pipeline and no failure. */
  warnings: readonly string[]
  /** Why nothing was triggered, if that is not an error. */
  skipped?: string
}

interface ResultOptions {
  /** Whether all jobs of a pipeline that was followed are in it, and what they have started. */
  hasTree: boolean
  /** Whether the pipeline is to be followed: then what is known of its end has its members from the beginning. */
  isFollowing: boolean
}

function stateOf({ build, error }: RunResult): BuildState['kind'] {
  if (build !== null) return 'triggered'
  return error?.build.kind ?? 'none'
}

/** The facts of the target; those in the error if the run failed earlier. */
function factsOf({ facts, error }: RunResult): Facts {
  if (facts.server !== null || !error?.about) return facts
  const { server = null, project = null, ref = null } = error.about
  return { ...facts, server, project, ref }
}

/** The --json object: GitLab's member names, null for unknown values. Members are never removed. */
function resultObject(
  known: RunResult,
  exitCode: number,
  { hasTree, isFollowing }: ResultOptions,
): Record<string, unknown> {
  const { api, pipeline, jobs, error, warnings } = known
  const facts = factsOf(known)
  const build = known.build ?? (error?.build.kind === 'triggered' ? error.build.build : null)
  const members = buildObject(build)
  const projectId = facts.project !== null && /^\d+$/.test(facts.project) ? Number(facts.project) : null
  return {
    ...members,
    ...((pipeline ?? isFollowing) && followedObject(build, pipeline)),
    project_id: members.project_id ?? projectId,
    ref: members.ref ?? facts.ref,
    variables: facts.variables,
    jobs: pipeline && hasTree ? pipelineObject(pipeline)['jobs'] : jobs,
    server: facts.server,
    api,
    build_state: stateOf(known),
    exit_code: exitCode,
    skipped: known.skipped ?? null,
    ...(warnings.length > 0 && { warnings }),
    error: error && errorObject(error),
  }
}

const nothing: RunResult = {
  facts: { server: null, project: null, ref: null, variables: [] },
  api: null,
  build: null,
  pipeline: null,
  jobs: null,
  error: null,
  warnings: [],
}

/**
 * Takes in the events of one target after the other; returns the object of a target with the event that ends
 * it.
 */
export function runResults(options: ResultOptions): (event: Event) => Record<string, unknown> | undefined {
  let known = nothing
  return (event) => {
    if (event.type === 'started') known = { ...nothing, facts: event.facts }
    if (event.type === 'triggered') known = { ...known, build: event.build, api: event.api }
    if (event.type === 'jobs found') known = { ...known, jobs: event.jobs.map(jobHead) }
    if ((event.type === 'looked' || event.type === 'over' || event.type === 'left') && known.build)
      known = { ...known, pipeline: event.pipeline }
    if (event.type === 'warned' && event.pipelineId !== undefined)
      known = { ...known, warnings: [...known.warnings, event.text] }
    if (event.type === 'skipped') known = { ...known, skipped: event.text }
    if (event.type === 'failed') known = { ...known, error: event.error }
    if (event.type !== 'failed' && event.type !== 'ended') return undefined
    const { exitCode } = event.type === 'failed' ? event.error : event
    const result = resultObject(known, exitCode, options)
    known = nothing
    return result
  }
}

/** The reporter for --json: prints one object at the end, also of a failed run. `common` are members of every object. */
export function jsonReporter(
  context: Context,
  verbosity: Verbosity,
  { isFollowing }: Pick<ResultOptions, 'isFollowing'>,
  common: Readonly<Record<string, unknown>> = {},
): Reporter {
  const reportToStderr = stderrReporter(context, verbosity)
  const take = runResults({ hasTree: true, isFollowing })
  return async (event) => {
    const result = take(event)
    if (result) await context.stdout.write(jsonLine({ ...common, ...result }, context.secrets))
    await reportToStderr(event)
  }
}
