import { pollInterval, type PollInterval } from '../follow/poll-interval.ts'
import { requestTurn } from '../http/request-rate.ts'
import { clientFor, type Client } from '../gitlab/api/client.ts'
import { candidates, type CredentialCandidate, type Open } from '../gitlab/api/first-allowed.ts'
import { openHttpSession } from '../http/http-session.ts'
import type { PollPolicy } from '../http/retry/grace.ts'
import { clockOf, pollPolicy } from '../session/poll-policy.ts'
import { requestLimits, sessionOptions } from '../session/retry-policy.ts'
import { serverClock } from '../session/server-clock.ts'
import { pacing, transportOptions } from '../session/server-client.ts'
import type { TriggerAttempt } from './trigger-attempt.ts'

/** What reads the project of a trigger, before it and after it. */
export interface ProjectReads {
  /** The credentials to try, best first. */
  credentials: CredentialCandidate[]
  open: Open<Client>
  polling: PollPolicy
  /** The same client, whose requests keep to the rate limit. */
  paced: (client: Client) => Client
  /** When the pipeline is polled next, with every request that was sent counted. */
  interval: PollInterval
  /** The time by the server's clock, in ms since 1970. */
  serverNow: () => number
}

/** Opens connections for reading the project of a trigger, until the end of the attempt. */
export function openReads(attempt: TriggerAttempt): ProjectReads {
  const { settings, options, context, budget, report, atEnd } = attempt
  const target = { base: settings.server.value.base, project: settings.project.value }
  const interval = pollInterval(
    options.following.plan.pollIntervalMs,
    () => context.random(),
    attempt.pace?.rate,
  )
  const usual = sessionOptions(options.retry.value, context, budget, report)
  const clock = serverClock(context)
  const session = openHttpSession(target.base, {
    ...usual,
    transport: transportOptions(settings, context),
    listen: clock.listening(pacing(interval, usual.listen, context)),
  })
  atEnd.push(() => {
    session.close()
  })
  return {
    credentials: candidates(settings.apiToken?.value, settings.jobToken?.value),
    open: (dialect, credential) => clientFor(target, dialect, credential, session),
    polling: pollPolicy(context, Infinity, budget.signal),
    interval,
    paced: (client) =>
      client.within({
        ...requestLimits(context, budget),
        turn: requestTurn(interval, clockOf(context, budget.signal)),
      }),
    serverNow: () => clock.now(),
  }
}
