import type { Pipeline } from '../world/model.ts'

/** What the clock shows and how long a step is, in milliseconds. */
export interface Time {
  now: number
  paceMs: number
}

/** The pipeline at the top of a tree of downstream ones; only it has a clock of its own. */
export function rootOf(pipeline: Pipeline): Pipeline {
  return pipeline.parent === undefined ? pipeline : rootOf(pipeline.parent.pipeline)
}

/**
 * How many ticks a pipeline has lived: steps of the clock, or looks at it after the first. A downstream pipeline counts those
 * of its parent from its own birth on. With a pace of 0 everything that will be has been.
 */
export function tickOf(pipeline: Pipeline, time: Time): number {
  const { parent } = pipeline
  if (parent !== undefined) {
    const above = tickOf(parent.pipeline, time)
    return above === Infinity ? Infinity : Math.max(0, above - parent.at)
  }
  if (pipeline.by === 'looks') return Math.max(0, pipeline.looks.times.length - 1)
  if (time.paceMs <= 0) return Infinity
  return Math.max(0, Math.floor((time.now - pipeline.createdAt) / time.paceMs))
}

/** The moment (milliseconds) of a tick that has been. */
export function momentOf(pipeline: Pipeline, tick: number, paceMs: number): number {
  const { parent } = pipeline
  if (parent !== undefined) return momentOf(parent.pipeline, parent.at + tick, paceMs)
  if (tick === 0) return pipeline.createdAt
  if (pipeline.by === 'looks') {
    return pipeline.looks.times[tick] ?? pipeline.looks.times.at(-1) ?? pipeline.createdAt
  }
  return tick === Infinity ? pipeline.touchedAt : pipeline.createdAt + tick * paceMs
}
