import type { Settings } from '../config/settings.ts'
import type { Build } from '../core/build.ts'
import { candidates, type CredentialCandidate, type Open } from '../gitlab/api/first-allowed.ts'
import type { PostOptions } from '../gitlab/api/post.ts'
import { readerFor, type Reader } from '../gitlab/api/reader.ts'
import type { FoundJobs } from '../gitlab/pipelines/job.ts'
import { findJobReader, waitForJobs } from '../gitlab/pipelines/wait-for-jobs.ts'
import { asker, type Ask } from '../gitlab/trigger/preflight-reads.ts'
import type { TriggerOrder } from '../gitlab/trigger/trigger.ts'
import { freshConnections } from '../http/http-session.ts'
import type { FollowResult } from '../pipelines/followed.ts'
import { postOptions } from '../session/retry-policy.ts'
import { transportOptions, warnOfRefusals } from '../session/server-client.ts'
import { followTriggered } from './follow-triggered.ts'
import { openFinder, type LostPipelineFinder } from './lost-response.ts'
import { readingFlag, type RunContext } from './run-context.ts'

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
  /** For --jobs: waits for the pipeline's jobs, with a credential that was tried before. */
  findJobs: ((build: Build) => Promise<FoundJobs>) | undefined
  /** For --follow and --wait: follows the pipeline to its end, with that credential. */
  follow: ((build: Build) => Promise<FollowResult>) | undefined
}

/**
 * Joins the settings of one target with its server. Asks the server what --follow, --jobs and --verify need. Throws a TriggerError where they cannot
 * work (exit 2, 4 or 6); no trigger was sent then.
 */
export async function prepareTrigger(run: RunContext, settings: Settings): Promise<PreparedTrigger> {
  const { options, context, budget, reports, report } = run
  const { token, server, project, ref, apiToken, jobToken } = settings
  if (token === undefined) throw new Error('settings without a token')
  const target = { base: server.value.base, project: project.value }
  const retryPolicy = { retries: options.retry.value, ambiguous: options.retryAmbiguous }
  const post = postOptions(transportOptions(settings, context), retryPolicy, context, budget, report)
  const sender = freshConnections(post.way, post.signal)
  const sleep = (ms: number): Promise<void> => post.timing.sleep(ms)
  const open: Open<Reader> = (dialect, credential) =>
    readerFor(target, dialect, credential, sender, post.listen)
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
    ask: (flag, attempt) => asker(credentials(), open, sleep)(flag, attempt),
    finder: await openFinder(options, order, apiToken?.value, open, sleep),
    follow:
      jobReader && following.plan.mode.value !== 'no'
        ? (build) => followTriggered(build, jobReader, settings, following)
        : undefined,
    findJobs: jobReader && options.jobs ? (build) => waitForJobs(build, jobReader, sleep) : undefined,
  }
}
