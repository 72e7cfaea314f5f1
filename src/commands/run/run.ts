import { absolutePath } from '../../config/files/places.ts'
import type { HeartbeatFlag } from '../../config/heartbeat-url.ts'
import type { RunFlags } from '../../options/run.ts'
import { resolvePlan } from '../../config/plan.ts'
import type { Context } from '../../core/context.ts'
import { asTriggerError, codeOf, TriggerError } from '../../core/errors.ts'
import type { RunLog } from '../../output/reporters/run-log.ts'
import { withSubject } from '../../trigger/error-subject.ts'
import { run } from './run-targets.ts'

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
        hint: 'The pipeline goes on; do not start another one.',
        build: log.state(),
      })
    )
  }
}

/** What an unattended run opens before anything is sent. */
interface Unattended {
  log: RunLog | undefined
  /** Send the heartbeat after success and after a failure; resolve to why it was not accepted, or to undefined. */
  pingSuccess: Ping | undefined
  pingFailure: Ping | undefined
}

type Ping = () => Promise<string | undefined>

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

async function openUnattended(
  flags: RunFlags,
  recipe: string | undefined,
  context: Context,
): Promise<Unattended> {
  const { heartbeat, heartbeatFailure, logFile } = flags
  try {
    return {
      pingSuccess: await openHeartbeat('--heartbeat', heartbeat, flags, context),
      pingFailure: await openHeartbeat('--heartbeat-failure', heartbeatFailure, flags, context),
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

/** What was typed for `run`. */
export interface RunTyped {
  flags: RunFlags
  /** Recipes. */
  words: readonly string[]
  /** Projects and refs beside those in `flags`. */
  further?: Readonly<Record<string, readonly string[]>>
  /** The command that the first word may have been meant as. */
  nearCommand?: string
}

/** Triggers one pipeline or the targets of one recipe, or several of them at once. */
async function runTyped(typed: RunTyped, context: Context, log?: RunLog): Promise<number> {
  const { flags, words, further, nearCommand } = typed
  if (words.length < 2 && !further) return run(flags, words[0], context, nearCommand, log?.listen)
  const { runSeveral } = await import('./run-several.ts')
  return runSeveral(typed, context, log?.listenFor)
}

/**
 * Carries out `run`, adds a line to --log-file, and pings --heartbeat after a success, --heartbeat-failure after
 * anything else: what a run that nobody watches needs. Throws as `run`.
 */
export async function runUnattended(typed: RunTyped, context: Context): Promise<number> {
  const { flags, words } = typed
  const [recipe] = words
  if (flags.interactive && words.length < 2 && !typed.further) {
    const asked = await (await import('./interactive/ask-run.ts')).askRun(flags, recipe, context)
    return runUnattended(
      { flags: asked.flags, words: asked.recipe === undefined ? [] : [asked.recipe] },
      context,
    )
  }
  if (flags.dryRun || flags.curl) return runTyped(typed, context)
  const { log, pingSuccess, pingFailure } = await openUnattended(flags, recipe, context)
  const tell = async (ping: Ping | undefined): Promise<void> => {
    const why = await ping?.()
    if (why !== undefined) await warn(flags, context, `the heartbeat was not taken: ${why}`)
  }
  let code: number
  try {
    code = await runTyped(typed, context, log)
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
