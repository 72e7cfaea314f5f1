import type { Lived, Look } from './live.ts'
import { pipelinesIn, type Snapshot } from './snapshot.ts'

const isOver = ({ status }: Snapshot): boolean =>
  ['success', 'failed', 'canceled', 'skipped'].includes(status)

/** What is to be read of a pipeline: itself, unless it is the one that is looked at, its jobs and its bridges. */
function partsOf({ id, project }: Snapshot, isRoot: boolean): string[] {
  const path = `/projects/${project}/pipelines/${id}`
  return [...(isRoot ? [] : [path]), `${path}/jobs`, `${path}/bridges`]
}

/** The ids of the pipelines of a look that were read with their jobs, and so were those above. */
export function readableIn(lived: Pick<Lived, 'reads'>, look: Look): Set<number> {
  const unread = unreadIn(lived, look)
  const readable = new Set<number>()
  const walk = (pipeline: Snapshot): void => {
    if (unread.some((path) => partsOf(pipeline, false).includes(path))) return
    readable.add(pipeline.id)
    for (const { below } of pipeline.jobs) if (below) walk(below)
  }
  walk(look.tree)
  return readable
}

/**
 * The paths of what could not be read in a look at a pipeline, by the answers that arrived as they were: nothing may be said of it. What was read
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
