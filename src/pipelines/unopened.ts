import type { PipelineReference } from '../config/project/resolve-references.ts'
import { TriggerError } from '../core/errors.ts'
import { buildStateOf } from '../gitlab/pipelines/build-state.ts'
import type { PipelineOutcome, UnopenedPipeline } from '../session/outcome.ts'
import { suggestedCommand, type RepeatedFlags } from '../session/suggested-command.ts'
import type { OpenPipeline } from './open-pipeline.ts'

/** Exit codes for what is wrong with one pipeline alone: what is wrong with its server ends a command. */
const ofOneAlone: readonly string[] = ['notAccepted', 'refused']

/** What is wrong with this one of several pipelines. Throws any other error, and that of one that was named alone. */
export function unopened(
  { kind, id }: PipelineReference,
  error: unknown,
  named: readonly PipelineReference[],
): UnopenedPipeline {
  if (!(error instanceof TriggerError) || named.length === 1 || !ofOneAlone.includes(error.exit)) throw error
  return { kind, id, failure: error }
}

const verbs = { canceled: 'cancel', retried: 'retry', 'waited for': 'wait' } as const

/**
 * The outcomes of pipelines with which nothing is done, since not all that were named with them could be opened: as bad as that of the first which
 * was not. `done` is as `canceled`.
 */
export function leftAlone(
  pipelines: readonly OpenPipeline[],
  [cause]: readonly UnopenedPipeline[],
  done: keyof typeof verbs,
  flags: RepeatedFlags,
): PipelineOutcome[] {
  if (!cause) return []
  const verb = verbs[done]
  return pipelines.map(({ id, first, reference: { project, access } }) => ({
    id,
    pipeline: first,
    failure: new TriggerError({
      exit: cause.failure.exit,
      message: `pipeline ${id} was not ${done}, since ${cause.kind} ${cause.id}, which was named with it, cannot be read`,
      hint: `Without the other: ${suggestedCommand({ verb, id, project, access }, flags)}`,
      build: buildStateOf(first),
    }),
  }))
}
