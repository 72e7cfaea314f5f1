import type { Budget } from '../core/budget.ts'
import type { FollowPlan } from '../config/follow-plan.ts'
import type { RunFlags } from '../config/flags.ts'
import type { Plan } from '../config/plan.ts'
import type { Context } from '../core/context.ts'
import { TriggerError } from '../core/errors.ts'
import { isApiFailure } from '../gitlab/api/reader.ts'
import { pollInterval, type PollInterval } from '../follow/poll-interval.ts'
import type { Reporter } from '../events.ts'
import type { Client } from '../gitlab/api/client.ts'
import type { PipelineSource } from '../gitlab/pipelines/pipeline-tree.ts'
import { sourceFor } from '../gitlab/pipelines/pipeline-source.ts'
import type { FollowedPipeline } from './followed.ts'
import { refuseWithoutToken } from './require-api-token.ts'
import { openPipeline, type OpenPipeline } from './open-pipeline.ts'
import { withCertificate } from '../session/certificate-error.ts'
import { announceServer } from '../session/settings-summary.ts'
import { resolveReferences, type PipelineReference } from './pipeline-references.ts'
import {
  openServer,
  pacing,
  transportOptions,
  warnOfRefusals,
  type ServerAccess,
} from '../session/server-client.ts'
import { sessionOptions } from '../session/retry-policy.ts'

/** Pipelines that exist, open to be looked at and changed. */
export interface OpenPipelines {
  pipelines: OpenPipeline[]
  pace: PollInterval
  /** Ends all connections. */
  close(): void
}

/** The error for a pipeline that could not be looked at for too long. */
export function lostPipelineError(
  { kind, id, project, access }: PipelineReference,
  error: Error,
): TriggerError {
  return new TriggerError({
    exit: 'notReached',
    message: `${kind} ${id} of project ${project} could not be looked at: ${error.message}`,
    hint: 'It is safe to run the same command again.',
    cause: error,
    about: { isRun: false, server: access.server.value.base, project },
  })
}

/**
 * Opens what the words of a command name. Faults that pass are lived with for `graceMs`. Throws usage errors (2), configuration errors (14), and
 * where a pipeline may not be read (4) or looked at (6); nothing was changed then.
 */
export async function openPipelines(
  words: readonly string[],
  plan: Plan,
  flags: RunFlags,
  context: Context,
  budget: Budget,
  report: Reporter,
  graceMs?: number,
): Promise<OpenPipelines> {
  const pace = pollInterval(plan.follow.pollIntervalMs, () => context.random())
  const servers = new Map<string, ServerAccess>()
  const serverOf = ({ access }: PipelineReference): ServerAccess => {
    const { base } = access.server.value
    const known = servers.get(base)
    if (known) return known
    const options = sessionOptions(
      graceMs === undefined ? plan.retry.value : Infinity,
      context,
      budget,
      report,
    )
    const opened = openServer(access, { ...options, listen: pacing(pace, options.listen, context) }, context)
    servers.set(base, opened)
    return opened
  }
  const close = (): void => {
    for (const { session } of servers.values()) session.close()
  }
  try {
    const pipelines: OpenPipeline[] = []
    const references = await resolveReferences(words, plan, flags, context, budget.signal)
    await announceServers(references, report)
    for (const wanted of references) {
      refuseWithoutToken(plan.follow, wanted.access)
      const opened = await openPipeline(wanted, serverOf(wanted)).catch(async (error: unknown) => {
        if (!isApiFailure(error)) throw error
        const failure = lostPipelineError(wanted, error)
        const way = transportOptions(wanted.access, context)
        throw await withCertificate(failure, wanted.access, way, context, budget.signal)
      })
      await warnOfRefusals(opened.refusals, wanted.access, report)
      // Named twice, as by its id and its URL, it is still one.
      if (!pipelines.some(({ id, client }) => id === opened.id && isSameServer(client, opened.client))) {
        pipelines.push(opened)
      }
    }
    return { pipelines, pace, close }
  } catch (error) {
    close()
    throw error
  }
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

/** An open pipeline as one that is followed. */
export function followedOf(
  { client, id, wanted }: OpenPipeline,
  flags: RunFlags,
  plan: FollowPlan,
  pace: PollInterval,
  totalMs: number | undefined,
  since: number,
): FollowedPipeline {
  const sourceFrom = (each: Client): PipelineSource => sourceFor(each, id)
  return {
    client,
    source: sourceFrom(client),
    sourceFrom,
    build: null,
    id,
    access: wanted.access,
    flags,
    plan,
    pace,
    totalMs,
    since,
  }
}
