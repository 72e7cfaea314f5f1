import type { Plan } from '../config/plan.ts'
import type { PipelineReference } from '../config/project/resolve-references.ts'
import type { TimeLimits } from '../core/budget.ts'
import type { Context } from '../core/context.ts'
import { DeadlineError, TriggerError } from '../core/errors.ts'
import { safeToRepeat } from '../core/hints.ts'
import type { Reporter } from '../events.ts'
import { pollInterval, type PollInterval } from '../follow/poll-interval.ts'
import { requestTurn, type RequestTurn } from '../http/request-rate.ts'
import type { Client } from '../gitlab/api/client.ts'
import { ApiError, isApiFailure } from '../gitlab/api/reader.ts'
import { answeredBefore, namedBefore } from '../gitlab/errors/answered-before.ts'
import { sourceFor } from '../gitlab/pipelines/pipeline-source.ts'
import type { PipelineSource } from '../gitlab/pipelines/pipeline-tree.ts'
import { withCertificate } from '../session/certificate-error.ts'
import { clockOf } from '../session/poll-policy.ts'
import { sessionOptions } from '../session/retry-policy.ts'
import { serverClock, type ServerClock } from '../session/server-clock.ts'
import {
  openServer,
  pacing,
  transportOptions,
  warnOfRefusals,
  type ServerAccess,
} from '../session/server-client.ts'
import { announceServer } from '../session/settings-summary.ts'
import type { CommandAbout } from '../session/suggested-command.ts'
import { followedPipeline, type FollowedPipeline } from './followed.ts'
import { openPipeline, type OpenPipeline } from './open-pipeline.ts'
import type { UnopenedPipeline } from '../session/outcome.ts'
import { unopened } from './unopened.ts'
import { changingFlag, refuseUnlessAllowed, refuseWithoutToken } from './require-api-token.ts'

/** Pipelines that exist, open to be read and changed. */
export interface OpenPipelines {
  pipelines: OpenPipeline[]
  /** When they are polled next: all of them share what their servers allow. */
  interval: PollInterval
  /** Waits until one more request keeps to that: for loops over pipelines, or over what belongs to them. */
  turn: RequestTurn
  /** The time by the clock of a pipeline's server, in ms since 1970. */
  serverNow(pipeline: OpenPipeline): number
  /** Closes all connections. */
  close(): void
}

/** What opening pipelines needs besides their references. */
export interface OpenContext {
  plan: Pick<Plan, 'follow' | 'retry'>
  context: Context
  /** Ends every request, of later reads too. */
  budget: TimeLimits
  report: Reporter
  /** How often a server that does not listen is tried again; by default as --retry says. */
  retries?: number
  /** Takes those of several that may not be read or do not exist; without it the first of them ends the command. */
  unopened?: UnopenedPipeline[]
  /** Words a command that reaches the server as this one does; undefined where there is no command line. */
  suggest?: (about: CommandAbout) => string
}

/** The error for a pipeline that could not be read. */
export function lostPipelineError(
  { kind, id, project, access }: PipelineReference,
  error: Error,
): TriggerError {
  const { answer } = error instanceof ApiError ? error : { answer: undefined }
  const before = answer && answeredBefore(answer, access.server.value.base)
  const why = before ? `${namedBefore(before)}: ${error.message}` : error.message
  return new TriggerError({
    exit: 'notReached',
    message: `${kind} ${id} of project ${project} could not be read: ${why}`,
    hint: before?.hint ?? safeToRepeat,
    cause: error,
    about: { isRun: false, server: access.server.value.base, project },
  })
}

/**
 * Opens pipelines, and reports their servers. Throws a usage error (exit 2) for what needs an API token
 * without one, and a TriggerError where a pipeline may not be read (4) or is not reached (6); nothing was
 * changed then.
 */
export async function openPipelines(
  references: readonly PipelineReference[],
  opening: OpenContext,
): Promise<OpenPipelines> {
  const { plan, context, budget, report, retries = plan.retry.value } = opening
  const interval = pollInterval(plan.follow.pollIntervalMs, () => context.random())
  const turn = requestTurn(interval, clockOf(context, budget.signal))
  const servers = new Map<string, ServerAccess>()
  const clocks = new Map<string, ServerClock>()
  const serverOf = ({ access }: PipelineReference): ServerAccess => {
    const { base } = access.server.value
    const known = servers.get(base)
    if (known) return known
    const options = sessionOptions(retries, context, budget, report)
    const clock = serverClock(context)
    clocks.set(base, clock)
    const listen = clock.listening(pacing(interval, options.listen, context))
    const opened = openServer(access, { ...options, listen }, context)
    servers.set(base, opened)
    return opened
  }
  const close = (): void => {
    for (const { session } of servers.values()) session.close()
  }
  try {
    const pipelines: OpenPipeline[] = []
    await announceServers(references, report)
    for (const reference of references) {
      refuseWithoutToken(plan.follow, reference.access)
      await turn()
      const opened = await openPipeline(reference, serverOf(reference), opening.suggest)
        .catch((error: unknown) => notOpened(reference, error, opening))
        .catch((error: unknown) => {
          if (!opening.unopened) throw error
          opening.unopened.push(unopened(reference, error, references))
          return undefined
        })
      if (!opened) continue
      await warnOfRefusals(opened.refusals, reference.access, report)
      const flag = changingFlag(plan.follow)
      if (flag !== undefined && opened.changer)
        await refuseUnlessAllowed(flag, opened.changer, reference.access, { context, budget, report })
      // Named twice, as by its id and its URL, it is still one.
      if (!pipelines.some(({ id, client }) => id === opened.id && isSameServer(client, opened.client))) {
        pipelines.push(opened)
      }
    }
    const serverNow = ({ reference }: OpenPipeline): number =>
      clocks.get(reference.access.server.value.base)?.now() ?? context.now()
    return { pipelines, interval, turn, serverNow, close }
  } catch (error) {
    close()
    throw error
  }
}

/**
 * Throws the error for a pipeline whose server cannot be asked, with what is wrong with its certificate; any
 * other error as it is.
 */
async function notOpened(
  reference: PipelineReference,
  error: unknown,
  { context, budget }: OpenContext,
): Promise<never> {
  if (error instanceof DeadlineError) throw lostPipelineError(reference, error)
  if (!isApiFailure(error)) throw error
  const failure = lostPipelineError(reference, error)
  const { access } = reference
  throw await withCertificate(failure, access, transportOptions(access, context), context, budget.signal)
}

/** Reports each server that is going to be asked, once. */
async function announceServers(references: readonly PipelineReference[], report: Reporter): Promise<void> {
  const servers = new Map(references.map((each) => [each.access.server.value.base, each]))
  for (const { access, project, plan } of servers.values()) {
    const setting = plan.targets[0]?.project
    const own = setting?.value === project ? { project: setting } : {}
    await announceServer({ ...access, ...own }, plan.timeout, report)
  }
}

const isSameServer = (one: Client, other: Client): boolean => one.target.base === other.target.base

/**
 * An open pipeline as one that is followed from `since` on, in ms since 1970; `serverNow` is undefined where it
 * was just retried.
 */
export function followedOf(
  { client, id, reference }: OpenPipeline,
  { interval, since, serverNow }: Pick<FollowedPipeline, 'interval' | 'since' | 'serverNow'>,
  context: Context,
): FollowedPipeline {
  const sourceFrom = (each: Client): PipelineSource => sourceFor(each, id)
  return followedPipeline(
    { client, sourceFrom, build: null, id, access: reference.access, interval, since, serverNow },
    context,
  )
}
