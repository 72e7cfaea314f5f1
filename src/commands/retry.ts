import { startBudget } from '../budget.ts'
import type { RunFlags } from '../config/flags.ts'
import { idleFollowFlag } from '../config/follow-plan.ts'
import { planRun } from '../config/resolve.ts'
import type { Context } from '../context.ts'
import { usageError } from '../errors.ts'
import { readPipeline, type Pipeline } from '../gitlab/pipeline.ts'
import { ReadError } from '../gitlab/read.ts'
import type { Reporter } from '../output/events.ts'
import { reporterFor } from '../output/reporter.ts'
import { buildStateOf } from './build-state.ts'
import { conclude, endOf, tellEnd, type End } from './ends.ts'
import { openAll, type OpenPipelines } from './open-all.ts'
import { changing, refusedOf, type OpenPipeline } from './open-pipeline.ts'
import { followAll } from './wait.ts'

/**
 * Asks GitLab to run the failed and canceled jobs of a pipeline again. An answer that is lost is not asked for again, since what has failed anew
 * meanwhile would be started a third time: how the pipeline is now tells.
 */
async function retryOne({ client, id, wanted, first }: OpenPipeline, report: Reporter): Promise<Pipeline> {
  try {
    await client.act('POST', `/pipelines/${id}/retry`)
  } catch (error) {
    if (!(error instanceof ReadError)) throw error
    const page = { ...wanted, kind: 'pipeline', id } as const
    throw refusedOf(error, page, wanted.access, client.credential, changing, buildStateOf(first))
  }
  const now = await readPipeline(client, id)
  if (now.status === first.status && now.status === 'success') {
    await report({ type: 'noted', text: `Pipeline ${id} has nothing to retry: ${now.status}.` })
  } else {
    await report({
      type: 'noted',
      text: `Pipeline ${id} runs its failed and canceled jobs again: ${now.status}.`,
    })
  }
  return now
}

/**
 * Runs the failed and canceled jobs of pipelines again: `gitlab-trigger retry 4711`, and with --wait or --follow waits for the end. Resolves to the
 * exit code, of several the worst.
 */
export async function retry(words: readonly string[], flags: RunFlags, context: Context): Promise<number> {
  const report = await reporterFor(flags, context)
  const plan = await planRun(flags, undefined, context)
  const isFollowing = plan.follow.mode.value !== 'no'
  const idle = idleFollowFlag(flags)
  if (idle !== undefined && !isFollowing) {
    throw usageError(`${idle} means nothing unless the pipeline is followed`, 'Add --follow or --wait.')
  }
  const budget = startBudget(context, plan.timeout.value)
  let open: OpenPipelines | undefined
  try {
    open = await openAll(words, plan, flags, context, budget, report)
    const ends: End[] = []
    for (const pipeline of open.pipelines) {
      const end = await endOf(pipeline, () => retryOne(pipeline, report))
      if (!isFollowing) await tellEnd(end, flags, context)
      ends.push(end)
    }
    if (!isFollowing || ends.some(({ failure }) => failure)) return await conclude(ends, flags, context)
    budget.end()
    return await followAll(open, flags, plan, context, report)
  } finally {
    budget.end()
    open?.close()
  }
}
