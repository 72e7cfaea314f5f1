import type { Build } from '../core/build.ts'
import { pollInterval } from '../follow/poll-interval.ts'
import { clientFor, type Client } from '../gitlab/api/client.ts'
import { candidates, type CredentialCandidate, type Open } from '../gitlab/api/first-allowed.ts'
import type { FoundJobs } from '../gitlab/pipelines/job.ts'
import { findJobReader, waitForJobs } from '../gitlab/pipelines/wait-for-jobs.ts'
import { asker, type Ask } from '../gitlab/trigger/preflight-reads.ts'
import type { TriggerOrder } from '../gitlab/trigger/trigger.ts'
import { openHttpSession } from '../http/http-session.ts'
import type { PostOptions } from '../http/retry/post.ts'
import type { FollowResult } from '../pipelines/followed.ts'
import { pollPolicy } from '../session/poll-policy.ts'
import { postOptions, sessionOptions } from '../session/retry-policy.ts'
import { pacing, transportOptions, warnOfRefusals } from '../session/server-client.ts'
import { followTriggered } from './follow-triggered.ts'
import { openFinder, type LostPipelineFinder } from './lost-response.ts'
import { readingFlag } from './run-context.ts'
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
  /** Finds the pipeline if the response is lost; undefined where that is not wanted or cannot work. */
  finder: LostPipelineFinder | undefined
  /** For --jobs: waits for the pipeline's jobs, with a client that was tried before. */
  findJobs: ((build: Build) => Promise<FoundJobs>) | undefined
  /** For --follow and --wait: follows the pipeline to its end, with that client. */
  follow: ((build: Build) => Promise<FollowResult>) | undefined
}

/**
 * Joins the settings of one target with its server: asks the server what --follow, --jobs and --verify need. The connections are closed at the end of
 * the attempt. Throws a TriggerError where the flags cannot work (exit 2, 4 or 6); no trigger was sent then.
 */
export async function prepareTrigger(attempt: TriggerAttempt): Promise<PreparedTrigger> {
  const { settings, options, context, budget, reports, report } = attempt
  const { token, server, project, ref, apiToken, jobToken } = settings
  if (token === undefined) throw new Error('settings without a token')
  const target = { base: server.value.base, project: project.value }
  const transport = transportOptions(settings, context)
  const retryPolicy = { retries: options.retry.value, ambiguous: options.retryAmbiguous }
  const post = postOptions(transport, retryPolicy, context, budget, report)
  const interval = pollInterval(options.following.plan.pollIntervalMs, () => context.random())
  const forReads = sessionOptions(options.retry.value, context, budget, report)
  const listen = pacing(interval, forReads.listen, context)
  const session = openHttpSession(target.base, { ...forReads, transport, listen })
  attempt.atEnd.push(() => {
    session.close()
  })
  const open: Open<Client> = (dialect, credential) => clientFor(target, dialect, credential, session)
  const polling = pollPolicy(context, Infinity, budget.signal)
  const credentials = (): CredentialCandidate[] => candidates(apiToken?.value, jobToken?.value)
  const flag = readingFlag(options)
  const jobReader =
    flag === undefined
      ? undefined
      : await findJobReader(flag, credentials(), settings.api.value, ref.value, open)
  if (jobReader) await warnOfRefusals(jobReader.refusals, settings, report)
  const marker =
    settings.variables.find(({ origin }) => origin === '--marker' || origin === '--resume')?.value ?? null
  const order: TriggerOrder = {
    ...target,
    ref: ref.value,
    variables: settings.variables,
    inputs: settings.inputs,
    token: token.value,
    tokenOrigin: token.origin,
    isJobToken: token === jobToken,
    // A reader has already found out which API there is.
    api: jobReader?.reader.dialect.name ?? settings.api.value,
  }
  const following = { ...options.following, reports, context, report }
  return {
    order,
    post,
    marker,
    ask: (flag, attempt) => asker(credentials(), open)(flag, attempt),
    finder: await openFinder(options, order, apiToken?.value, open, polling),
    follow:
      jobReader && following.plan.mode.value !== 'no'
        ? (build) => followTriggered(build, jobReader, interval, settings, following)
        : undefined,
    findJobs: jobReader && options.jobs ? (build) => waitForJobs(build, jobReader, polling) : undefined,
  }
}
