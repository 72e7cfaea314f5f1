import { join } from 'node:path'
import type { Settings } from '../config/settings.ts'
import type { Build } from '../core/build.ts'
import type { Context } from '../core/context.ts'
import { configError, TriggerError } from '../core/errors.ts'
import { safeToRepeat } from '../core/hints.ts'
import { isMarker } from '../core/marker.ts'
import { commitAt, runningPipeline } from '../gitlab/trigger/preflight-reads.ts'
import { openMemory, readLast } from '../state/last-triggered.ts'
import { sourceOf } from './lost-response.ts'
import type { PreparedTrigger } from './prepare-trigger.ts'
import type { RunOptions } from './run-context.ts'

/** Whether a target is to be triggered, by the commit that its ref is at. */
export type Precondition =
  | { isHeld: true; why: string }
  | {
      isHeld: false
      /** Remembers what was triggered. Rejects when that cannot be written. */
      remember(build: Build): Promise<void>
      /** Forgets the attempt: nothing was triggered. */
      forget(): Promise<void>
    }

/** Throws exit 10 where an earlier pipeline of the same project, ref and source still runs. */
async function refuseWhileRunning({ order, ask }: PreparedTrigger): Promise<void> {
  const running = await ask('--skip-if-running', (reader) =>
    runningPipeline(reader, order.ref, sourceOf(order)),
  )
  if (!running) return
  throw new TriggerError({
    exit: 'notStarted',
    message: `--skip-if-running: pipeline ${running.id} of project ${order.project} on ${order.ref} still runs (${running.status})`,
    hint: safeToRepeat,
  })
}

/**
 * The key of what makes two triggers the same: the target, and everything that is sent except random values.
 */
function memoryKey({ order }: PreparedTrigger, { variables }: Settings): string {
  const { base, project, ref, inputs } = order
  const sent = variables
    .filter((each) => !isMarker(each))
    .map(({ key, value }) => [key, value])
    .sort(([a = ''], [b = '']) => a.localeCompare(b, 'en'))
  return JSON.stringify([base, project, ref, sent, inputs.map(({ key, value }) => [key, value])])
}

/**
 * Holds the trigger if the ref is at the commit for which it was last triggered; opens a place to remember
 * this one if not.
 */
async function checkCommit(
  prepared: PreparedTrigger,
  settings: Settings,
  stateFolder: string | undefined,
  context: Context,
): Promise<Precondition> {
  if (stateFolder === undefined)
    throw configError('--only-if-changed: there is no folder to remember in', 'Set HOME or XDG_STATE_HOME.')
  const folder = join(stateFolder, 'last')
  const key = memoryKey(prepared, settings)
  const { ref, project } = prepared.order
  const sha = await prepared.ask('--only-if-changed', (reader) => commitAt(reader, ref))
  const last = await readLast(folder, key)
  // What was recorded was redacted.
  if (last?.sha === context.secrets.redact(sha)) {
    const build = last.id === null ? '' : ` as build ${last.id}`
    const why = `Not triggered: ${ref} of project ${project} is still at ${sha.slice(0, 8)}, triggered ${last.at}${build}.`
    return { isHeld: true, why }
  }
  const memory = await openMemory(folder, key, context.secrets)
  return {
    isHeld: false,
    remember: (build) =>
      memory.keep({ sha: build.sha ?? sha, id: build.id, at: new Date(context.now()).toISOString() }),
    forget: () => memory.drop(),
  }
}

/**
 * Decides by --skip-if-running and --only-if-changed; resolves to undefined where nothing has to be
 * remembered. Throws exit 10, and what reading and remembering throw; nothing was sent then.
 */
export async function checkPreconditions(
  {
    skipIfRunning,
    onlyIfChanged,
    stateFolder,
  }: Pick<RunOptions, 'skipIfRunning' | 'onlyIfChanged' | 'stateFolder'>,
  prepared: PreparedTrigger,
  settings: Settings,
  context: Context,
): Promise<Precondition | undefined> {
  if (skipIfRunning) await refuseWhileRunning(prepared)
  return onlyIfChanged ? checkCommit(prepared, settings, stateFolder, context) : undefined
}
