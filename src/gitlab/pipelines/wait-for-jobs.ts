import type { Build } from '../../core/build.ts'
import { DeadlineError, Interrupted, TriggerError } from '../../core/errors.ts'
import { apiTokenSources, doNotTriggerAgain } from '../../core/hints.ts'
import { signalExits } from '../../core/exit-codes.ts'
import { objectMembers } from '../api/answer.ts'
import {
  firstAllowed,
  notAsked,
  refusalLine,
  type CredentialCandidate,
  type Open,
  type Rejected,
} from '../api/first-allowed.ts'
import { nonEmptyText } from '../api/decode.ts'
import { decodeJobs, type FoundJobs } from './job.ts'
import { ApiError, type Reader } from '../api/reader.ts'
import type { Credential } from '../api/requests.ts'
import { isFinished } from '../../core/status.ts'
import { matchBuilds, readBaseline, readNewBuilds, type Baseline } from './v3-builds.ts'

/** A way to read a project that was tried and works, with what had to be noted before the trigger. */
export interface JobReader<R extends Reader = Reader> {
  reader: R
  /** Whose reader it is; undefined: anybody's. */
  credential: Credential | undefined
  /** For v3 only: what was the newest before. */
  baseline: Baseline | null
  /** The credentials before it that may not. */
  refusals: Rejected[]
}

/** What must be noted before a trigger, if the reader may read the project's pipelines. Throws as `Reader.get`. */
async function readBefore(reader: Reader, ref: string): Promise<Baseline | null> {
  if (reader.dialect.name === 'v3') return readBaseline(reader, ref)
  await reader.get('/pipelines?per_page=1')
  return null
}

/**
 * Finds, before anything is triggered, a credential that may read what `flag` wants to see. Throws a TriggerError, no build: exit 4 where none
 * may, 6 where the server cannot be asked.
 */
export async function findJobReader<R extends Reader>(
  flag: string,
  tries: readonly CredentialCandidate[],
  api: 'v4' | 'v3' | 'auto',
  ref: string,
  open: Open<R>,
): Promise<JobReader<R>> {
  const tried = await firstAllowed(tries, api, open, (reader) => readBefore(reader, ref)).catch(
    (error: unknown) => {
      throw notAsked(`${flag}: whether the jobs may be read`, error)
    },
  )
  if (tried.isAllowed) {
    const { reader, credential, found, refusals } = tried
    return { reader, credential, baseline: found, refusals }
  }
  throw new TriggerError({
    exit: 'notAccepted',
    message: `${flag}: the jobs of this project may not be read (${refusalLine(tried.refusals)})`,
    hint: `Set ${apiTokenSources}, with a token that has read_api; or leave out ${flag}.`,
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
    const found = matchBuilds(builds, baseline, build.ref, reader.target)
    return found.jobs.length > 0 ? found : undefined
  }
  const jobs = decodeJobs(await reader.list(`/pipelines/${build.id}/jobs`), reader.target)
  if (jobs.length > 0) return { jobs, doubt: '' }
  const pipeline = objectMembers(await reader.get(`/pipelines/${build.id}`))
  return isFinished(nonEmptyText(pipeline['status'])) ? { jobs, doubt: '' } : undefined
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
      hint: doNotTriggerAgain,
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
        if (!(error instanceof ApiError)) throw error
        // A new pipeline may be missing for a moment on a replica of the database.
        notFound = error.status === 404 ? notFound + 1 : 0
        if (!error.isPassing && (error.status !== 404 || notFound > patience)) throw error
      }
      await sleep(pause)
    }
  } catch (error) {
    if (error instanceof ApiError || error instanceof DeadlineError || error instanceof Interrupted) {
      throw stop(error)
    }
    throw error
  }
}
