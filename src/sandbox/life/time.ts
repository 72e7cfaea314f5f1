import type { Pipeline } from '../world/model.ts'

/** The present moment and the length of a step, in milliseconds. */
export interface Time {
  now: number
  paceMs: number
}

/** The pipeline at the top of a tree of downstream ones; only it has a clock of its own. */
export function rootOf(pipeline: Pipeline): Pipeline {
  return pipeline.parent === undefined ? pipeline : rootOf(pipeline.parent.pipeline)
}

/**
 * The age of a pipeline in ticks: steps of the clock, or polls after the first. A downstream pipeline counts
 * those of its parent since its own creation. With a pace of 0 everything has already happened.
 */
export function tickOf(pipeline: Pipeline, time: Time): number {
  const { parent } = pipeline
  if (parent !== undefined) {
    const above = tickOf(parent.pipeline, time)
    return above === Infinity ? Infinity : Math.max(0, above - parent.at)
  }
  if (pipeline.by === 'polls') return Math.max(0, pipeline.polls.times.length - 1)
  if (time.paceMs <= 0) return Infinity
  return Math.max(0, Math.floor((time.now - pipeline.createdAt) / time.paceMs))
}

/** The moment of a past tick, in milliseconds. */
export function momentOf(pipeline: Pipeline, tick: number, paceMs: number): number {
  const { parent } = pipeline
  if (parent !== undefined) return momentOf(parent.pipeline, parent.at + tick, paceMs)
  if (tick === 0) return pipeline.createdAt
  if (pipeline.by === 'polls') {
    return pipeline.polls.times[tick] ?? pipeline.polls.times.at(-1) ?? pipeline.createdAt
  }
  return tick === Infinity ? pipeline.touchedAt : pipeline.createdAt + tick * paceMs
}
