import { startBudget } from '../core/budget.ts'
import type { RetryFlags } from '../options/pipelines.ts'
import { firstFollowFlag, idleLogLines } from '../config/follow-flags.ts'
import { refuseJobPages } from '../config/project/pipeline-reference.ts'
import { namesById } from '../config/project/resolve-references.ts'
import { pipelineReferences } from '../trigger/refusals/pipeline-references.ts'
import type { Context } from '../core/context.ts'
import { TriggerError, usageError } from '../core/errors.ts'
import { pollUntil } from '../core/poll-until.ts'
import { type PollPolicy } from '../http/retry/grace.ts'
import { readPipeline, type Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { confirmedBy } from '../gitlab/api/change-error.ts'
import { UnconfirmedChange, isApiFailure } from '../gitlab/api/reader.ts'
import type { Reporter } from '../events.ts'
import { reporterFor } from '../output/reporters/reporter.ts'
import { isFinished } from '../core/status.ts'
import { buildStateOf } from '../gitlab/pipelines/build-state.ts'
import { leftAlone } from '../pipelines/unopened.ts'
import { pipelineOutcome } from '../pipelines/outcome.ts'
import {
  printUnopened,
  type UnopenedPipeline,
  combineOutcomes,
  keepWarnings,
  printOutcome,
  withFinalEvent,
  type PipelineOutcome,
} from '../session/outcome.ts'
import { followSettings } from '../session/follow-settings.ts'
import { readPipelineTree, asRefusal } from '../pipelines/read-pipeline.ts'
import { openPipelines, type OpenPipelines } from '../pipelines/open-pipelines.ts'
import { changerOf, changing, notConfirmed, type OpenPipeline } from '../pipelines/open-pipeline.ts'
import { openReports } from '../reports/reports.ts'
import { beginCommand } from '../session/begin-command.ts'
import { optionalRead } from '../session/optional-read.ts'
import { pollPolicy } from '../session/poll-policy.ts'
import { followAll } from '../pipelines/follow-all.ts'

/** How long GitLab may take to set a pipeline going again, in ms, and how often it is read. */
const settlingMs = 10_000
const pauses = { firstMs: 1000, factor: 1, mostMs: 1000 }

/** The pipeline once it goes again, or as it stays. Throws a LostContact or a ReadError. */
async function settled({ client, id, first }: OpenPipeline, poll: PollPolicy): Promise<Pipeline> {
  const { clock } = poll
  const hasNothing = first.status === 'success' && !first.hasWarnings
  let now = first
  const read = async (): Promise<Pipeline | undefined> => {
    now = await readPipeline(client.with({ poll }), id)
    return hasMoved(first, now) || hasNothing ? now : undefined
  }
  await pollUntil(read, pauses, clock, clock.now() + settlingMs)
  return now
}

const hasMoved = (first: Pipeline, now: Pipeline): boolean =>
  now.status !== first.status || !isFinished(now.status)

/** It was retried, and nothing was seen of it since: exit 8. */
function unseen({ id, first, statusCommand }: OpenPipeline, error: Error): TriggerError {
  return new TriggerError({
    exit: 'endNotSeen',
    message: `GitLab was asked to retry the failed and canceled jobs of pipeline ${id}, which could not be read since: ${error.message}`,
    hint: `To see its state: ${statusCommand()}`,
    build: buildStateOf(first),
    cause: error,
  })
}

/**
 * Asks GitLab to run the failed and canceled jobs of a pipeline again. An answer that is lost is not asked for again, since what has failed again
 * in the meantime would be started a third time: the state of the pipeline shows it.
 */
async function retryOne(open: OpenPipeline, report: Reporter, poll: PollPolicy): Promise<Pipeline> {
  const { id, first } = open
  const client = changerOf(open)
  let lost: UnconfirmedChange | undefined
  try {
    await client.write('POST', `/pipelines/${id}/retry`, confirmedBy({ id }))
  } catch (error) {
    if (!(error instanceof UnconfirmedChange)) throw asRefusal(error, open, changing, client)
    lost = error
  }
  const now = await settled(open, poll).catch((error: unknown) => {
    if (!isApiFailure(error)) throw error
    throw lost ? notConfirmed(open, lost, 'retried') : unseen(open, error)
  })
  // A pipeline that was already running proves nothing about our request.
  if (lost && (!isFinished(first.status) || !hasMoved(first, now))) throw notConfirmed(open, lost, 'retried')
  const text = sentenceOf(now, lost !== undefined)
  // Exit code 0 alone would say that something runs again, or has succeeded.
  const isGrave = !hasMoved(first, now) && now.status !== 'success'
  await report(isGrave ? { type: 'noted', text, isGrave } : { type: 'noted', text })
  return now
}

function sentenceOf({ id, status }: Pipeline, isLost: boolean): string {
  if (isLost) return `The response was lost, but pipeline ${id} was retried (now ${status}).`
  if (status === 'success') return `Nothing to retry: pipeline ${id} succeeded.`
  return isFinished(status)
    ? `GitLab was asked to retry the failed and canceled jobs of pipeline ${id}, which is still ${status}.`
    : `Retrying the failed and canceled jobs of pipeline ${id} (now ${status}).`
}

/**
 * Runs the failed and canceled jobs of pipelines again: `gitlab-trigger retry 4711`, and with --wait or --follow waits for the end. Resolves to the
 * exit code, of several the worst.
 */
export async function retry(words: readonly string[], flags: RetryFlags, context: Context): Promise<number> {
  const report = await reporterFor(flags, context)
  return withFinalEvent(flags, report, () => retryAll(words, flags, context, report))
}

async function retryAll(
  words: readonly string[],
  flags: RetryFlags,
  context: Context,
  plainReport: Reporter,
): Promise<number> {
  const { report, warningsOf } = keepWarnings(plainReport)
  refuseJobPages(words)
  const since = context.now()
  const { plan, suggest } = await beginCommand(flags, context, { report, changesProject: namesById(words) })
  const isFollowing = plan.follow.mode.value !== 'no'
  const unused = firstFollowFlag(flags) ?? (flags.events ? '--events' : undefined)
  if (unused !== undefined && !isFollowing) {
    throw usageError(`${unused} needs --wait or --follow`, 'Add --follow or --wait.')
  }
  const idle = idleLogLines(flags, plan.follow)
  if (idle !== undefined) await report({ type: 'warned', text: idle, isGrave: true })
  const reports = await openReports(flags, context, report, words.length)
  const budget = startBudget(context, plan.timeout.value)
  const poll = pollPolicy(context, plan.timeout.value, budget.signal)
  let open: OpenPipelines | undefined
  const unopened: UnopenedPipeline[] = []
  try {
    const references = await pipelineReferences(words, plan, flags, context, budget.signal)
    open = await openPipelines(references, { plan, context, budget, report, suggest, unopened })
    await printUnopened(unopened, flags, context)
    const ends: PipelineOutcome[] = leftAlone(open.pipelines, unopened, 'retried', flags)
    for (const end of ends) await printOutcome(end, flags, context)
    if (unopened.length > 0) return await combineOutcomes([...unopened, ...ends], flags, context, report)
    for (const { client } of open.pipelines) reports.refuseFor(client.dialect)
    const { turn } = open
    for (const pipeline of open.pipelines) {
      const end = await pipelineOutcome(pipeline, async () => {
        await turn()
        return retryOne(pipeline, report, poll)
      })
      // Its jobs too, which a retry itself does not read.
      if (flags.json && !isFollowing && !end.failure)
        end.pipeline = await optionalRead('its jobs', end.pipeline, { context, budget, report }, (limits) =>
          readPipelineTree({ ...pipeline, client: pipeline.client.within(limits) }),
        ).catch(() => end.pipeline)
      if (isFollowing && !end.failure) await report({ type: 'opened', pipeline: end.pipeline })
      else await printOutcome(end, flags, context)
      ends.push(end)
    }
    const failed = ends.filter(({ failure }) => failure !== undefined)
    if (!isFollowing) return await combineOutcomes(ends, flags, context, report)
    budget.lift()
    const pipelines = open.pipelines.filter(({ id }) => failed.every((end) => end.id !== id))
    const following = { ...followSettings(flags, plan, context, report), reports, context, report }
    const followed = await followAll({ interval: open.interval, pipelines }, since, following, (outcome) =>
      printOutcome(outcome, flags, context, warningsOf(outcome.id)),
    )
    return await combineOutcomes([...failed, ...followed], flags, context, report)
  } finally {
    budget.end()
    open?.close()
  }
}
