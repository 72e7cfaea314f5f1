import type { Build, BuildState } from '../../core/build.ts'
import type { Context } from '../../core/context.ts'
import type { TriggerError } from '../../core/errors.ts'
import { cleanJson } from '../terminal/escape.ts'
import type { Facts, JobLine, Reporter } from '../../events.ts'
import { stderrReporter, type Talk } from './text-reporter.ts'

/** What is known when the object is printed. */
export interface RunResult {
  facts: Facts
  api: 'v3' | 'v4' | null
  build: Build | null
  jobs: JobLine[] | null
  error: TriggerError | null
  /** Why nothing was triggered, where that was the right thing. */
  skipped?: string
}

function stateOf({ build, error }: RunResult): BuildState['kind'] {
  if (build !== null) return 'triggered'
  return error?.build.kind ?? 'none'
}

/** What the object is about: of a target that was not begun with, what the error knows. */
function factsOf({ facts, error }: RunResult): Facts {
  if (facts.server !== null || !error?.about) return facts
  const { server = null, project = null, ref = null } = error.about
  return { ...facts, server, project, ref }
}

/** The one object of --json: GitLab's words for GitLab's things, null for what is not known. Its members only ever grow. */
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

/** What is known of a target that has only begun. */
export function emptyRunResult(facts: Facts = noFacts): RunResult {
  return { facts, ...nothingYet }
}

/** An object as one line of JSON that is safe on a terminal; secrets are masked before JSON can escape them once more. */
export function jsonLine(value: unknown, secrets: Context['secrets']): string {
  const redact = (_: string, each: unknown): unknown =>
    typeof each === 'string' ? secrets.redact(each) : each
  return `${cleanJson(JSON.stringify(value, redact))}\n`
}

const nothingYet = { api: null, build: null, jobs: null, error: null }

/** What is known of a run that failed before it knew anything. */
export const noFacts: Facts = { server: null, project: null, ref: null, variables: [] }

/**
 * stdout for programs: one object at the end, also of a run that failed. Where more than the trigger is waited for, the id is
 * said on stderr at once, so that it cannot get lost.
 */
export function jsonReporter(context: Context, talk: Talk, waitsForMore: boolean): Reporter {
  const say = stderrReporter(context, waitsForMore ? { ...talk, isWatched: true } : talk)
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
    await say(event)
  }
}
