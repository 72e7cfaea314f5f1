import { membersOf } from './answer.ts'
import { decodeJobs, type FoundJobs } from './job.ts'
import { safeId, textOr } from './decode.ts'
import { ReadError, type Reader } from './read.ts'

/** What was the newest before a v3 trigger: only what is newer can be its own. */
export interface Baseline {
  build: number
  /** 0 on GitLabs before 8.13, whose builds do not name their pipeline. */
  pipeline: number
}

const pipelineOf = (build: unknown): number => safeId(membersOf(membersOf(build)['pipeline'])['id']) ?? 0

const shaOf = (build: unknown): string | null => textOr(membersOf(membersOf(build)['commit'])['id'])

/** The builds of the project, newest first, as far back as the baseline. Throws as `Reader.list`. */
export function readNewBuilds(reader: Reader, baseline: Baseline): Promise<unknown[]> {
  return reader.list('/builds', (builds) => (safeId(membersOf(builds.at(-1))['id']) ?? 0) <= baseline.build)
}

/** The newest build and pipeline of the project now. Throws as `Reader.get`. */
export async function readBaseline(reader: Reader): Promise<Baseline> {
  const builds = await reader.get('/builds?per_page=100')
  const list: unknown[] = Array.isArray(builds) ? builds : []
  return {
    build: Math.max(0, ...list.map((build) => safeId(membersOf(build)['id']) ?? 0)),
    pipeline: Math.max(0, ...list.map(pipelineOf)),
  }
}

/**
 * The builds that a v3 trigger led to, in a list of the project's builds. Nothing in v3 links them to it, so what is newer than the
 * baseline, on the wanted ref and (where known) the ref's commit is taken; several candidates make it doubtful (facts 1.3).
 */
export function matchBuilds(
  builds: readonly unknown[],
  baseline: Baseline,
  ref: string,
  sha: string | null,
): FoundJobs {
  const ours = builds.filter((build) => {
    const members = membersOf(build)
    if ((safeId(members['id']) ?? 0) <= baseline.build || members['ref'] !== ref) return false
    if (sha !== null && shaOf(build) !== sha) return false
    // A build newer than the baseline in an older pipeline is somebody's retry.
    return pipelineOf(build) === 0 || pipelineOf(build) > baseline.pipeline
  })
  const pipelines = new Set(ours.map(pipelineOf))
  const names = ours.map((build) => membersOf(build)['name'])
  const isDoubled = pipelines.has(0) ? new Set(names).size < names.length : pipelines.size > 1
  return {
    jobs: decodeJobs(ours),
    doubt: isDoubled
      ? 'more than one pipeline started on that ref meanwhile, and API v3 does not tell which is ours'
      : '',
  }
}

/** The commit that a branch or tag points to now; null where it cannot be told. */
export async function readSha(reader: Reader, ref: string): Promise<string | null> {
  for (const kind of ['branches', 'tags']) {
    try {
      const found = membersOf(await reader.get(`/repository/${kind}/${encodeURIComponent(ref)}`))
      return textOr(membersOf(found['commit'])['id'])
    } catch (error) {
      // Not of that kind, or not readable: then the builds are matched without the commit.
      if (!(error instanceof ReadError)) throw error
    }
  }
  return /^[0-9a-f]{40}$/.test(ref) ? ref : null
}
