import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'

/** A pipeline of a tree. */
export interface PlacedPipeline {
  pipeline: Pipeline
  /** The names of the trigger jobs that led to it; none for the pipeline that was asked for. */
  names: readonly string[]
}

/** A part of a tree that could not be read. */
export interface UnreadPart {
  /** `pipeline`: a downstream pipeline. `jobs`, `bridges`: the jobs of a pipeline, those that start others. */
  what: 'pipeline' | 'jobs' | 'bridges'
  id: number
  names: readonly string[]
  why: string
}

/** The pipelines of a tree, each before those that it has started, and what could not be read of it. */
export function placedPipelines(
  pipeline: Pipeline,
  names: readonly string[] = [],
): { pipelines: PlacedPipeline[]; unread: UnreadPart[] } {
  const { id, hidden, bridgesHidden = '' } = pipeline
  const pipelines: PlacedPipeline[] = [{ pipeline, names }]
  const unread: UnreadPart[] = []
  if (hidden !== '') unread.push({ what: 'jobs', id, names, why: hidden })
  if (bridgesHidden !== '') unread.push({ what: 'bridges', id, names, why: bridgesHidden })
  for (const { id: jobId, name, downstream } of pipeline.jobs) {
    if (!downstream) continue
    const path = [...names, name ?? String(jobId)]
    if (downstream.pipeline) {
      const below = placedPipelines(downstream.pipeline, path)
      pipelines.push(...below.pipelines)
      unread.push(...below.unread)
    } else unread.push({ what: 'pipeline', id: downstream.id, names: path, why: downstream.hidden })
  }
  return { pipelines, unread }
}

/** The names of jobs as a path, which leads from trigger jobs to what they have started: `deploy > unit`. */
export const pathText = (names: readonly string[]): string => names.join(' > ')
