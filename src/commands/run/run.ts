import { absolutePath } from '../../config/files/places.ts'
import type { RunFlags } from '../../options/run.ts'
import { resolvePlan } from '../../config/plan.ts'
import type { Context } from '../../core/context.ts'
import { asTriggerError, codeOf, TriggerError } from '../../core/errors.ts'
import type { RunLog } from '../../output/reporters/run-log.ts'
import { withSubject } from '../../trigger/error-subject.ts'
import { run } from './run-targets.ts'

/**
 * Adds the run's line to the log. A successful run that cannot be logged ends with 11, and says what is true
 * about its pipeline.
 */
async function finishLog(log: RunLog, code: number, failure: TriggerError | undefined): Promise<void> {
  try {
    await log.finish(code, failure)
  } catch (error) {
    throw (
      failure ??
      new TriggerError({
        exit: 'notWritten',
        message: `the log file could not be written (${codeOf(error)})`,
        hint: 'What was triggered goes on; do not trigger it again.',
        build: log.state(),
      })
    )
  }
}

/** What an unattended run opens before anything is sent. */
interface Unattended {
  log: RunLog | undefined
  /** Sends the heartbeat; resolves to why it was not accepted, or to undefined. */
  ping: (() => Promise<string | undefined>) | undefined
}

async function openLog(path: string, recipe: string | undefined, context: Context): Promise<RunLog> {
  const { openRunLog } = await import('../../output/reporters/run-log.ts')
  return openRunLog(absolutePath(path, context), recipe, context)
}

async function openHeartbeat(url: string, flags: RunFlags, context: Context): Promise<Unattended['ping']> {
  const { pingHeartbeat } = await import('./heartbeat.ts')
  const { parseHeartbeat } = await import('../../config/heartbeat-url.ts')
  const address = parseHeartbeat(url, context)
  return () => pingHeartbeat(address, flags, context)
}

async function openUnattended(
  flags: RunFlags,
  recipe: string | undefined,
  context: Context,
): Promise<Unattended> {
  const { heartbeat, logFile } = flags
  try {
    return {
      ping: heartbeat === undefined ? undefined : await openHeartbeat(heartbeat, flags, context),
      log: logFile === undefined ? undefined : await openLog(logFile, recipe, context),
    }
  } catch (error) {
    const plan = await resolvePlan(flags, recipe, context).catch(() => undefined)
    throw withSubject(asTriggerError(error, { kind: 'none' }), plan)
  }
}

async function warn(flags: RunFlags, context: Context, text: string): Promise<void> {
  const { reporterFor } = await import('../../output/reporters/reporter.ts')
  const report = await reporterFor({ quiet: true, ...(flags.color === false && { color: false }) }, context)
  await report({ type: 'warned', text, isGrave: true })
}

/**
 * Carries out `run`, adds a line to --log-file, and after a success pings --heartbeat: what a run that nobody
 * watches needs. Throws as `run`.
 */
export async function runUnattended(
  flags: RunFlags,
  recipe: string | undefined,
  context: Context,
  nearCommand?: string,
): Promise<number> {
  if (flags.dryRun || flags.curl) return run(flags, recipe, context, nearCommand)
  const { log, ping } = await openUnattended(flags, recipe, context)
  let code: number
  try {
    code = await run(flags, recipe, context, nearCommand, log?.listen)
  } catch (error) {
    const failure = asTriggerError(error, { kind: 'none' })
    if (log) await finishLog(log, failure.exitCode, failure)
    throw failure
  }
  if (log) await finishLog(log, code, undefined)
  if (code !== 0 || !ping) return code
  const why = await ping()
  if (why !== undefined) await warn(flags, context, `the heartbeat was not taken: ${why}`)
  return code
}
