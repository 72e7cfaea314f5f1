import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Settings } from '../config/settings.ts'
import { parseDuration } from '../config/duration.ts'
import type { RunFlags } from '../config/flags.ts'
import type { Plan } from '../config/plan.ts'
import { fromEnv } from '../config/setting.ts'
import type { Context } from '../core/context.ts'
import { configError, TriggerError } from '../core/errors.ts'
import { safeToRepeat } from '../core/hints.ts'
import { checkLockName, takeLock } from '../state/lock.ts'
import type { Reporter } from '../events.ts'

/** A run that may begin. */
export interface Turn {
  /** How long it has waited, in ms. */
  waitedMs: number
  /** Lets go of the lock. */
  release(): Promise<void>
}

/** From 0 up to 1, the same for the same words. */
function fraction(words: readonly string[]): number {
  return createHash('sha256').update(JSON.stringify(words)).digest().readUIntBE(0, 6) / 2 ** 48
}

/**
 * How long --jitter waits, in ms: chosen by host, recipe and targets, so that it is the same from night to night, and another one on another host.
 */
export function jitterMs(
  mostMs: number,
  host: string,
  recipe: string | undefined,
  targets: readonly Pick<Settings, 'server' | 'project' | 'ref'>[],
): number {
  const words = targets.flatMap(({ server, project, ref }) => [server.value.base, project.value, ref.value])
  return Math.floor(fraction([host, recipe ?? '', ...words]) * mostMs)
}

async function lock(name: string, plan: Plan, context: Context): Promise<() => Promise<void>> {
  checkLockName(name)
  const { state } = plan.config.places
  if (state === undefined)
    throw configError('--lock: there is no folder for locks', 'Set HOME or XDG_STATE_HOME.')
  const { pid, host } = context.me()
  const since = new Date(context.now()).toISOString()
  const path = fromEnv(context.env, 'PATH')?.value
  const locked = await takeLock(join(state, 'locks'), name, { pid, host, since }, path)
  if (locked.isOurs) return () => locked.release()
  const { holder } = locked
  const who = holder ? ` (process ${holder.pid} on ${holder.host}, since ${holder.since})` : ''
  throw new TriggerError({
    exit: 'notStarted',
    message: `--lock ${name}: another run holds it${who}`,
    hint: safeToRepeat,
  })
}

/** Waits as --jitter says, then takes the lock of --lock. Throws exit 10 where another run has it; a signal ends the waiting. */
export async function waitForTurn(
  flags: Pick<RunFlags, 'jitter' | 'lock'>,
  plan: Plan,
  targets: readonly Settings[],
  context: Context,
  report: Reporter,
): Promise<Turn> {
  let waitedMs = 0
  if (flags.jitter !== undefined) {
    const most = parseDuration(flags.jitter, '--jitter')
    waitedMs = jitterMs(most, context.me().host, plan.recipe, targets)
    await report({ type: 'noted', text: `Waiting ${Math.ceil(waitedMs / 1000)} s (--jitter).` })
    await context.sleep(waitedMs, context.interrupted)
  }
  const release = flags.lock === undefined ? () => Promise.resolve() : await lock(flags.lock, plan, context)
  return { waitedMs, release }
}
