import type { Job, Pipeline } from './pipeline.ts'

/**
 * The lowest id that any job of each stage, and of each name in a stage, has ever had in one pipeline. GitLab makes
 * the jobs of a pipeline stage by stage, and a retry puts a new job with a higher id in the place of the old one: the
 * first ids are the order, not the present ones (docs/gitlab.md#4.1).
 */
export type FirstIds = ReadonlyMap<string, number>

type Placed = Pick<Job, 'id' | 'name' | 'stage'>

const stageKey = ({ stage }: Placed): string => JSON.stringify([stage])
const nameKey = ({ stage, name }: Placed): string => JSON.stringify([stage, name])

/** The first ids, with what these jobs say of them. */
export function withFirstIds(known: FirstIds, jobs: readonly Placed[]): FirstIds {
  const first = new Map(known)
  for (const job of jobs) {
    for (const key of [stageKey(job), nameKey(job)]) {
      first.set(key, Math.min(first.get(key) ?? Infinity, job.id))
    }
  }
  return first
}

/** Jobs in the order of their stages; in a stage in that of their names, as the CI file has them. */
export function inStageOrder(jobs: readonly Job[], known: FirstIds): Job[] {
  const first = withFirstIds(known, jobs)
  const rank = (key: string): number => first.get(key) ?? Infinity
  return [...jobs].sort(
    (a, b) => rank(stageKey(a)) - rank(stageKey(b)) || rank(nameKey(a)) - rank(nameKey(b)) || a.id - b.id,
  )
}

/** No job runs, fails and is retried so soon after its pipeline was created, in ms. */
const tooSoonForRetryMs = 1000

const waiting: ReadonlySet<string | null> = new Set(['created', 'pending', 'preparing', 'skipped'])

const startOf = (jobs: readonly Job[]): number =>
  Math.min(...jobs.map(({ startedAt }) => startedAt ?? Infinity))

/**
 * Whether retries may hide the order of stages that are not known yet: where no job of a stage is as old as the
 * pipeline, or a stage has started before one whose present ids are lower.
 */
export function mayHideOrder(
  { createdAt, jobs }: Pick<Pipeline, 'createdAt' | 'jobs'>,
  known: FirstIds,
): boolean {
  const keys = [...new Set(inStageOrder(jobs, new Map()).map(stageKey))]
  if (keys.length < 2 || keys.every((key) => known.has(key))) return false
  const stages = keys.map((key) => jobs.filter((job) => stageKey(job) === key))
  const times = jobs.map((job) => job.createdAt ?? Infinity)
  const since = (createdAt ?? Math.min(...times)) + tooSoonForRetryMs
  return stages.some((own, at) => {
    const next = stages[at + 1] ?? []
    const isReplaced = own.every((job) => job.createdAt === null || job.createdAt > since)
    const isOvertaken =
      startOf(next) < startOf(own) &&
      (startOf(own) < Infinity || own.every(({ status }) => waiting.has(status)))
    return isReplaced || isOvertaken
  })
}
