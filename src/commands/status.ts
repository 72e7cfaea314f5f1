import { startBudget } from '../core/budget.ts'
import type { StatusFlags } from '../options/pipelines.ts'
import { resolvePlan } from '../config/plan.ts'
import type { Context } from '../core/context.ts'
import { exitCodes } from '../core/exit-codes.ts'
import { ApiError } from '../gitlab/api/reader.ts'
import { readVariables } from '../gitlab/pipelines/variables.ts'
import { reporterFor } from '../output/reporters/reporter.ts'
import { writeText } from '../output/reporters/text-reporter.ts'
import { terminalSize } from '../output/terminal/sticky-screen.ts'
import { glyphsFor } from '../output/terminal/glyphs.ts'
import { statusResult } from '../output/format/pipeline-json.ts'
import { statusText } from '../output/tree/status-text.ts'
import { styleFor } from '../output/terminal/style.ts'
import { readPipelineTree } from '../pipelines/read-pipeline.ts'
import { openPipelines, type OpenPipelines } from '../pipelines/open-pipelines.ts'
import type { OpenPipeline } from '../pipelines/open-pipeline.ts'

/** Its variables; undefined where they may not be read, or not now: what else is known is no less true. */
async function variablesOf({ client, id }: OpenPipeline): Promise<Map<string, unknown> | undefined> {
  try {
    return await readVariables(client, id)
  } catch (error) {
    if (error instanceof ApiError) return undefined
    throw error
  }
}

/** Shows how pipelines are now, with their jobs and what is downstream: `gitlab-trigger status 4711`. Resolves to 0 if they could be looked at. */
export async function status(
  words: readonly string[],
  flags: StatusFlags,
  context: Context,
): Promise<number> {
  const report = await reporterFor(flags, context)
  const { stdout } = context
  const style = await styleFor(stdout, context.env, flags.color)
  const columns = stdout.isTTY ? terminalSize(stdout).columns : Infinity
  const glyphs = glyphsFor(context)
  const plan = await resolvePlan(flags, undefined, context)
  const budget = startBudget(context, plan.timeout.value)
  let open: OpenPipelines | undefined
  try {
    open = await openPipelines(words, plan, flags, context, budget, report)
    for (const each of open.pipelines) {
      const pipeline = await readPipelineTree(each)
      const known = await variablesOf(each)
      const variables = known ? [...known.keys()] : null
      const sheet = { now: context.now(), glyphs, style, columns }
      const text = flags.json
        ? statusResult(pipeline, variables, context.secrets)
        : statusText(pipeline, variables, sheet)
      await writeText(context, text)
    }
    return exitCodes.success.code
  } finally {
    budget.end()
    open?.close()
  }
}
