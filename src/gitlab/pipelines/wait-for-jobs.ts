import type { Build } from '../../core/build.ts'
import { DeadlineError, Interrupted, TriggerError } from '../../core/errors.ts'
import { apiTokenSources, doNotTriggerAgain } from '../../core/hints.ts'
import { signalExits } from '../../core/exit-codes.ts'
import { objectMembers } from '../api/answer.ts'
import {
  refusalHint,
  firstAllowed,
  notAsked,
  refusalLine,
  type CredentialCandidate,
  type Open,
  type Rejected,
} from '../api/first-allowed.ts'
import { nonEmptyText } from '../api/decode.ts'
import { decodeJobs, type FoundJobs } from './job.ts'
import { isApiFailure, type Reader } from '../api/reader.ts'
import type { PollPolicy } from '../../http/retry/grace.ts'
import { pollUntil } from '../../core/poll-until.ts'
import type { Credential } from '../api/requests.ts'
import { isFinished } from '../../core/status.ts'
import { matchBuilds, readBaseline, readNewBuilds, type Baseline } from './v3-builds.ts'

/** A way to read a project that was tried and works, with what had to be noted before the trigger. */
export interface JobReader<R extends Reader = Reader> {
  reader: R
  /** What it authenticates with; undefined: it has no login. */
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
    hint: refusalHint(
      tried.refusals,
      `Set ${apiTokenSources}, with a token that has read_api; or leave out ${flag}.`,
    ),
  })
}

const pauses = { firstMs: 500, factor: 1.5, mostMs: 5000 }

/** The jobs that a build has now; undefined where there are none yet. */
async function readJobs(
  build: Build,
  reader: Reader,
  baseline: Baseline | null,
): Promise<FoundJobs | undefined> {
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
 * Waits until a build has jobs and returns them; none if it ended without any. Throws a TriggerError that says that the build exists: exit 8 when the
 * time has run out or reading is refused, 128+n after a signal.
 */
export async function waitForJobs(
  build: Build,
  { reader, baseline }: JobReader,
  poll: PollPolicy,
): Promise<FoundJobs> {
  const polled = reader.with({ poll })
  try {
    const found = await pollUntil(() => readJobs(build, polled, baseline), pauses, poll.clock)
    return found ?? { jobs: [], doubt: '' }
  } catch (error) {
    const isInterrupt = error instanceof Interrupted
    const isExpected = isInterrupt || error instanceof DeadlineError || isApiFailure(error)
    if (!isExpected) throw error
    throw new TriggerError({
      exit: isInterrupt ? signalExits[error.signal] : 'endNotSeen',
      message: `the ids of its jobs could not be read: ${error.message}`,
      hint: doNotTriggerAgain,
      build: { kind: 'triggered', build },
    })
  }
}
