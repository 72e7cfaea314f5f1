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
  | { kind: 'open'; entry: Entry; doubt: Doubt; finish(result: Result): Promise<void> }
  /** The key was free; this run has claimed it. */
  | { kind: 'ours'; finish(result: Result): Promise<void> }

/** How it is said that it is not known whether an earlier run made a pipeline. */
export interface Doubt {
  /** What the earlier run was: `--once: the run of 2026-11-30T02:00:00.000Z`. */
  run: string
  /** What to do where there turns out to be no pipeline. */
  otherwise: string
}

/** Where a trigger is recorded before it is sent, so that it is sent only once. */
export interface OnceRecord {
  /** Makes what is sent the same on every machine; undefined: it need not be. */
  key: string | undefined
  /** What is known, before anything is asked, of the pipeline of an earlier run; undefined where that is not known yet. */
  before?: BuildState
  /** Resolves to the pipeline that an earlier run has recorded, and when that began; to undefined where there is none. Throws as `claim`. */
  recordedBuild(): Promise<{ build: Build; at: string } | undefined>
  /**
   * From then on every later run knows of this trigger. Resolves to what is recorded of an earlier one. Throws where another run is still going
   * (exit 10), it was another trigger (2) or it cannot be recorded (14): nothing is sent then.
   */
  claim(seen: SeenBefore): Promise<IdempotencyState>
}

/** What is known just before a trigger, by which its pipeline is found again. */
export type SeenBefore = Pick<Intent, 'baseline' | 'source' | 'marker' | 'nonce'>

/** The record of a trigger under an idempotency key, in the journal of `--once`. */
export function onceRecord(use: KeyUse, context: Context): OnceRecord {
  return {
    key: use.key,
    recordedBuild: () => recordedBuild(use, context),
    claim: (seen) => claimKey(use, seen, context),
  }
}

/** A key, and the trigger that it stands for. */
interface KeyUse {
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

async function recordedBuild(
  use: KeyUse,
  context: Context,
): Promise<{ build: Build; at: string } | undefined> {
  const entry = await readEntry(folderOf(use), use.key, context)
  if (!entry) return undefined
  refuseOtherTrigger(entry, use.settings, context)
  const build = entry.result?.outcome === 'triggered' ? entry.result.build : null
  return build ? { build, at: entry.intent.at } : undefined
}

/** What is recorded of a trigger before it is sent. */
export function intentOf(key: string, settings: Settings, seen: SeenBefore, context: Context): Intent {
  return {
    key,
    at: new Date(context.wallTime()).toISOString(),
    server: settings.server.value.base,
    project: settings.project.value,
    ref: settings.ref.value,
    variables: settings.variables.map((variable) => variable.key),
    ...seen,
    ...context.me(),
  }
}

async function claimKey(use: KeyUse, seen: SeenBefore, context: Context): Promise<IdempotencyState> {
  const { key, settings } = use
  const folder = folderOf(use)
  const intent = intentOf(key, settings, seen, context)
  const announced = (await readEntry(folder, key, context))
    ? undefined
    : await recordIntent(folder, intent, context)
  if (announced) return { kind: 'ours', finish: (result) => announced.finish(result) }
  const entry = await readEntry(folder, key, context)
  if (!entry)
    throw configError(
      `--once: the journal in ${folder} holds no whole line for that key`,
      'To read it: gitlab-trigger history',
    )
  refuseOtherTrigger(entry, settings, context)
  const { result } = entry
  if (result?.outcome === 'triggered' && result.build) return { kind: 'done', entry, build: result.build }
  const { host, pid } = entry.intent
  if (result === undefined && host === intent.host && pid !== intent.pid && context.isRunning(pid)) {
    throw new TriggerError({
      exit: 'notStarted',
      message: `--once: another run with that key has not finished (process ${pid})`,
      hint: safeToRepeat,
    })
  }
  return {
    kind: 'open',
    entry,
    doubt: {
      run: `--once: the run of ${entry.intent.at}`,
      otherwise: `use another key than ${JSON.stringify(key)}`,
    },
    finish: (each) => recordResult(folder, entry.intent, each, context),
  }
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
