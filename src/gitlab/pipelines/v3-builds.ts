import { objectMembers } from '../api/answer.ts'
import { positiveId, nonEmptyText } from '../api/decode.ts'
import { decodeJobs, type FoundJobs } from './job.ts'
import { ApiError, type Reader } from '../api/reader.ts'
import type { ProjectAddress } from '../api/requests.ts'
import { isFinished } from '../../core/status.ts'

/** What was there before a v3 trigger: only what is newer can be its own. */
export interface Baseline {
  /** The newest build. */
  build: number
  /** The newest pipeline; 0 on GitLabs before 8.13, whose builds do not name theirs. */
  pipeline: number
  /** The commit that the ref pointed to; null where it could not be told. */
  sha: string | null
  /** Builds of that ref were not over yet: their next stages will look new. */
  isRefBusy: boolean
}

const idOf = (build: unknown): number => positiveId(objectMembers(build)['id']) ?? 0

/** The pipeline that a build belongs to; 0 where it is not told (before 8.13). */
export const pipelineOf = (build: unknown): number =>
  positiveId(objectMembers(objectMembers(build)['pipeline'])['id']) ?? 0

const shaOf = (build: unknown): string | null =>
  nonEmptyText(objectMembers(objectMembers(build)['commit'])['id'])

/** The builds of the project, newest first, as far back as the baseline. Throws as `Reader.list`. */
export function readNewBuilds(reader: Reader, baseline: Baseline): Promise<unknown[]> {
  return reader.list('/builds', (builds) => idOf(builds.at(-1)) <= baseline.build)
}

/** This many builds tell whether the ref is busy. */
const mostRecent = 100

/** What is there now, to be asked before the trigger. Throws as `Reader.list`. */
export async function readBaseline(reader: Reader, ref: string): Promise<Baseline> {
  const list = await reader.list('/builds', ({ length }) => length >= mostRecent)
  return {
    build: Math.max(0, ...list.map(idOf)),
    pipeline: Math.max(0, ...list.map(pipelineOf)),
    sha: await readSha(reader, ref),
    isRefBusy: list
      .map(objectMembers)
      .some((build) => build['ref'] === ref && !isFinished(nonEmptyText(build['status']))),
  }
}

/**
 * The builds that a v3 trigger led to, in a list of the project's builds. Nothing in v3 links them to it, so what is newer than the
 * baseline, on that ref and (where known) its commit is taken; several candidates make it doubtful (docs/gitlab.md#1.3). `pipeline` is 0 where
 * the builds do not name theirs.
 */
export function matchBuilds(
  builds: readonly unknown[],
  baseline: Baseline,
  ref: string,
  target: ProjectAddress,
): FoundJobs & { pipeline: number } {
  const newer = builds.filter((build) => {
    if (idOf(build) <= baseline.build || objectMembers(build)['ref'] !== ref) return false
    // A build newer than the baseline in an older pipeline is a user's retry.
    return pipelineOf(build) === 0 || pipelineOf(build) > baseline.pipeline
  })
  const ofCommit = newer.filter((build) => baseline.sha === null || shaOf(build) === baseline.sha)
  const ours = ofCommit.length > 0 ? ofCommit : newer
  const [pipeline = 0] = new Set(ours.map(pipelineOf))
  return {
    jobs: decodeJobs(ours, target),
    doubt: doubtOf(ours, ofCommit.length > 0, baseline),
    pipeline,
  }
}

function doubtOf(ours: readonly unknown[], isOfCommit: boolean, baseline: Baseline): string {
  const pipelines = new Set(ours.map(pipelineOf))
  const names = ours.map((build) => objectMembers(build)['name'])
  if (!isOfCommit && baseline.sha !== null && ours.length > 0) {
    return 'the ref has moved to another commit; these may be the builds of that push'
  }
  if (pipelines.has(0) && baseline.isRefBusy) {
    return 'other builds of that ref were still running, and this GitLab does not report which trigger these belong to'
  }
  const isDoubled = pipelines.has(0) ? new Set(names).size < names.length : pipelines.size > 1
  return isDoubled
    ? 'more than one pipeline started on that ref, and API v3 does not report which one this trigger created'
    : ''
}

/** The commit that a branch or tag points to now; null where it cannot be told. */
async function readSha(reader: Reader, ref: string): Promise<string | null> {
  for (const kind of ['branches', 'tags']) {
    try {
      const found = objectMembers(await reader.get(`/repository/${kind}/${encodeURIComponent(ref)}`))
      return nonEmptyText(objectMembers(found['commit'])['id'])
    } catch (error) {
      // Not of that kind, or not readable: then the builds are matched without the commit.
      if (!(error instanceof ApiError)) throw error
    }
  }
  return /^[0-9a-f]{40}$/.test(ref) ? ref : null
}
