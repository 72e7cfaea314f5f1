import { startBudget } from '../budget.ts'
import type { RunFlags } from '../config/flags.ts'
import { planRun } from '../config/resolve.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { sourceOf } from '../gitlab/pipeline-at.ts'
import { readVariables } from '../gitlab/variables.ts'
import { reporterFor } from '../output/reporter.ts'
import { writeText } from '../output/text.ts'
import { pipelineLine } from '../output/pipeline-json.ts'
import { openAll, type OpenPipelines } from './open-all.ts'

/** Shows how pipelines are now, with their jobs and what is downstream: `gitlab-trigger status 4711`. Resolves to 0 if they could be looked at. */
export async function status(words: readonly string[], flags: RunFlags, context: Context): Promise<number> {
  const report = await reporterFor(flags, context)
  const plan = await planRun(flags, undefined, context)
  const budget = startBudget(context, plan.timeout.value)
  let open: OpenPipelines | undefined
  try {
    open = await openAll(words, plan, flags, context, budget, report)
    for (const { client, id } of open.pipelines) {
      const pipeline = await sourceOf(client, id).look()
      const variables = await readVariables(client, id)
      await writeText(context, pipelineLine(pipeline) + [...(variables?.keys() ?? [])].join(' ') + '\n')
    }
    return exitCodes.success.code
  } finally {
    budget.end()
    open?.close()
  }
}
