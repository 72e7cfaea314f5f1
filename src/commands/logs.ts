import { startBudget } from '../core/budget.ts'
import type { LogsFlags } from '../options/pipelines.ts'
import { lastLinesOf } from '../config/last-lines.ts'
import type { Plan } from '../config/plan.ts'
import { namesById, resolveReferences } from '../config/project/resolve-references.ts'
import type { Context } from '../core/context.ts'
import { usageError, type TriggerError } from '../core/errors.ts'
import { hiddenJobsIn } from '../follow/logs/hidden-jobs.ts'
import { isNamed, loggedJobsIn, type LoggedJob } from '../follow/logs/logged-jobs.ts'
import type { Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { exceptClosedPipe } from '../output/reporters/text-reporter.ts'
import type { LogSelection } from '../follow/logs/printer.ts'
import type { PollInterval } from '../follow/poll-interval.ts'
import type { RequestTurn } from '../http/request-rate.ts'
import type { Reporter } from '../events.ts'
import { pipelineOutcome } from '../pipelines/outcome.ts'
import { followPrinting } from '../pipelines/logs/follow-logs.ts'
import { printedLogs } from '../pipelines/logs/log-stream.ts'
import { trackLogs } from '../pipelines/logs/tracked-logs.ts'
import { followSettings } from '../session/follow-settings.ts'
import { streamLogPrinter } from '../session/log-printer.ts'
import { combineOutcomes, type PipelineOutcome } from '../session/outcome.ts'
import { beginCommand } from '../session/begin-command.ts'
import { pollPolicy } from '../session/poll-policy.ts'
import { followedOf, openPipelines, type OpenPipelines } from '../pipelines/open-pipelines.ts'
import type { OpenPipeline } from '../pipelines/open-pipeline.ts'
import { namedJobs, noSuchJob, unreadJobs, unreadLog } from '../pipelines/logs/log-selection.ts'
import { pipelineForLogs, shortGraceMs } from '../pipelines/logs/pipeline-for-logs.ts'

/** A pipeline as it was looked at, and which of its jobs are wanted. */
interface Task {
  open: OpenPipeline
  pipeline: Pipeline
  words: readonly string[]
}

/** What all tasks share. */
interface Work {
  flags: LogsFlags
  plan: Plan
  interval: PollInterval
  turn: RequestTurn
  /** When the command began, in ms since 1970. */
  since: number
  context: Context
  report: Reporter
  lastLines: number | undefined
  /** Ends everything. */
  signal: AbortSignal
}

function graceMs({ flags, plan }: Work): number {
  return flags.follow ? plan.follow.pollGraceMs : shortGraceMs
}

async function lookAt(open: OpenPipeline, work: Work): Promise<Task> {
  const words = namedJobs(open, work.flags.job ?? [])
  const poll = pollPolicy(work.context, graceMs(work), work.signal)
  return { open, pipeline: await pipelineForLogs(open, words, poll, work.turn), words }
}

/** The jobs of a task of which logs are wanted. */
function jobsOf({ pipeline, words }: Task, { failed }: LogsFlags): LoggedJob[] {
  const jobs = loggedJobsIn(pipeline)
  if (failed) return jobs.filter(({ status }) => status === 'failed')
  return words.length === 0 ? jobs : jobs.filter((job) => words.some((word) => isNamed(job, word)))
}

/** Refuses what cannot be shown before anything is. */
function refuseUnknown(tasks: readonly Task[], { flags }: Work): void {
  for (const { pipeline, words } of flags.follow ? [] : tasks) {
    // What could not be read is said later.
    if (hiddenJobsIn(pipeline).length > 0) continue
    const jobs = loggedJobsIn(pipeline)
    const unknown = words.find((word) => !jobs.some((job) => isNamed(job, word)))
    if (unknown !== undefined) throw noSuchJob(pipeline, unknown)
  }
  if (!flags.raw) return
  const jobs = tasks.flatMap((task) => jobsOf(task, flags)).filter(({ hasLog }) => hasLog || flags.follow)
  if (jobs.length > 1) {
    const names = jobs.slice(0, 20).map(({ name, jobId }) => `${name} (${jobId})`)
    throw usageError(
      `--raw prints one log, and ${jobs.length} jobs match`,
      `Choose one with --job: ${names.join(', ')}.`,
    )
  }
}

/** What is said where there is nothing to print. */
function nothingToShow({ pipeline }: Task, { flags }: Work): string {
  return flags.failed
    ? `No job of pipeline ${pipeline.id} has failed.`
    : `Pipeline ${pipeline.id} has no log yet: none of the selected jobs has started.`
}

/** Shows the logs of a task. Throws where one could not be read; each of several is reported. */
async function show(task: Task, isAlone: boolean, path: string, work: Work): Promise<Pipeline> {
  const { flags, plan, interval, since, lastLines, context, report, signal } = work
  const { open, pipeline, words } = task
  const unread: TriggerError[] = []
  const selection: LogSelection = {
    which: flags.failed ? 'failed or allowed to' : words.length > 0 ? words : 'all',
    lastLines,
    mostJobs: Infinity,
    prefersError: flags.failed === true && flags.lines === undefined,
    path,
    isAlone,
  }
  const format = { color: flags.color, isRaw: flags.raw ?? false, keepsTimes: flags.timestamps ?? false }
  const followed = flags.follow
    ? followedOf(open, { interval, since, serverNow: undefined }, context)
    : undefined
  // Where the log itself is what is seen, it shows how far it is.
  const isHidden = !followed && !context.stdout.isTTY && context.stderr.isTTY
  const tracked = isHidden
    ? trackLogs(open.client, jobsOf(task, flags), { report, clock: context })
    : undefined
  const follower = printedLogs(
    followed?.client ?? tracked?.client ?? open.client,
    selection,
    await streamLogPrinter(context.stdout, selection, format, context),
    {
      unreadable(job, error) {
        unread.push(unreadLog(open, job, error))
        return Promise.resolve()
      },
      noted: ({ name }, text) => report({ type: 'noted', text: `The log of ${name} ${text}.` }),
    },
    pollPolicy(context, graceMs(work), followed?.budget.signal ?? signal),
    interval,
  )
  const following = { ...followSettings(flags, plan, context, report), context, report }
  const hasLogs = jobsOf(task, flags).some(({ hasLog }) => hasLog)
  let last = pipeline
  if (followed) last = await followPrinting(followed, pipeline, follower, following)
  else if (hasLogs) await follower.finish(pipeline).finally(() => tracked?.end())
  const isFailed = (status: string): boolean => status === 'failed'
  for (const hidden of hiddenJobsIn(last, flags.failed ? isFailed : undefined))
    unread.push(unreadJobs(open, hidden))
  if (!followed && !hasLogs && unread.length === 0)
    await report({ type: 'noted', text: nothingToShow(task, work) })
  const [first, ...others] = unread
  for (const { message } of others) await report({ type: 'warned', text: message, isGrave: true })
  if (first) throw first
  return last
}

async function showAll(tasks: readonly Task[], work: Work): Promise<PipelineOutcome[]> {
  const { flags } = work
  const isOne = tasks.length === 1
  const count = tasks
    .flatMap((task) => jobsOf(task, flags))
    .filter(({ hasLog }) => hasLog || flags.follow).length
  const one = (task: Task): Promise<PipelineOutcome> =>
    pipelineOutcome(task.open, async () => {
      const path = isOne ? '' : `${task.open.id} > `
      try {
        return await show(task, count === 1 && !flags.failed, path, work)
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
  const { plan, report } = await beginCommand(flags, context, { readsProject: namesById(words) })
  const since = context.now()
  const budget = startBudget(context, plan.timeout.value)
  let open: OpenPipelines | undefined
  try {
    const references = await resolveReferences(words, plan, flags, context, budget.signal)
    open = await openPipelines(references, { plan, context, budget, report })
    // A log may be as long as it likes, unless a user says otherwise.
    if (flags.timeout === undefined) budget.lift()
    const { interval, turn } = open
    const { signal } = budget
    const work: Work = { flags, plan, lastLines, interval, turn, since, signal, context, report }
    const tasks: Task[] = []
    for (const each of open.pipelines) tasks.push(await lookAt(each, work))
    refuseUnknown(tasks, work)
    // From here on the same limit is that of following.
    if (flags.follow) budget.lift()
    const ends = await showAll(tasks, work)
    return await combineOutcomes(ends, flags, context, report)
  } finally {
    budget.end()
    open?.close()
  }
}
