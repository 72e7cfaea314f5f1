import type { PipelineReference } from '../config/project/resolve-references.ts'
import type { Context } from '../core/context.ts'
import { TriggerError } from '../core/errors.ts'
import { buildStateOf } from '../gitlab/pipelines/build-state.ts'
import type { OutputFlags } from '../output/reporters/reporter.ts'
import { namedPipeline } from '../output/schemas/pipeline.ts'
import { jsonResultLine } from '../session/json-result.ts'
import type { PipelineOutcome } from '../session/outcome.ts'
import { suggestedCommand, type RepeatedFlags } from '../session/suggested-command.ts'
import { writeText } from '../output/reporters/text-reporter.ts'
import type { OpenPipeline } from './open-pipeline.ts'

/** One of several pipelines that may not be read, or does not exist, and why. */
export interface UnopenedPipeline extends Pick<PipelineReference, 'kind' | 'id'> {
  failure: TriggerError
}

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

/** Prints the object of each with --json: all members are null but the id and the end. */
export async function printUnopened(
  all: readonly UnopenedPipeline[],
  { json }: Pick<OutputFlags, 'json'>,
  context: Context,
  more: readonly string[] = [],
): Promise<void> {
  if (!json) return
  const nothing = Object.fromEntries([...Object.keys(namedPipeline), ...more].map((name) => [name, null]))
  for (const { kind, id, failure } of all) {
    const members = { ...nothing, id: kind === 'pipeline' ? id : null }
    await writeText(context, jsonResultLine(members, failure.exitCode, context, failure))
  }
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
