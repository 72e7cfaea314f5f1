import { join } from 'node:path'
import type { Settings } from '../config/settings.ts'
import type { Build, BuildState } from '../core/build.ts'
import type { Context } from '../core/context.ts'
import { configError, TriggerError, usageError } from '../core/errors.ts'
import { safeToRepeat } from '../core/hints.ts'
import { readEntry, recordIntent, recordResult } from '../state/journal.ts'
import type { Entry, Intent, Result } from '../state/journal-entry.ts'

/** The state of an idempotency key (`--once KEY`, or the one that --resume stands for) in the journal. */
export type IdempotencyState =
  /** An earlier run used the key, and recorded how it ended. */
  | { kind: 'done'; entry: Entry; build: Build }
  /** An earlier run used the key and recorded no pipeline: one may exist, or does. */
  | { kind: 'open'; entry: Entry; finish(result: Result): Promise<void> }
  /** The key was free; this run has claimed it. */
  | { kind: 'ours'; finish(result: Result): Promise<void> }

/** A key, and the trigger that it stands for. */
export interface KeyUse {
  key: string
  settings: Settings
  /** The folder that holds the journal; undefined: there is none. */
  stateFolder: string | undefined
}

/** The folder of the journal. Throws a configuration error where there is none. */
function folderOf({ stateFolder }: KeyUse): string {
  if (stateFolder === undefined)
    throw configError('--once: there is no folder for the journal', 'Set HOME or XDG_STATE_HOME.')
  return join(stateFolder, 'once')
}

function refuseOtherTrigger(
  { intent }: Entry,
  { server, project, ref }: Settings,
  { secrets }: Pick<Context, 'secrets'>,
): void {
  // What was recorded was redacted.
  const isSame =
    intent.server === secrets.redact(server.value.base) &&
    intent.project === secrets.redact(project.value) &&
    intent.ref === secrets.redact(ref.value)
  if (isSame) return
  throw usageError(
    `--once: that key was used for ${intent.project} on ${intent.ref} at ${intent.server}`,
    'Use another key for another trigger.',
  )
}

/**
 * Resolves to the pipeline that an earlier run with the key has recorded, and when that began; to undefined
 * where there is none. Throws as `claimKey`.
 */
export async function recordedBuild(
  use: KeyUse,
  context: Pick<Context, 'secrets'>,
): Promise<{ build: Build; at: string } | undefined> {
  const entry = await readEntry(folderOf(use), use.key)
  if (!entry) return undefined
  refuseOtherTrigger(entry, use.settings, context)
  const build = entry.result?.outcome === 'triggered' ? entry.result.build : null
  return build ? { build, at: entry.intent.at } : undefined
}

/**
 * Claims a key in the journal: from then on every later run knows of this trigger. Resolves to what the
 * journal says where the key was used before. Throws where another run with the key is still going (exit 10),
 * the key was used for another trigger (2) or the journal cannot be written (14): nothing is sent then.
 */
export async function claimKey(
  use: KeyUse,
  seen: Pick<Intent, 'baseline' | 'source' | 'marker' | 'nonce'>,
  context: Context,
): Promise<IdempotencyState> {
  const { key, settings } = use
  const folder = folderOf(use)
  const intent: Intent = {
    key,
    at: new Date(context.wallTime()).toISOString(),
    server: settings.server.value.base,
    project: settings.project.value,
    ref: settings.ref.value,
    variables: settings.variables.map((variable) => variable.key),
    ...seen,
    ...context.me(),
  }
  const announced = (await readEntry(folder, key))
    ? undefined
    : await recordIntent(folder, intent, context.secrets)
  if (announced) return { kind: 'ours', finish: (result) => announced.finish(result) }
  const entry = await readEntry(folder, key)
  if (!entry)
    throw configError(
      `--once: the journal in ${folder} holds no whole line for that key`,
      'Look at it with gitlab-trigger history.',
    )
  refuseOtherTrigger(entry, settings, context)
  const { result } = entry
  if (result?.outcome === 'triggered' && result.build) return { kind: 'done', entry, build: result.build }
  const { host, pid } = entry.intent
  if (result === undefined && host === intent.host && pid !== intent.pid && context.isRunning(pid)) {
    throw new TriggerError({
      exit: 'notStarted',
      message: `--once: another run with that key is still at it (process ${pid})`,
      hint: safeToRepeat,
    })
  }
  return { kind: 'open', entry, finish: (each) => recordResult(folder, entry.intent, each, context.secrets) }
}

/** Records under a claimed key how the trigger ended. Rejects where that cannot be written. */
export async function recordEnd(
  claim: IdempotencyState,
  state: BuildState,
  exitCode: number,
  { wallTime }: Pick<Context, 'wallTime'>,
): Promise<void> {
  if (claim.kind === 'done') return
  // What an earlier run left open stays open until its pipeline is found.
  if (claim.kind === 'open' && state.kind !== 'triggered') return
  await claim.finish({
    at: new Date(wallTime()).toISOString(),
    outcome: state.kind,
    build: state.kind === 'triggered' ? state.build : null,
    exitCode,
  })
}
