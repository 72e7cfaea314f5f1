import type { FollowPlan } from '../config/follow-plan.ts'
import type { PipelineReference } from '../config/project/resolve-references.ts'
import type { Context } from '../core/context.ts'
import { TriggerError } from '../core/errors.ts'
import { safeToRepeat } from '../core/hints.ts'
import type { Reporter } from '../events.ts'
import { pollInterval, type PollInterval } from '../follow/poll-interval.ts'
import { LostContact, retryUntilLost } from '../follow/retry-until-lost.ts'
import type { Client } from '../gitlab/api/client.ts'
import { sourceFor } from '../gitlab/pipelines/pipeline-source.ts'
import type { PipelineSource } from '../gitlab/pipelines/pipeline-tree.ts'
import { pollPolicy } from '../session/polling-policy.ts'
import {
  listenerFor,
  openServer,
  pacing,
  warnOfRefusals,
  type ServerAccess,
} from '../session/server-client.ts'
import type { FollowedPipeline } from './followed.ts'
import { openPipeline, type OpenPipeline } from './open-pipeline.ts'
import { refuseWithoutToken } from './require-api-token.ts'

/** Pipelines that exist, open to be read and changed. */
export interface OpenPipelines {
  pipelines: OpenPipeline[]
  /** When they are polled next: all of them share what their servers allow. */
  interval: PollInterval
  /** Closes all connections. */
  close(): void
}

/** What opening pipelines needs beside their references. */
export interface OpenContext {
  plan: FollowPlan
  context: Context
  /** Ends every request, of later reads too. */
  signal: AbortSignal
  report: Reporter
  /** How long transient failures are retried, in ms; default 5 s. */
  graceMs?: number
}

const defaultGraceMs = 5000

/** The error for a pipeline that could not be read for too long. */
export function lostPipelineError(
  { kind, id, project }: PipelineReference,
  error: LostContact,
): TriggerError {
  return new TriggerError({
    exit: 'notReached',
    message: `${kind} ${id} of project ${project} could not be looked at: ${error.message}`,
    hint: safeToRepeat,
    cause: error,
  })
}

/**
 * Opens pipelines. Transient failures are retried for `graceMs`. Throws a usage error (exit 2) for what needs an API token without one, and a
 * TriggerError where a pipeline may not be read (4) or is not reached (6); nothing was changed then.
 */
export async function openPipelines(
  references: readonly PipelineReference[],
  { plan, context, signal, report, graceMs = defaultGraceMs }: OpenContext,
): Promise<OpenPipelines> {
  const interval = pollInterval(plan.pollIntervalMs, () => context.random())
  const polling = pollPolicy(context, graceMs, signal)
  const servers = new Map<string, ServerAccess>()
  const serverOf = ({ access }: PipelineReference): ServerAccess => {
    const { base } = access.server.value
    const known = servers.get(base)
    if (known) return known
    const opened = openServer(access, context, signal, pacing(interval, listenerFor(report), context))
    servers.set(base, opened)
    return opened
  }
  const close = (): void => {
    for (const { session } of servers.values()) session.close()
  }
  try {
    const pipelines: OpenPipeline[] = []
    for (const reference of references) {
      refuseWithoutToken(plan, reference.access)
      const opened = await retryUntilLost(() => openPipeline(reference, serverOf(reference)), polling).catch(
        (error: unknown) => {
          throw error instanceof LostContact ? lostPipelineError(reference, error) : error
        },
      )
      await warnOfRefusals(opened.refusals, reference.access, report)
      // Named twice, as by its id and its URL, it is still one.
      if (!pipelines.some(({ id, client }) => id === opened.id && isSameServer(client, opened.client))) {
        pipelines.push(opened)
      }
    }
    return { pipelines, interval, close }
  } catch (error) {
    close()
    throw error
  }
}

const isSameServer = (one: Client, other: Client): boolean => one.target.base === other.target.base

/** An open pipeline as one that is followed from `since` on, in ms since 1970. */
export function followedOf(
  { client, id, reference }: OpenPipeline,
  interval: PollInterval,
  since: number,
): FollowedPipeline {
  const sourceFrom = (each: Client): PipelineSource => sourceFor(each, id)
  return {
    client,
    source: sourceFrom(client),
    sourceFrom,
    build: null,
    id,
    access: reference.access,
    interval,
    since,
  }
}
