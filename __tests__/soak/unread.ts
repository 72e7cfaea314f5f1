import type { Lived, Look } from './live.ts'
import { pipelinesIn, type Snapshot } from './snapshot.ts'

const isOver = ({ status }: Snapshot): boolean =>
  ['success', 'failed', 'canceled', 'skipped'].includes(status)

/** What is to be read of a pipeline: itself, unless it is the one that is followed, its jobs and its bridges. */
function partsOf({ id, project }: Snapshot, isRoot: boolean): string[] {
  const path = `/projects/${project}/pipelines/${id}`
  return [...(isRoot ? [] : [path]), `${path}/jobs`, `${path}/bridges`]
}

/**
 * The paths of what could not be read in a read of a pipeline, by the answers that arrived as they were: nothing may be said of it. What was read
 * after it had changed the last time need not be read again.
 */
export function unreadIn({ reads }: Pick<Lived, 'reads'>, { tree, at }: Look): string[] {
  return pipelinesIn(tree).flatMap((pipeline) =>
    partsOf(pipeline, pipeline === tree).filter(
      (part) =>
        !reads.some(
          (read) =>
            read.path.endsWith(part) &&
            (read.at >= at || (isOver(pipeline) && read.wall >= pipeline.updatedAt)),
        ),
    ),
  )
}

/** The tree of a look without what could not be read: a pipeline is hidden whose parts were not all there, and so is what is below it. */
export function visibleIn(lived: Pick<Lived, 'reads'>, look: Look): Snapshot {
  const unread = unreadIn(lived, look)
  const isRead = (pipeline: Snapshot, isRoot: boolean): boolean =>
    partsOf(pipeline, isRoot).every((part) => !unread.includes(part))
  const visible = (pipeline: Snapshot): Snapshot => ({
    ...pipeline,
    jobs: pipeline.jobs.map((job) => ({ ...job, below: job.below && seen(job.below) })),
  })
  const seen = (below: Snapshot): Snapshot =>
    isRead(below, false) ? visible(below) : { ...below, jobs: [], isHidden: true }
  return isRead(look.tree, true) ? visible(look.tree) : { ...look.tree, jobs: [], isHidden: true }
}
