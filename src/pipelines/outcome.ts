import type { RunFlags } from '../config/flags.ts'
import type { Context } from '../core/context.ts'
import { asTriggerError, type TriggerError } from '../core/errors.ts'
import { exitCodes, worstOf } from '../core/exit-codes.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import type { Reporter } from '../events.ts'
import { printFailure } from '../output/reporters/failure.ts'
import { pipelineLine, pipelineResult } from '../output/format/pipeline-json.ts'
import { writeText } from '../output/reporters/text-reporter.ts'
import { buildStateOf } from '../gitlab/pipelines/build-state.ts'
import type { OpenPipeline } from './open-pipeline.ts'

/** How the work of a command on one pipeline ended. */
export interface PipelineOutcome {
  id: number
  /** As it was last seen. */
  pipeline: Pipeline
  failure: TriggerError | undefined
}

/** Does a command's work on one pipeline. What it throws is its end, and says that the pipeline exists; a bug of ours too. */
export async function pipelineOutcome(
  open: OpenPipeline,
  work: () => Promise<Pipeline>,
): Promise<PipelineOutcome> {
  try {
    return { id: open.id, pipeline: await work(), failure: undefined }
  } catch (error) {
    const failure = asTriggerError(error, buildStateOf(open.first))
    return { id: open.id, pipeline: open.first, failure }
  }
}

/** Tells on stdout what became of a pipeline: `4711 success`, or with --json one object. */
export async function printOutcome(
  { pipeline, failure }: PipelineOutcome,
  flags: RunFlags,
  context: Context,
): Promise<void> {
  if (flags.quiet || flags.events) return
  await writeText(
    context,
    flags.json ? pipelineResult(pipeline, failure, context.secrets) : pipelineLine(pipeline),
  )
}

/** The exit code of several ends: the worst. The failure of one is thrown, those of several are told one by one. */
export async function combineOutcomes(
  ends: readonly PipelineOutcome[],
  flags: RunFlags,
  context: Context,
  report: Reporter,
): Promise<number> {
  const [first] = ends
  if (ends.length === 1 && first?.failure) throw first.failure
  for (const { id, failure } of ends) {
    if (!failure) continue
    if (flags.events) await report({ type: 'failed', error: failure })
    await printFailure(failure, context, flags.color, `pipeline ${id}`)
  }
  return exitCodes[worstOf(ends.map(({ failure }) => failure?.exit ?? 'success'))].code
}

/** Carries out a command that with --events ends with a line, whatever happens. Throws as `work`. */
export async function withFinalEvent(
  { events }: RunFlags,
  report: Reporter,
  work: () => Promise<number>,
): Promise<number> {
  if (!events) return work()
  try {
    const code = await work()
    if (code === exitCodes.success.code) await report({ type: 'ended' })
    return code
  } catch (error) {
    const failure = asTriggerError(error, { kind: 'none' })
    await report({ type: 'failed', error: failure }).catch(() => undefined)
    throw failure
  }
}
