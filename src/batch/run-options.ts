import { parseDuration } from '../config/duration.ts'
import type { RunFlags } from '../options/run.ts'
import type { Plan } from '../config/plan.ts'
import type { Context } from '../core/context.ts'
import type { Reporter } from '../events.ts'
import { followSettings } from '../session/follow-settings.ts'
import { checkLockName } from '../state/lock.ts'
import type { TurnOptions } from '../trigger/jitter-and-lock.ts'
import type { RunOptions } from '../trigger/run-context.ts'

const typedTokenWarning =
  '--token can be read by every user of this machine; use --token-file or GITLAB_TRIGGER_TOKEN.'

const ambiguousRetryWarning = '--retry-ambiguous can start two pipelines.'

/** Takes from flags and plan how `run` wants its targets triggered. */
export function resolveRunOptions(
  flags: RunFlags,
  plan: Plan,
  context: Context,
  report: Reporter,
): RunOptions {
  return {
    timeout: plan.timeout,
    retry: plan.retry,
    retryAmbiguous: flags.retryAmbiguous ?? false,
    verify: flags.verify,
    resume: flags.resume ?? false,
    everywhere: flags.everywhere ?? false,
    skipIfRunning: flags.skipIfRunning ?? false,
    onlyIfChanged: flags.onlyIfChanged ?? false,
    expectSha: flags.expectSha,
    jobs: plan.jobs.value,
    // --timeout is the limit of the trigger; what is followed takes its own time.
    following: { ...followSettings(flags, plan, context, report), total: undefined },
    exitCodes: plan.exitCodes,
    stateFolder: plan.config.places.state,
    warnings: [
      ...(flags.token === undefined ? [] : [typedTokenWarning]),
      ...(flags.retryAmbiguous ? [ambiguousRetryWarning] : []),
    ],
  }
}

/**
 * Takes from flags and plan what `run` waits for before it begins. Throws a usage error for a delay or a name of a lock that is
 * none.
 */
export function turnOptions({ jitter, lock }: RunFlags, { recipe, config }: Plan): TurnOptions {
  if (lock !== undefined) checkLockName(lock)
  return {
    mostJitterMs: jitter === undefined ? undefined : parseDuration(jitter, '--jitter', true),
    lock,
    recipe,
    stateFolder: config.places.state,
  }
}
