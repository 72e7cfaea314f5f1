import type { Build } from '../core/build.ts'
import { isMarker } from '../core/marker.ts'
import type { Client } from '../gitlab/api/client.ts'
import { dialects } from '../gitlab/api/dialect.ts'
import type { FoundJobs } from '../gitlab/pipelines/job.ts'
import { findJobReader, waitForJobs, type JobReader } from '../gitlab/pipelines/wait-for-jobs.ts'
import { asker, type Ask } from '../gitlab/trigger/preflight-reads.ts'
import type { TriggerOrder } from '../gitlab/trigger/trigger.ts'
import type { PostOptions } from '../http/retry/post.ts'
import type { FollowResult } from '../pipelines/followed.ts'
import { changingFlag, refuseUnlessAllowed } from '../pipelines/require-api-token.ts'
import { postOptions } from '../session/retry-policy.ts'
import { transportOptions, warnOfRefusals } from '../session/server-client.ts'
import { followTriggered } from './follow-triggered.ts'
import { openFinder, sourceOf, type LostPipelineFinder } from './lost-response.ts'
import { openReads, type ProjectReads } from './project-reads.ts'
import { readingFlag, type SharedPace } from './run-context.ts'
import { triggerNonce } from './trigger-nonce.ts'
import type { TriggerAttempt } from './trigger-attempt.ts'

/** A trigger that has passed all checks of what its flags need from the server. */
export interface PreparedTrigger {
  order: TriggerOrder
  /** How its POST is sent. */
  post: PostOptions
  /** The value of the variable that --marker or --resume sends; null for none. */
  marker: string | null
  /** Reads something of the project, for a flag that depends on it. */
  ask: Ask
  /** Finds the pipeline if the response is lost; undefined with --no-verify, or where that cannot work. */
  finder: LostPipelineFinder | undefined
  /** For --jobs: waits for the pipeline's jobs, with a client that was tried before. */
  findJobs: ((build: Build) => Promise<FoundJobs>) | undefined
  /** For --follow and --wait: follows the pipeline to its end, with that client. */
  follow: ((build: Build) => Promise<FollowResult>) | undefined
}

/**
 * For --follow, --wait and --jobs: finds a client that may read the pipeline; undefined where none is needed.
 */
async function findReader(
  { settings, options, report }: TriggerAttempt,
  reads: () => ProjectReads,
): Promise<JobReader<Client> | undefined> {
  const flag = readingFlag(options)
  if (flag === undefined) return undefined
  const { credentials, open } = reads()
  const reader = await findJobReader(flag, credentials, settings.api.value, settings.ref.value, open)
  await warnOfRefusals(reader.refusals, settings, report)
  return reader
}

/** Refuses, before anything is triggered, flags for which the API token may not do enough. Throws exit 4. */
async function refuseForbidden(
  { settings, options, context, budget, report }: TriggerAttempt,
  reads: () => ProjectReads,
): Promise<void> {
  const { plan } = options.following
  const isFollowed = plan.mode.value !== 'no'
  const flag = options.expectSha === undefined ? isFollowed && changingFlag(plan) : '--expect-sha'
  if (!flag || !settings.apiToken || settings.api.value === 'v3') return
  const changer = reads().open(dialects.v4, { header: 'PRIVATE-TOKEN', token: settings.apiToken.value })
  await refuseUnlessAllowed(flag, changer, settings, { context, budget, report })
}

/** The same POSTs, at the pace of a batch. */
function withPace(post: PostOptions, pace: SharedPace | undefined): PostOptions {
  if (!pace) return post
  return {
    ...post,
    limited: pace.limited,
    listen(request, outcome) {
      post.listen(request, outcome)
      pace.answered(outcome)
    },
  }
}

/**
 * Joins the settings of one target with its server: asks the server what --follow, --jobs and --verify need.
 * Throws a TriggerError where these cannot work (exit 2, 4 or 6); no trigger was sent then.
 */
export async function prepareTrigger(attempt: TriggerAttempt): Promise<PreparedTrigger> {
  const { settings, options, context, budget, reports, report } = attempt
  const { token, server, project, ref, variables, inputs, apiToken } = settings
  if (token === undefined) throw new Error('settings without a token')
  const retryPolicy = { retries: options.retry.value, ambiguous: options.retryAmbiguous }
  // A trigger that asks for nothing else opens no connections for reading.
  let opened: ProjectReads | undefined
  const reads = (): ProjectReads => (opened ??= openReads(attempt))
  const jobReader = await findReader(attempt, reads)
  if (jobReader) reports.refuseFor(jobReader.reader.dialect)
  await refuseForbidden(attempt, reads)
  const order: TriggerOrder = {
    base: server.value.base,
    project: project.value,
    ref: ref.value,
    variables,
    inputs,
    nonce: triggerNonce(settings, attempt.once?.key, options.verify),
    token: token.value,
    tokenOrigin: token.origin,
    isJobToken: settings.isJobToken,
    // A reader has already found out which API there is.
    api: jobReader?.reader.dialect.name ?? settings.api.value,
    listCommand: ({ name }) => {
      const source = sourceOf({ token: token.value, isJobToken: settings.isJobToken })
      return options.following.suggest({
        verb: 'pipelines',
        project: project.value,
        ref: ref.value,
        // API v3 tells no source.
        source: name === 'v3' || source === 'either' ? undefined : source,
        access: settings,
      })
    },
  }
  const following = { ...options.following, reports, context, report }
  const marker = variables.find(isMarker)?.value ?? null
  return {
    order,
    post: withPace(
      postOptions(transportOptions(settings, context), retryPolicy, context, budget, report),
      attempt.pace,
    ),
    marker,
    ask: (flag, question) => asker(reads().credentials, reads().open)(flag, question),
    finder: await openFinder(options, order, marker, apiToken?.value, reads, attempt),
    follow:
      jobReader && following.plan.mode.value !== 'no'
        ? (build) => followTriggered(build, jobReader, reads(), settings, following)
        : undefined,
    findJobs:
      jobReader && options.jobs ? (build) => waitForJobs(build, jobReader, reads().polling) : undefined,
  }
}
