import type { Build, BuildState } from '../../core/build.ts'
import type { Context } from '../../core/context.ts'
import type { TriggerError } from '../../core/errors.ts'
import { escapeJson } from '../terminal/escape.ts'
import type { Facts, JobLine, Reporter } from '../../events.ts'
import { stderrReporter, type Verbosity } from './text-reporter.ts'

/** The data of the --json object. */
export interface RunResult {
  facts: Facts
  api: 'v3' | 'v4' | null
  build: Build | null
  jobs: JobLine[] | null
  error: TriggerError | null
  /** Why nothing was triggered, if that is not an error. */
  skipped?: string
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
export function resultObject(known: RunResult): Record<string, unknown> {
  const { api, jobs, error } = known
  const facts = factsOf(known)
  const build = known.build ?? (error?.build.kind === 'triggered' ? error.build.build : null)
  return {
    id: build?.id ?? null,
    kind: build?.kind ?? null,
    iid: build?.iid ?? null,
    project_id:
      build?.projectId ??
      (facts.project !== null && /^\d+$/.test(facts.project) ? Number(facts.project) : null),
    ref: build?.ref ?? facts.ref,
    sha: build?.sha ?? null,
    status: build?.status ?? null,
    source: build?.source ?? null,
    web_url: build?.webUrl ?? null,
    variables: facts.variables,
    jobs,
    server: facts.server,
    api,
    build_state: stateOf(known),
    exit_code: error?.exitCode ?? 0,
    skipped: known.skipped ?? null,
    error: error && { message: error.message, hint: error.hint },
  }
}

/** The result of a target that has only started. */
export function emptyRunResult(facts: Facts = noFacts): RunResult {
  return { facts, ...emptyResult }
}

/** An object as one line of JSON that is safe on a terminal. Secrets are masked before JSON escapes them. */
export function jsonLine(value: unknown, secrets: Context['secrets']): string {
  const redact = (_: string, each: unknown): unknown =>
    typeof each === 'string' ? secrets.redact(each) : each
  return `${escapeJson(JSON.stringify(value, redact))}\n`
}

const emptyResult = { api: null, build: null, jobs: null, error: null }

/** The facts of a run that failed before its settings were known. */
export const noFacts: Facts = { server: null, project: null, ref: null, variables: [] }

/**
 * The reporter for --json: prints one object at the end, also of a failed run. If the run waits for jobs or
 * for the end, the id is printed to stderr at once, so that it is not lost.
 */
export function jsonReporter(context: Context, verbosity: Verbosity, waitsForMore: boolean): Reporter {
  const reportToStderr = stderrReporter(
    context,
    waitsForMore ? { ...verbosity, isAttended: true } : verbosity,
  )
  let known = emptyRunResult()
  const print = (): Promise<void> => context.stdout.write(jsonLine(resultObject(known), context.secrets))
  return async (event) => {
    if (event.type === 'started') known = emptyRunResult(event.facts)
    if (event.type === 'triggered') {
      known.build = event.build
      known.api = event.api
    }
    if (event.type === 'jobs found')
      known.jobs = event.jobs.map(({ id, name, stage, status }) => ({ id, name, stage, status }))
    if (event.type === 'looked' && known.build) {
      known.build = { ...known.build, status: event.pipeline.status }
    }
    if (event.type === 'skipped') known.skipped = event.text
    if (event.type === 'failed') known.error = event.error
    if (event.type === 'failed' || event.type === 'ended') await print()
    await reportToStderr(event)
  }
}
