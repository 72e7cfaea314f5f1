import type { Budget } from '../core/budget.ts'
import type { Build } from '../core/build.ts'
import type { Settings } from '../config/settings.ts'
import type { RunFlags } from '../config/flags.ts'
import type { Plan } from '../config/plan.ts'
import type { Context } from '../core/context.ts'
import type { FoundJobs } from '../gitlab/pipelines/job.ts'
import { candidates, type CredentialCandidate, type Open } from '../gitlab/api/first-allowed.ts'
import { asker, type Ask } from '../gitlab/trigger/preflight-reads.ts'
import { findJobReader, waitForJobs } from '../gitlab/pipelines/wait-for-jobs.ts'
import type { PostOptions } from '../http/retry/post.ts'
import type { TriggerOrder } from '../gitlab/trigger/trigger.ts'
import { openHttpSession } from '../http/http-session.ts'
import { clientFor, type Client } from '../gitlab/api/client.ts'
import { pollInterval } from '../follow/poll-interval.ts'
import type { Reporter } from '../events.ts'
import { followBuild } from './follow-triggered.ts'
import type { EndReports } from '../pipelines/followed.ts'
import type { FollowResult } from '../pipelines/followed.ts'
import { openVerifier, type LostPipelineFinder } from './lost-response.ts'
import { pollPolicy } from '../session/poll-policy.ts'
import { postOptions, sessionOptions } from '../session/retry-policy.ts'
import { pacing, warnOfRefusals, transportOptions } from '../session/server-client.ts'

/** One target, ready: everything that can be refused before the trigger has been looked at. */
export interface PreparedTrigger {
  order: TriggerOrder
  sending: PostOptions
  /** For --marker: the value of the variable. */
  marker: string | null
  /** Asks the project something, for a flag that needs to know it. */
  ask: Ask
  /** Can look up a build whose answer was lost. */
  verifier: LostPipelineFinder | undefined
  /** For --jobs: waits for the jobs of the build, with a credential that was tried before. */
  findJobs: ((build: Build) => Promise<FoundJobs>) | undefined
  /** For --follow and --wait: follows the build to its end, with that credential. */
  follow: ((build: Build) => Promise<FollowResult>) | undefined
  /** Ends all connections. */
  close(): void
}

/** What wants to read the pipeline, as it was typed; undefined where nothing does. */
function readingFlag({ follow, jobs }: Plan): string | undefined {
  if (follow.mode.value !== 'no') return `--${follow.mode.value}`
  return jobs.value ? '--jobs' : undefined
}

/** Joins settings, GitLab and output for one target. Asks what --follow, --jobs and --verify need, and refuses where they cannot work. */
export async function prepareTrigger(
  flags: RunFlags,
  plan: Plan,
  settings: Settings,
  context: Context,
  budget: Budget,
  reports: EndReports,
  report: Reporter,
): Promise<PreparedTrigger> {
  const { token, server, project, ref, apiToken, jobToken } = settings
  if (token === undefined) throw new Error('settings without a token')
  const target = { base: server.value.base, project: project.value }
  const way = transportOptions(settings, context)
  const policy = { retries: plan.retry.value, ambiguous: flags.retryAmbiguous ?? false }
  const sending = postOptions(way, policy, context, budget, report)
  const pace = pollInterval(plan.follow.pollIntervalMs, () => context.random())
  const options = sessionOptions(plan.retry.value, context, budget, report)
  const session = openHttpSession(target.base, {
    ...options,
    transport: way,
    listen: pacing(pace, options.listen, context),
  })
  const open: Open<Client> = (dialect, credential) => clientFor(target, dialect, credential, session)
  const poll = pollPolicy(context, Infinity, budget.signal)
  const tries = (): CredentialCandidate[] => candidates(apiToken?.value, jobToken?.value)
  const flag = readingFlag(plan)
  const jobReader =
    flag === undefined ? undefined : await findJobReader(flag, tries(), settings.api.value, ref.value, open)
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
  return {
    order,
    sending,
    marker,
    close: () => {
      session.close()
    },
    ask: (flag, attempt) => asker(tries(), open)(flag, attempt),
    verifier: await openVerifier(flags, order, apiToken?.value, open, poll),
    follow:
      jobReader && plan.follow.mode.value !== 'no'
        ? (build) =>
            followBuild(build, jobReader, pace, settings, flags, plan.follow, reports, context, report)
        : undefined,
    findJobs: jobReader && plan.jobs.value ? (build) => waitForJobs(build, jobReader, poll) : undefined,
  }
}
