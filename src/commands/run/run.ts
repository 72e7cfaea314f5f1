import type { RunFlags } from '../../options/run.ts'
import { absolutePath } from '../../config/files/places.ts'
import { resolvePlan } from '../../config/plan.ts'
import type { Context } from '../../core/context.ts'
import { asTriggerError, codeOf, TriggerError } from '../../core/errors.ts'
import type { RunLog } from '../../output/reporters/run-log.ts'
import { run } from './run-targets.ts'
import { withSubject } from '../../trigger/error-subject.ts'

/** Adds the run's line to the log. A run that did well and cannot be logged ends with 11, with what is true about its build. */
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

/** What must be had before anything is sent: the log, and an address for the heartbeat. */
interface Prepared {
  log: RunLog | undefined
  beat: (() => Promise<string | undefined>) | undefined
}

async function openLog(path: string, recipe: string | undefined, context: Context): Promise<RunLog> {
  const { openRunLog } = await import('../../output/reporters/run-log.ts')
  return openRunLog(absolutePath(path, context), recipe, context)
}

async function openHeart(text: string, flags: RunFlags, context: Context): Promise<Prepared['beat']> {
  const { pingHeartbeat } = await import('./heartbeat.ts')
  const { parseHeartbeat } = await import('../../config/heartbeat-url.ts')
  const address = parseHeartbeat(text, context)
  return () => pingHeartbeat(address, flags, context)
}

async function prepare(flags: RunFlags, recipe: string | undefined, context: Context): Promise<Prepared> {
  const { heartbeat, logFile } = flags
  try {
    return {
      beat: heartbeat === undefined ? undefined : await openHeart(heartbeat, flags, context),
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

/** `run` with what only a run that nobody watches asks for: a line in --log-file, and after success --heartbeat. Throws as `run`. */
export async function runUnattended(
  flags: RunFlags,
  recipe: string | undefined,
  context: Context,
  nearCommand?: string,
): Promise<number> {
  if (flags.dryRun || flags.curl) return run(flags, recipe, context, nearCommand)
  const { log, beat } = await prepare(flags, recipe, context)
  let code: number
  try {
    code = await run(flags, recipe, context, nearCommand, log?.listen)
  } catch (error) {
    const failure = asTriggerError(error, { kind: 'none' })
    if (log) await finishLog(log, failure.exitCode, failure)
    throw failure
  }
  if (log) await finishLog(log, code, undefined)
  if (code !== 0 || !beat) return code
  const why = await beat()
  if (why !== undefined) await warn(flags, context, `the heartbeat was not taken: ${why}`)
  return code
}
