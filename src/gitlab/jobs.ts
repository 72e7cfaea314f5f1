import type { Build } from '../build.ts'
import { DeadlineError, Interrupted, TriggerError } from '../errors.ts'
import { signalExits } from '../exit-codes.ts'
import type { Secret } from '../secret.ts'
import { membersOf } from './answer.ts'
import { textOr } from './decode.ts'
import { dialects } from './dialect.ts'
import { decodeJobs, type FoundJobs } from './job.ts'
import { ReadError, type Reader } from './read.ts'
import type { Credential } from './requests.ts'
import { isFinished } from './status.ts'
import { matchBuilds, readBaseline, readNewBuilds, type Baseline } from './v3-builds.ts'

/** A way to read a project that was tried and works, with what had to be noted before the trigger. */
export interface JobReader {
  reader: Reader
  /** For v3 only: what was the newest before. */
  baseline: Baseline | null
}

/** A credential to try, and its name for people. */
export interface Candidate {
  name: string
  credential: Credential | undefined
}

/** The credentials that may read, best first; the last is nobody's, good for public projects. */
export function candidates(apiToken: Secret | undefined, jobToken: Secret | undefined): Candidate[] {
  const list: Candidate[] = []
  if (apiToken)
    list.push({ name: 'with the API token', credential: { header: 'PRIVATE-TOKEN', token: apiToken } })
  if (jobToken)
    list.push({ name: 'with the job token', credential: { header: 'JOB-TOKEN', token: jobToken } })
  list.push({ name: 'without a credential', credential: undefined })
  return list
}

const isRefusal = (error: unknown): error is ReadError => error instanceof ReadError && !error.isPassing

/** The reader if it may read the project's pipelines, else why not. */
async function tryReader(reader: Reader, ref: string): Promise<JobReader | ReadError> {
  try {
    if (reader.dialect.name === 'v3') return { reader, baseline: await readBaseline(reader, ref) }
    await reader.get('/pipelines?per_page=1')
    return { reader, baseline: null }
  } catch (error) {
    if (isRefusal(error)) return error
    throw error
  }
}

/**
 * Finds, before anything is triggered, a credential that may read the jobs. Throws a TriggerError, no build: exit 4 where none may,
 * 6 where the server cannot be asked.
 */
export async function findJobReader(
  tries: readonly Candidate[],
  api: 'v4' | 'v3' | 'auto',
  ref: string,
  open: (dialect: Reader['dialect'], credential: Credential | undefined) => Reader,
): Promise<JobReader> {
  const versions = api === 'auto' ? [dialects.v4, dialects.v3] : [dialects[api]]
  const refusals: string[] = []
  for (const { name, credential } of tries) {
    for (const dialect of versions) {
      const found = await tryReader(open(dialect, credential), ref).catch((error: unknown) => {
        throw notAsked(error)
      })
      if (!(found instanceof ReadError)) return found
      if (dialect === versions.at(-1) || !found.isNoApi) {
        refusals.push(`${name}: ${found.message}`)
        break
      }
    }
  }
  throw new TriggerError({
    exit: 'notAccepted',
    message: `--jobs: the jobs of this project may not be read (${refusals.join('; ')})`,
    hint: 'Set GITLAB_TRIGGER_API_TOKEN, or use --api-token-file, with a token that has read_api; or leave out --jobs.',
  })
}

function notAsked(error: unknown): unknown {
  if (error instanceof Interrupted) {
    return new TriggerError({ exit: signalExits[error.signal], message: error.message })
  }
  if (!(error instanceof ReadError) && !(error instanceof DeadlineError)) return error
  return new TriggerError({
    exit: 'notReached',
    message: `--jobs: whether the jobs may be read could not be asked: ${error.message}`,
    hint: 'It is safe to run the same command again.',
  })
}

const firstPauseMs = 500
const longestPauseMs = 5000
/** How many looks in a row may find nothing at all. */
const patience = 3

/** One look; undefined where there is nothing yet. */
async function look(build: Build, { reader, baseline }: JobReader): Promise<FoundJobs | undefined> {
  if (baseline !== null) {
    const builds = await readNewBuilds(reader, baseline)
    const found = matchBuilds(builds, baseline, build.ref)
    return found.jobs.length > 0 ? found : undefined
  }
  const jobs = decodeJobs(await reader.list(`/pipelines/${build.id}/jobs`))
  if (jobs.length > 0) return { jobs, doubt: '' }
  const pipeline = membersOf(await reader.get(`/pipelines/${build.id}`))
  return isFinished(textOr(pipeline['status'])) ? { jobs, doubt: '' } : undefined
}

/**
 * Waits until a build has jobs and returns them; none if it ended without any. Looks again after faults that pass. Throws a
 * TriggerError that says that the build exists: exit 8 when the time is over or reading is refused, 128+n after a signal.
 */
export async function waitForJobs(
  build: Build,
  jobReader: JobReader,
  sleep: (ms: number) => Promise<void>,
): Promise<FoundJobs> {
  const stop = (error: unknown): TriggerError => {
    const isSignal = error instanceof Interrupted
    return new TriggerError({
      exit: isSignal ? signalExits[error.signal] : 'endNotSeen',
      message: `the ids of its jobs were not seen: ${error instanceof Error ? error.message : 'unknown'}`,
      hint: 'The build goes on; do not trigger it again.',
      build: { kind: 'triggered', build },
    })
  }
  let notFound = 0
  try {
    for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.5, longestPauseMs)) {
      try {
        const found = await look(build, jobReader)
        if (found) return found
      } catch (error) {
        if (!(error instanceof ReadError)) throw error
        // A new pipeline may be missing for a moment on a replica of the database.
        notFound = error.status === 404 ? notFound + 1 : 0
        if (!error.isPassing && (error.status !== 404 || notFound > patience)) throw error
      }
      await sleep(pause)
    }
  } catch (error) {
    if (error instanceof ReadError || error instanceof DeadlineError || error instanceof Interrupted) {
      throw stop(error)
    }
    throw error
  }
}
