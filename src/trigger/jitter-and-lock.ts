import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { fromEnv } from '../config/setting.ts'
import type { Settings } from '../config/settings.ts'
import type { Context } from '../core/context.ts'
import { configError, TriggerError } from '../core/errors.ts'
import { safeToRepeat } from '../core/hints.ts'
import type { Reporter } from '../events.ts'
import { takeLock } from '../state/lock.ts'
import { startPlace } from '../session/start-place.ts'

/** What a run waits for before it begins. */
export interface TurnOptions {
  /** The longest delay of --jitter, in ms; undefined: none. */
  mostJitterMs: number | undefined
  /** The name of the lock of --lock; undefined: none is taken. */
  lock: string | undefined
  recipe: string | undefined
  /** The folder that holds locks; undefined: there is none. */
  stateFolder: string | undefined
}

/** A run that may begin. */
export interface Turn {
  /** How long it has waited, in ms. */
  waitedMs: number
  /** Releases the lock. */
  release(): Promise<void>
}

/** A number from 0 up to 1, the same for the same words. */
function fraction(words: readonly string[]): number {
  return createHash('sha256').update(JSON.stringify(words)).digest().readUIntBE(0, 6) / 2 ** 48
}

/**
 * The delay of --jitter, in ms: chosen by place (see `startPlace`), recipe and targets, so that it is the same
 * from night to night, and another one on another host or cluster.
 */
export function jitterMs(
  mostMs: number,
  place: string,
  recipe: string | undefined,
  targets: readonly Pick<Settings, 'server' | 'project' | 'ref'>[],
): number {
  const words = targets.flatMap(({ server, project, ref }) => [server.value.base, project.value, ref.value])
  return Math.floor(fraction([place, recipe ?? '', ...words]) * mostMs)
}

async function lock(
  name: string,
  stateFolder: string | undefined,
  context: Context,
): Promise<() => Promise<void>> {
  if (stateFolder === undefined)
    throw configError('--lock: there is no folder for locks', 'Set HOME or XDG_STATE_HOME.')
  const { pid, host } = context.me()
  const since = new Date(context.wallTime()).toISOString()
  const world = { ...context, path: fromEnv(context.env, 'PATH')?.value }
  const self = { pid, host, since }
  const locked = await takeLock(join(stateFolder, 'locks'), name, self, world)
  if (locked.isOurs) return () => locked.release()
  const { holder } = locked
  const who = holder ? ` (process ${holder.pid} on ${holder.host}, since ${holder.since})` : ''
  throw new TriggerError({
    exit: 'notStarted',
    message: `--lock ${name}: another run holds it${who}`,
    hint: safeToRepeat,
  })
}

/**
 * Waits as --jitter says, then takes the lock of --lock. Throws exit 10 where another run holds it, and a
 * signal's reason.
 */
export async function waitForTurn(
  options: TurnOptions,
  targets: readonly Settings[],
  context: Context,
  report: Reporter,
): Promise<Turn> {
  const { mostJitterMs, recipe, stateFolder } = options
  let waitedMs = 0
  if (mostJitterMs !== undefined && mostJitterMs > 0) {
    waitedMs = jitterMs(mostJitterMs, startPlace(context), recipe, targets)
    await report({ type: 'noted', text: `Waiting ${Math.ceil(waitedMs / 1000)} s (--jitter).` })
    await context.sleep(waitedMs, context.interrupted)
  }
  const release =
    options.lock === undefined ? () => Promise.resolve() : await lock(options.lock, stateFolder, context)
  return { waitedMs, release }
}
