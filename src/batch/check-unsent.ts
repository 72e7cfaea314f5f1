import { parseDuration } from '../config/duration.ts'
import { absolutePath } from '../config/files/places.ts'
import { parseHeartbeat } from '../config/heartbeat-url.ts'
import type { Context } from '../core/context.ts'
import type { RunFlags } from '../options/run.ts'
import { checkRunLog } from '../output/reporters/run-log.ts'
import { openDestinations } from '../reports/destinations.ts'
import { checkLockName } from '../state/lock.ts'

/** The flags of an unattended run whose values can be wrong by themselves. */
type UnattendedFlags = Pick<RunFlags, 'jitter' | 'lock' | 'heartbeat' | 'heartbeatFailure'>

/** Throws the usage error with which a run would refuse one of these values. Nothing is opened or sent. */
export function checkUnattendedFlags(
  { jitter, lock, heartbeat, heartbeatFailure }: UnattendedFlags,
  context: Pick<Context, 'secrets'>,
): void {
  if (jitter !== undefined) parseDuration(jitter, '--jitter', true)
  if (lock !== undefined) checkLockName(lock)
  if (heartbeat !== undefined) parseHeartbeat('--heartbeat', heartbeat, context)
  if (heartbeatFailure !== undefined) parseHeartbeat('--heartbeat-failure', heartbeatFailure, context)
}

/**
 * Checks for --dry-run and --check what a run of this many pipelines would open before it sends anything: reports, log file, lock,
 * heartbeats. Nothing is created. Throws as the run would.
 */
export async function checkUnsent(flags: RunFlags, builds: number, context: Context): Promise<void> {
  checkUnattendedFlags(flags, context)
  if (flags.logFile !== undefined) await checkRunLog(absolutePath(flags.logFile, context), context)
  await openDestinations(flags, builds, context, { isDry: true })
}
