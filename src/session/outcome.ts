import type { Context } from '../core/context.ts'
import { asTriggerError, type TriggerError } from '../core/errors.ts'
import { exitCodes, worstOf } from '../core/exit-codes.ts'
import type { Reporter } from '../events.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { pipelineLine, pipelineResult } from '../output/format/pipeline-json.ts'
import { printFailure } from '../output/reporters/failure.ts'
import type { OutputFlags } from '../output/reporters/reporter.ts'
import { namedPipeline } from '../output/schemas/pipeline.ts'
import { jsonResultLine } from './json-result.ts'
import { writeText } from '../output/reporters/text-reporter.ts'

/** How the work of a command on one pipeline ended. */
export interface PipelineOutcome {
  id: number
  /** As it was last seen. */
  pipeline: Pipeline
  /** Undefined for success. */
  failure: TriggerError | undefined
}

/** The flags that say how outcomes are printed. */
type OutcomeFlags = Pick<OutputFlags, 'quiet' | 'events' | 'json' | 'color'>

/**
 * Prints on stdout how the work on a pipeline ended: `4711 success`, or with --json one object, in which `warnings` are
 * what is worth knowing and no failure.
 */
export async function printOutcome(
  { pipeline, failure }: PipelineOutcome,
  flags: OutcomeFlags,
  context: Context,
  warnings: readonly string[] = [],
): Promise<void> {
  if (flags.quiet || flags.events) return
  const more = warnings.length > 0 ? { warnings } : {}
  await writeText(
    context,
    flags.json ? pipelineResult(pipeline, failure, context.secrets, more) : pipelineLine(pipeline),
  )
}

/** One of several pipelines that may not be read, or does not exist, and why. */
export interface UnopenedPipeline {
  kind: 'pipeline' | 'job'
  id: number
  failure: TriggerError
}

/** Prints the object of each with --json: all members are null but the id and the end. */
export async function printUnopened(
  all: readonly UnopenedPipeline[],
  { json }: Pick<OutcomeFlags, 'json'>,
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

/** A reporter that also keeps what a pipeline was warned of, for its object of --json. */
export function keepWarnings(report: Reporter): {
  report: Reporter
  warningsOf: (id: number) => readonly string[]
} {
  const kept = new Map<number, string[]>()
  const warningsOf = (id: number): string[] => kept.get(id) ?? []
  return {
    warningsOf,
    async report(event) {
      if (event.type === 'warned' && event.pipelineId !== undefined)
        kept.set(event.pipelineId, [...warningsOf(event.pipelineId), event.text])
      await report(event)
    },
  }
}

/**
 * Resolves to the exit code of several outcomes, which is the worst. Throws the failure of a single pipeline;
 * those of several are printed one by one.
 */
export async function combineOutcomes(
  outcomes: readonly Pick<PipelineOutcome, 'id' | 'failure'>[],
  flags: OutcomeFlags,
  context: Context,
  report: Reporter,
): Promise<number> {
  const [first] = outcomes
  if (outcomes.length === 1 && first?.failure) throw first.failure
  for (const { id, failure } of outcomes) {
    if (!failure) continue
    if (flags.events) await report({ type: 'failed', error: failure })
    const isNamed = new RegExp(`\\b(pipeline|job) ${id}\\b`, 'i').test(failure.message)
    const subject = isNamed ? undefined : `pipeline ${id}`
    await printFailure(failure, context, flags.color, { subject })
  }
  return exitCodes[worstOf(outcomes.map(({ failure }) => failure?.exit ?? 'success'))].code
}

/** Guarantees a last `ended` or `failed` line when --events is on. Resolves and throws as `work`. */
export async function withFinalEvent(
  { events }: OutcomeFlags,
  report: Reporter,
  work: () => Promise<number>,
): Promise<number> {
  if (!events) return work()
  try {
    const code = await work()
    if (code === exitCodes.success.code) await report({ type: 'ended', exitCode: code })
    return code
  } catch (error) {
    const failure = asTriggerError(error, { kind: 'none' })
    await report({ type: 'failed', error: failure }).catch(() => undefined)
    throw failure
  }
}
