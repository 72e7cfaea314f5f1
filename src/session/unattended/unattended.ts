import { absolutePath } from '../../config/files/places.ts'
import type { HeartbeatFlag } from '../../config/heartbeat-url.ts'
import type { Context } from '../../core/context.ts'
import { asTriggerError, codeOf, TriggerError } from '../../core/errors.ts'
import type { RunFlags } from '../../options/run.ts'
import type { RunLog } from '../../output/reporters/run-log.ts'

type Ping = () => Promise<string | undefined>

/** What such a run opens before anything is sent. */
interface Opened {
  log: RunLog | undefined
  /** Send the heartbeat after success and after a failure; resolve to why it was not accepted, or to undefined. */
  pingSuccess: Ping | undefined
  pingFailure: Ping | undefined
}

async function openLog(path: string, recipe: string | undefined, context: Context): Promise<RunLog> {
  const { openRunLog } = await import('../../output/reporters/run-log.ts')
  return openRunLog(absolutePath(path, context), recipe, context)
}

async function openHeartbeat(
  flag: HeartbeatFlag,
  url: string | undefined,
  flags: RunFlags,
  context: Context,
): Promise<Ping | undefined> {
  if (url === undefined) return undefined
  const { pingHeartbeat } = await import('./heartbeat.ts')
  const { parseHeartbeat } = await import('../../config/heartbeat-url.ts')
  const address = parseHeartbeat(flag, url, context)
  return () => pingHeartbeat(flag, address, flags, context)
}

async function open(flags: RunFlags, recipe: string | undefined, context: Context): Promise<Opened> {
  const { heartbeat, heartbeatFailure, logFile } = flags
  return {
    pingSuccess: await openHeartbeat('--heartbeat', heartbeat, flags, context),
    pingFailure: await openHeartbeat('--heartbeat-failure', heartbeatFailure, flags, context),
    log: logFile === undefined ? undefined : await openLog(logFile, recipe, context),
  }
}

/**
 * Adds the run's line to the log. A successful run that cannot be logged ends with 11, and says whether its
 * pipeline exists.
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
        hint: 'Only the line of the log file is missing; do not trigger again.',
        build: log.state(),
      })
    )
  }
}

async function warn(flags: RunFlags, context: Context, text: string): Promise<void> {
  const { reporterFor } = await import('../../output/reporters/reporter.ts')
  const report = await reporterFor({ quiet: true, ...(flags.color === false && { color: false }) }, context)
  await report({ type: 'warned', text, isGrave: true })
}

/**
 * Carries out an unattended run: adds a line to --log-file, and pings --heartbeat after a success, --heartbeat-failure after anything else.
 * `about` adds to an error from before the run what it is about. Resolves to the exit code of `work`; throws as it does, and exit 11 for a log that
 * could not be written.
 */
export async function unattended(
  flags: RunFlags,
  recipe: string | undefined,
  context: Context,
  work: (log: RunLog | undefined) => Promise<number>,
  about: (failure: TriggerError) => Promise<TriggerError> = (failure) => Promise.resolve(failure),
): Promise<number> {
  const { log, pingSuccess, pingFailure } = await open(flags, recipe, context).catch(
    async (error: unknown) => {
      throw await about(asTriggerError(error, { kind: 'none' }))
    },
  )
  const tell = async (ping: Ping | undefined): Promise<void> => {
    const why = await ping?.()
    if (why !== undefined) await warn(flags, context, `the heartbeat failed: ${why}`)
  }
  let code: number
  try {
    code = await work(log)
  } catch (error) {
    const failure = asTriggerError(error, { kind: 'none' })
    if (log) await finishLog(log, failure.exitCode, failure)
    await tell(pingFailure)
    throw failure
  }
  if (log) await finishLog(log, code, undefined)
  await tell(code === 0 ? pingSuccess : pingFailure)
  return code
}
