import { join } from 'node:path'
import type { Build, BuildState } from '../core/build.ts'
import type { Context } from '../core/context.ts'
import { asTriggerError, codeOf, DeadlineError, TriggerError } from '../core/errors.ts'
import type { Client } from '../gitlab/api/client.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { ApiError } from '../gitlab/api/reader.ts'
import { makeFolder } from '../core/make-folder.ts'
import { dotenvText, factsOf, outputText, type Seen } from './facts.ts'
import { junitFrom } from './junit.ts'
import { endedSummary, triggeredSummary } from './summary.ts'
import { describeIoError, type TargetFile } from './target-file.ts'
import { buildStateOf } from '../gitlab/pipelines/build-state.ts'
import { openTargets, type WantedReports } from './destinations.ts'

/** Writes for the job or step that runs us what is to be known of a build there. */
export interface Reports {
  /**
   * Writes what is known of a build that was just triggered, so that it is there even if we are killed. Throws a TriggerError that names the build,
   * exit 11, where it cannot be written.
   */
  triggered(build: Build, server: string): Promise<void>
  /**
   * Writes the end of a pipeline as it was last seen, fetches its test report and its artifacts. Resolves to what of it did not work (exit 11,
   * the build named; 128+n after an interrupt), which is for `alsoLost`: it must not hide that the build failed.
   */
  ended(pipeline: Pipeline, client: Client): Promise<TriggerError | undefined>
  /** Tells of a pipeline that is followed no more, as it was last seen. As `ended`. */
  left(pipeline: Pipeline, client: Client): Promise<TriggerError | undefined>
}

/** Why something was not written or fetched, in words; undefined for what is not expected. */
function reasonOf(error: unknown): string | undefined {
  if (error instanceof ApiError) {
    const isRefused = [401, 403, 404].includes(error.status ?? 0)
    return isRefused ? `${error.message}; reading it takes an API token with read_api` : error.message
  }
  if (error instanceof DeadlineError) return error.message
  return codeOf(error) === '' ? undefined : describeIoError(error)
}

/** What was lost, if anything was. */
function reportError(build: BuildState, problems: readonly string[], hint: string): TriggerError | undefined {
  if (problems.length === 0) return undefined
  return new TriggerError({ exit: 'notWritten', message: problems.join('; '), hint, build })
}

/** A piece of work; resolves to what of it did not work. */
type Work = () => Promise<readonly string[]>

/** Does one thing after the other, whatever becomes of those before; resolves to what did not work. */
async function tryEach(works: readonly Work[]): Promise<string[]> {
  const problems: string[] = []
  for (const work of works) problems.push(...(await work()))
  return problems
}

/** Work that tells that `what` did not work, or what of it, instead of throwing what was to be expected. */
const collectProblems =
  (what: string, work: (tell: (problem: string) => void) => Promise<void> | undefined): Work =>
  async () => {
    const problems: string[] = []
    try {
      await work((problem) => problems.push(problem))
    } catch (error) {
      const reason = reasonOf(error)
      if (reason === undefined) throw error
      problems.push(reason)
    }
    return problems.map((problem) => `${what}: ${problem}`)
  }

async function writeJunit(file: TargetFile, pipeline: Pipeline, client: Client): Promise<number> {
  // What an earlier run left there must not pass for this one's.
  await file.remove()
  if (client.dialect.name === 'v3') throw new ApiError('API v3 has no test reports', null)
  const report = await client.with({ attempts }).get(`/pipelines/${pipeline.id}/test_report`)
  const { xml, tests } = junitFrom(report, `Pipeline ${pipeline.id}`)
  await file.write(xml)
  return tests
}

/** How often a report is asked for: the pipeline is over, and somebody waits for the exit code. */
const attempts = 6

const goesOn = 'The build goes on; do not trigger it again.'

const fetchAgain =
  'The build is over; do not trigger it again: gitlab-trigger wait with the same flags fetches again (--artifacts into a new folder).'

/**
 * Opens what the flags and GitHub Actions want written, for a run that is about so many builds. Throws, before anything is sent, a usage error
 * (exit 2) or a configuration error (exit 14) that names the flag or variable where it cannot be written. `note` is told what was fetched.
 *
 * Of several builds, the artifacts of each go into a folder named by its number, and there are no outputs, whose names stand for one.
 */
export async function openReports(
  flags: WantedReports,
  context: Pick<Context, 'cwd' | 'env' | 'sleep'>,
  note: (text: string) => void = () => undefined,
  builds = 1,
): Promise<Reports> {
  const { dotenv, junit, artifacts, output, summary } = await openTargets(flags, builds, context)
  const writeFacts = (build: Seen, server: string): Work[] => {
    const facts = factsOf(build, server)
    return [
      collectProblems('--dotenv', () => dotenv?.write(dotenvText(facts))),
      collectProblems('GITHUB_OUTPUT', () => output?.append(outputText(facts))),
    ]
  }
  const summarize = (textOf: () => string): Work =>
    collectProblems('GITHUB_STEP_SUMMARY', () => summary?.append(textOf()))
  const fetchTests = async (pipeline: Pipeline, client: Client): Promise<void> => {
    if (!junit) return
    const tests = await writeJunit(junit, pipeline, client)
    note(`Wrote the results of ${tests} tests to ${junit.path}.`)
  }
  const fetchFiles = async (
    pipeline: Pipeline,
    client: Client,
    tell: (problem: string) => void,
  ): Promise<void> => {
    if (artifacts === undefined) return
    const folder = builds > 1 ? join(artifacts, String(pipeline.id)) : artifacts
    await makeFolder(folder, 0o777)
    const { fetchArtifacts } = await import('./artifacts.ts')
    const fetched = await fetchArtifacts(pipeline, flags.artifactsOf ?? [], client, folder)
    const { jobs, problems, notes } = fetched
    for (const problem of problems) tell(problem)
    for (const text of notes) note(text)
    if (jobs > 0) note(`Unpacked the artifacts of ${jobs} ${jobs === 1 ? 'job' : 'jobs'} into ${folder}.`)
    else if (problems.length === 0) note('No job has artifacts.')
  }
  return {
    async triggered(build, server) {
      const problems = await tryEach([
        ...writeFacts(build, server),
        summarize(() => triggeredSummary(build, server)),
        // What an earlier run left there must not pass for this one's, should we be killed.
        collectProblems('--junit', () => junit?.remove()),
      ])
      const error = reportError({ kind: 'triggered', build }, problems, goesOn)
      if (error) throw error
    },
    async left(pipeline, { target: { base } }) {
      const summarized = summarize(() => endedSummary(pipeline, base))
      const problems = await tryEach([...writeFacts(pipeline, base), summarized])
      return reportError(buildStateOf(pipeline), problems, goesOn)
    },
    async ended(pipeline, client) {
      const { base } = client.target
      const state = buildStateOf(pipeline)
      try {
        const problems = await tryEach([
          ...writeFacts(pipeline, base),
          summarize(() => endedSummary(pipeline, base)),
          collectProblems('--junit', () => fetchTests(pipeline, client)),
          collectProblems('--artifacts', (tell) => fetchFiles(pipeline, client, tell)),
        ])
        return reportError(state, problems, fetchAgain)
      } catch (error) {
        // An interrupt too: the pipeline is over, and must not be said to go on.
        return asTriggerError(error, state)
      }
    },
  }
}

/** The end of a run of which reports were lost: its own failure where it has one, told with what was lost, else that (exit 11). */
export function withReportFailures(
  failure: TriggerError | undefined,
  reports: TriggerError | undefined,
): TriggerError | undefined {
  if (!failure || !reports) return failure ?? reports
  const { exit, exitCode, message, hint, build, cause } = failure
  const both = `${message}; also, ${reports.message}`
  return new TriggerError({ exit, exitCode, message: both, hint, build, cause })
}
