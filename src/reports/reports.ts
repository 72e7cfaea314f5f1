import { join } from 'node:path'
import type { Build, BuildState } from '../core/build.ts'
import type { Context } from '../core/context.ts'
import { inWriteTime, type FileWorld } from '../core/limits/file-time.ts'
import { asTriggerError, TriggerError } from '../core/errors.ts'
import { doNotTriggerAgain } from '../core/hints.ts'
import { makeFolder } from '../core/make-folder.ts'
import type { Reporter } from '../events.ts'
import type { Client } from '../gitlab/api/client.ts'
import type { ProjectAddress } from '../gitlab/api/requests.ts'
import { buildStateOf } from '../gitlab/pipelines/build-state.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { annotationsIn } from './annotations.ts'
import { noTestReports, openDestinations, type ReportOptions } from './destinations.ts'
import { dotenvText, factsOf, outputText, type Fact, type ReportedPipeline } from './facts.ts'
import { collectProblems, lasting, runAll, type AddProblem, type Problem, type Task } from './problems.ts'
import { notOver } from './artifacts/artifact-choice.ts'
import { endedSummary, triggeredSummary } from './summary.ts'
import { fetchAgain } from './fetch-again.ts'
import type { RepeatedFlags } from '../session/suggested-command.ts'

/** Writes what is known of a pipeline for the job or step that runs us. */
export interface Reports {
  /** Refuses what an API version cannot give. Throws a usage error; to be called before there is a pipeline. */
  refuseFor(dialect: Pick<Client['dialect'], 'name'>): void
  /**
   * Writes what is known of a pipeline that was just triggered, so that it is there even if this process is
   * killed. Throws a TriggerError that names the pipeline (exit 11) where it cannot be written.
   */
  triggered(build: Build, address: ProjectAddress): Promise<void>
  /**
   * Writes the end of a pipeline as it was last seen, and fetches its test report and its artifacts. Resolves
   * to the error for what did not work (exit 11, or 128+n after an interrupt), for `withReportFailures`: it
   * must not hide that the pipeline failed.
   */
  ended(pipeline: Pipeline, client: Client): Promise<TriggerError | undefined>
  /**
   * Writes the state of a pipeline that is not followed to its end, as it was last seen. Resolves as `ended`.
   */
  left(pipeline: Pipeline, client: Client): Promise<TriggerError | undefined>
}

const sameAgain =
  'The pipeline has finished; do not start another one. Fetching again would give the same result.'

/** The error for what could not be written or fetched; undefined where there are no problems. */
function reportError(
  build: BuildState,
  problems: readonly Problem[],
  hint: string,
): TriggerError | undefined {
  if (problems.length === 0) return undefined
  const message = problems.map(({ text }) => text).join('; ')
  return new TriggerError({ exit: 'notWritten', message, hint, build })
}

/**
 * Opens the files that the options and GitHub Actions ask for, for a run with this many pipelines. Before anything is
 * sent, throws a usage error (exit 2) or a configuration error (exit 14) that names the flag or variable of a file that
 * cannot be written. With several pipelines, the artifacts of each go into a folder named by its id, and no outputs are
 * set, since an output has one value.
 */
export async function openReports(
  options: ReportOptions & RepeatedFlags,
  context: Pick<Context, 'alarm' | 'cwd' | 'env' | 'now' | 'secrets'> & FileWorld,
  report: Reporter,
  builds = 1,
): Promise<Reports> {
  const destinations = await openDestinations(options, builds, context)
  const { dotenv, junit, artifacts, artifactsMostBytes, output, summary } = destinations
  const { secrets } = context
  const annotations = destinations.annotations && annotationsIn(destinations.annotations, secrets)
  const writeFacts = (
    pipeline: ReportedPipeline & { ref: string | null },
    { base: server, project }: ProjectAddress,
  ): Task[] => {
    const facts = (each: ReportedPipeline): Fact[] => factsOf(each, server)
    const { id, ref, status, webUrl } = pipeline
    const name = ref === null || ref === '' ? project : `${project} on ${ref}`
    return [
      collectProblems('--dotenv', () =>
        dotenv?.write(secrets.redactInto(pipeline, (each) => dotenvText(facts(each)))),
      ),
      collectProblems('--annotations', async (addProblem) => {
        const leftOut = await annotations?.tell(id, { name, status, webUrl, server })
        if (leftOut !== undefined) addProblem(lasting(leftOut))
      }),
      collectProblems('GITHUB_OUTPUT', () =>
        output?.append(secrets.redactInto(pipeline, (each) => outputText(facts(each)))),
      ),
    ]
  }
  const summarize = <T>(pipeline: T, textOf: (redacted: T) => string): Task =>
    collectProblems('GITHUB_STEP_SUMMARY', () => summary?.append(secrets.redactInto(pipeline, textOf)))
  const artifactsFor = ({ id }: Pipeline): string | undefined =>
    artifacts !== undefined && builds > 1 ? join(artifacts, String(id)) : artifacts
  const progress = { report, clock: context }
  const note = (text: string): Promise<void> => report({ type: 'noted', text })
  const warn = (text: string, { id }: Pipeline): Promise<void> =>
    report({ type: 'warned', text, isGrave: true, pipelineId: id })
  const fetchTests = async (pipeline: Pipeline, client: Client, addProblem: AddProblem): Promise<void> => {
    if (!junit) return
    const { writeTestReports } = await import('./junit/test-reports.ts')
    const { tests, suites, problems, isWritten } = await writeTestReports(junit, pipeline, client, {
      secrets,
      ...progress,
    })
    for (const problem of problems) addProblem(problem)
    if (isWritten) await note(`Wrote the results of ${tests} tests to ${junit.path}.`)
    if (suites === 0 && problems.length === 0) await warn('the pipeline has no test reports.', pipeline)
  }
  const fetchFiles = async (pipeline: Pipeline, client: Client, addProblem: AddProblem): Promise<void> => {
    if (artifacts === undefined) return
    const folder = artifactsFor(pipeline) ?? artifacts
    await inWriteTime(() => makeFolder(folder, 0o777), context)
    const { fetchArtifacts } = await import('./artifacts/fetch-artifacts.ts')
    const { jobs, problems, warnings, unfinished } = await fetchArtifacts(pipeline, client, {
      folder,
      jobs: options.artifactsOf ?? [],
      mostBytes: artifactsMostBytes,
      sizeFlag: '--artifacts-max-size',
      paths: [],
      files: context,
      ...progress,
    })
    for (const problem of problems) addProblem(problem)
    if (unfinished.length > 0) warnings.push(notOver(unfinished))
    for (const text of warnings) await warn(`${text}.`, pipeline)
    const count = `${jobs.length} ${jobs.length === 1 ? 'job' : 'jobs'}`
    if (jobs.length > 0) await note(`Unpacked the artifacts of ${count} into ${folder}.`)
    else if (problems.length === 0) await warn('No job has artifacts.', pipeline)
  }
  return {
    refuseFor({ name }) {
      if (junit && name === 'v3') throw noTestReports()
    },
    async triggered(build, address) {
      const problems = await runAll([
        ...writeFacts(build, address),
        summarize(build, (each) => triggeredSummary(each, address.base)),
        // What an earlier run left there must not pass for this one's if this process is killed.
        collectProblems('--junit', () => junit?.remove()),
      ])
      const error = reportError({ kind: 'triggered', build }, problems, doNotTriggerAgain)
      if (error) throw error
    },
    async left(pipeline, { target }) {
      const summarized = summarize(pipeline, (each) => endedSummary(each, target.base))
      const problems = await runAll([...writeFacts(pipeline, target), summarized])
      return reportError(buildStateOf(pipeline), problems, doNotTriggerAgain)
    },
    async ended(pipeline, client) {
      const { target } = client
      const state = buildStateOf(pipeline)
      try {
        const problems = await runAll([
          ...writeFacts(pipeline, target),
          summarize(pipeline, (each) => endedSummary(each, target.base)),
          collectProblems('--junit', (addProblem) => fetchTests(pipeline, client, addProblem)),
          collectProblems('--artifacts', (addProblem) => fetchFiles(pipeline, client, addProblem)),
        ])
        const isLasting = problems.every((problem) => problem.isLasting)
        return reportError(
          state,
          problems,
          isLasting ? sameAgain : fetchAgain(pipeline.id, target, options, artifactsFor(pipeline)),
        )
      } catch (error) {
        // An interrupt too: the pipeline has ended, and must not be said to continue.
        return asTriggerError(error, state)
      }
    },
  }
}

/** Adds report failures to the error of a run; where the run has none, they become its error (exit 11). */
export function withReportFailures(
  failure: TriggerError | undefined,
  lost: TriggerError | undefined,
): TriggerError | undefined {
  if (!failure || !lost) return failure ?? lost
  return failure.with({ message: `${failure.message}; also, ${lost.message}` })
}
