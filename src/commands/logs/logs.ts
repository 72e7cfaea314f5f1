import { lastLinesOf } from '../../config/last-lines.ts'
import { namesById } from '../../config/project/resolve-references.ts'
import { pipelineReferences } from '../../trigger/refusals/pipeline-references.ts'
import { startBudget } from '../../core/budget.ts'
import type { Context } from '../../core/context.ts'
import { usageError } from '../../core/errors.ts'
import type { LogsFlags } from '../../options/pipelines.ts'
import { exceptClosedPipe } from '../../output/reporters/text-reporter.ts'
import { namedJobs } from '../../pipelines/logs/log-selection.ts'
import { pipelineForLogs } from '../../pipelines/logs/pipeline-for-logs.ts'
import type { OpenPipeline } from '../../pipelines/open-pipeline.ts'
import { openPipelines, type OpenPipelines } from '../../pipelines/open-pipelines.ts'
import { pipelineOutcome } from '../../pipelines/outcome.ts'
import { beginCommand } from '../../session/begin-command.ts'
import { combineOutcomes, type PipelineOutcome } from '../../session/outcome.ts'
import { pollPolicy } from '../../session/poll-policy.ts'
import { refuseUnknown, selectedJobs, type LogTask } from './selected-jobs.ts'
import { graceMs, showLogs, type LogWork } from './show-logs.ts'

async function lookAt(open: OpenPipeline, work: LogWork): Promise<LogTask> {
  const words = namedJobs(open, work.flags.job ?? [])
  const poll = pollPolicy(work.context, graceMs(work), work.signal)
  return { open, pipeline: await pipelineForLogs(open, words, poll, work.turn), words }
}

async function showAll(tasks: readonly LogTask[], work: LogWork): Promise<PipelineOutcome[]> {
  const { flags } = work
  const isOne = tasks.length === 1
  const count = tasks
    .flatMap((task) => selectedJobs(task, flags))
    .filter(({ hasLog }) => hasLog || flags.follow).length
  const one = (task: LogTask): Promise<PipelineOutcome> =>
    pipelineOutcome(task.open, async () => {
      const path = isOne ? '' : `${task.open.id} > `
      try {
        return await showLogs(task, count === 1 && !flags.failed, path, work)
      } catch (error) {
        // A reader that closes the pipe early has what it needed (docs/guarantees.md#T71).
        exceptClosedPipe(error)
        return task.pipeline
      }
    })
  if (flags.follow) return Promise.all(tasks.map(one))
  const ends: PipelineOutcome[] = []
  for (const task of tasks) ends.push(await one(task))
  return ends
}

/**
 * Prints the logs of the jobs of pipelines: `gitlab-trigger logs 4711`. Resolves to 0 if all could be read, however the pipelines ended. Throws a
 * usage error (exit 2) for jobs that are not there.
 */
export async function logs(words: readonly string[], flags: LogsFlags, context: Context): Promise<number> {
  if (flags.raw && context.stdout.isTTY) {
    throw usageError(
      '--raw cannot print to a terminal, which a log could control',
      'Send it to a file: > build.log',
    )
  }
  const lastLines = lastLinesOf(flags)
  const { plan, report, suggest } = await beginCommand(flags, context, { readsProject: namesById(words) })
  const since = context.now()
  const budget = startBudget(context, plan.timeout.value)
  let open: OpenPipelines | undefined
  try {
    const references = await pipelineReferences(words, plan, flags, context, budget.signal)
    open = await openPipelines(references, { plan, context, budget, report, suggest })
    // A log may be as long as it likes, unless a user says otherwise.
    if (flags.timeout === undefined) budget.lift()
    const { interval, turn } = open
    const { signal } = budget
    const work: LogWork = { flags, plan, lastLines, interval, turn, since, signal, context, report }
    const tasks: LogTask[] = []
    for (const each of open.pipelines) tasks.push(await lookAt(each, work))
    refuseUnknown(tasks, flags)
    // From here on the same limit is that of following.
    if (flags.follow) budget.lift()
    const ends = await showAll(tasks, work)
    return await combineOutcomes(ends, flags, context, report)
  } finally {
    budget.end()
    open?.close()
  }
}
