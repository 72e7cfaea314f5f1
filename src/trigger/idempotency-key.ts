import { join } from 'node:path'
import type { Build } from '../core/build.ts'
import type { Settings } from '../config/settings.ts'
import type { Plan } from '../config/plan.ts'
import type { Context } from '../core/context.ts'
import { configError, TriggerError, usageError } from '../core/errors.ts'
import { safeToRepeat } from '../core/hints.ts'
import {
  recordIntent,
  recordResult,
  readEntry,
  type Entry,
  type Intent,
  type Result,
} from '../state/journal.ts'

/** A trigger under a key. */
export type IdempotencyState =
  /** The key was used: this came of it. */
  | { kind: 'done'; entry: Entry & { result: Result } }
  /** A run with the key ended without a result: a build may exist. */
  | { kind: 'open'; entry: Entry; finish(result: Result): Promise<void> }
  /** It is ours to trigger, and the journal knows it. */
  | { kind: 'ours'; finish(result: Result): Promise<void> }

/** The folder of the journal. Throws a configuration error where there is none. */
function folderOf(plan: Plan): string {
  const { state } = plan.config.places
  if (state === undefined)
    throw configError('--once: there is no folder for the journal', 'Set HOME or XDG_STATE_HOME.')
  return join(state, 'once')
}

function refuseOtherTrigger({ intent }: Entry, settings: Settings): void {
  const isSame =
    intent.server === settings.server.value.base &&
    intent.project === settings.project.value &&
    intent.ref === settings.ref.value
  if (isSame) return
  throw usageError(
    `--once: that key was used for ${intent.project} on ${intent.ref} at ${intent.server}`,
    'Use another key for another trigger.',
  )
}

/** The build that an earlier run with the key triggered, as the journal has it; undefined where there is none. Throws as `openOnce`. */
export async function recordedBuild(
  key: string,
  settings: Settings,
  plan: Plan,
): Promise<{ build: Build; at: string } | undefined> {
  const entry = await readEntry(folderOf(plan), key)
  if (!entry) return undefined
  refuseOtherTrigger(entry, settings)
  const build = entry.result?.outcome === 'triggered' ? entry.result.build : null
  return build ? { build, at: entry.intent.at } : undefined
}

/**
 * Looks a key up in the journal, and announces the trigger there if it is a new one; from then on every later run knows of it. Throws where
 * another run is at it (exit 10), the key was used for another trigger (2) or the journal cannot be written (14): nothing is sent then.
 */
export async function claimKey(
  key: string,
  settings: Settings,
  plan: Plan,
  context: Context,
  seen: Pick<Intent, 'baseline' | 'source' | 'marker'>,
): Promise<IdempotencyState> {
  const folder = folderOf(plan)
  const intent: Intent = {
    key,
    at: new Date(context.now()).toISOString(),
    server: settings.server.value.base,
    project: settings.project.value,
    ref: settings.ref.value,
    variables: settings.variables.map((variable) => variable.key),
    ...seen,
    ...context.me(),
  }
  const announced = (await readEntry(folder, key)) ? undefined : await recordIntent(folder, intent)
  if (announced) return { kind: 'ours', finish: (result) => announced.finish(result) }
  const entry = await readEntry(folder, key)
  if (!entry)
    throw configError(
      `--once: the journal in ${folder} holds no whole line for that key`,
      'Look at it with gitlab-trigger history.',
    )
  refuseOtherTrigger(entry, settings)
  const { result } = entry
  if (result?.outcome === 'triggered') return { kind: 'done', entry: { ...entry, result } }
  const { host, pid } = entry.intent
  if (result === undefined && host === intent.host && pid !== intent.pid && context.isRunning(pid)) {
    throw new TriggerError({
      exit: 'notStarted',
      message: `--once: another run with that key is still at it (process ${pid})`,
      hint: safeToRepeat,
    })
  }
  return { kind: 'open', entry, finish: (each) => recordResult(folder, entry.intent, each) }
}
