import type { Pipeline } from '../world/model.ts'
import type { Action, Script } from './script.ts'

/** Applies everything that a script says of a pipeline, except its jobs. */
export function adopt(pipeline: Pipeline, script: Script): void {
  pipeline.by = script.by ?? 'polls'
  pipeline.startsAfter = script.startsAfter ?? 0
  pipeline.statuses = script.pipeline
  pipeline.pollFaults = new Map(
    Object.entries(script.pollFaults ?? {}).map(([n, fault]) => [Number(n), fault]),
  )
  pipeline.others = inOrder(script.others)
}

/** What other users do, the first thing first. */
export function inOrder(actions: readonly Action[] = []): Action[] {
  return actions.toSorted((one, other) => one.at - other.at)
}
