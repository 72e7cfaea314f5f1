import { startBudget } from '../core/budget.ts'
import type { StatusFlags } from '../options/pipelines.ts'
import { resolveReferences } from '../config/project/resolve-references.ts'
import type { Context } from '../core/context.ts'
import { ApiError } from '../gitlab/api/reader.ts'
import { readVariables } from '../gitlab/pipelines/variables.ts'
import { writeText } from '../output/reporters/text-reporter.ts'
import { terminalSize } from '../output/terminal/sticky-screen.ts'
import { glyphsFor } from '../output/terminal/glyphs.ts'
import { pipelineResult } from '../output/format/pipeline-json.ts'
import { statusText } from '../output/tree/status-text.ts'
import { styleFor } from '../output/terminal/style.ts'
import { readPipelineTree } from '../pipelines/read-pipeline.ts'
import { openPipelines, type OpenPipelines } from '../pipelines/open-pipelines.ts'
import type { OpenPipeline } from '../pipelines/open-pipeline.ts'
import { pipelineOutcome } from '../pipelines/outcome.ts'
import { optionalRead, type OptionalReading } from '../session/optional-read.ts'
import { combineOutcomes, type PipelineOutcome } from '../session/outcome.ts'
import { beginCommand } from '../session/begin-command.ts'

/** The names of its variables; null where they may not be read, or not now: what else is known is no less true. */
async function variablesOf({ client, id }: OpenPipeline, reading: OptionalReading): Promise<string[] | null> {
  try {
    const known = await optionalRead(`the variables of pipeline ${id}`, undefined, reading, (limits) =>
      readVariables(client.within(limits), id),
    )
    return known ? [...known.values.keys()] : null
  } catch (error) {
    if (error instanceof ApiError) return null
    throw error
  }
}

/** Shows how pipelines are now, with their jobs and what is downstream: `gitlab-trigger status 4711`. Resolves to 0 if they could be looked at. */
export async function status(
  words: readonly string[],
  flags: StatusFlags,
  context: Context,
): Promise<number> {
  const { plan, report } = await beginCommand(flags, context)
  const { stdout } = context
  const style = await styleFor(stdout, context.env, flags.color)
  const columns = stdout.isTTY ? terminalSize(stdout).columns : Infinity
  const glyphs = glyphsFor(context)
  const budget = startBudget(context, plan.timeout.value)
  let open: OpenPipelines | undefined
  try {
    const references = await resolveReferences(words, plan, flags, context, budget.signal)
    open = await openPipelines(references, { plan, context, budget, report })
    const outcomes: PipelineOutcome[] = []
    for (const each of open.pipelines) {
      const seen: { variables: string[] | null } = { variables: null }
      const outcome = await pipelineOutcome(each, async () => {
        const pipeline = await readPipelineTree(each)
        seen.variables = await variablesOf(each, { context, budget, report })
        return pipeline
      })
      const { pipeline, failure } = outcome
      const sheet = { now: context.now(), glyphs, style, columns }
      if (flags.json) await writeText(context, pipelineResult(pipeline, failure, context.secrets, seen))
      else if (!failure) await writeText(context, statusText(pipeline, seen.variables, sheet))
      outcomes.push(outcome)
    }
    return await combineOutcomes(outcomes, flags, context, report)
  } finally {
    budget.end()
    open?.close()
  }
}
