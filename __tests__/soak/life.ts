import fc from 'fast-check'
import type { GitlabVersion } from '../../src/sandbox/server.ts'
import {
  closedProjects,
  plannedFaults,
  plannedLogFaults,
  type ClosedProject,
  type PlannedFault,
} from './faults.ts'
import { buildPipeline, pipelineShapes, type BuiltPipeline, type PipelineShape } from './pipeline-shape.ts'
import { typedLines, withLimits, wordsOf, type TypedLine } from './typed-line.ts'

/** A life of a pipeline, and of a user who follows it. */
export interface Life {
  gitlab: GitlabVersion
  paceMs: number
  pipeline: PipelineShape
  line: TypedLine
  /** The age of a pipeline that was there before, in steps. */
  age: number
  faults: readonly PlannedFault[]
  logFaults: readonly PlannedFault[]
  /** A project downstream of which nothing can be read. */
  closed: ClosedProject | undefined
  /** Before the sleep with this number the process stands still for this time, in ms. */
  stops: readonly { sleep: number; ms: number }[]
  /** It also does so before the sleep that ends at a limit. */
  stopsAtLimit: boolean
}

/** Lives of every kind. */
export const lives: fc.Arbitrary<Life> = fc.record({
  gitlab: fc.constantFrom<GitlabVersion>('19', '18.9'),
  paceMs: fc.constantFrom(1000, 1000, 1000, 3000, 20_000),
  pipeline: pipelineShapes(3, 4),
  line: typedLines,
  age: fc.constantFrom(0, 0, 0, 3, 10, 30, 400),
  faults: plannedFaults,
  logFaults: plannedLogFaults,
  closed: closedProjects,
  stops: fc.array(
    fc.record({ sleep: fc.integer({ min: 1, max: 40 }), ms: fc.constantFrom(5000, 90_000, 3_600_000) }),
    { maxLength: 2 },
  ),
  stopsAtLimit: fc.boolean(),
})

/** What a life is made of: what the sandbox plays, and the line that is typed. */
export function partsOf({ pipeline, line }: Life): {
  script: BuiltPipeline
  line: TypedLine
  words: string[]
} {
  const script = buildPipeline(pipeline, line.play)
  const limited = script.isEndless ? withLimits(line) : line
  return { script, line: limited, words: wordsOf(limited) }
}
