import { join } from 'node:path'
import { fromEnv } from '../config/setting.ts'
import type { Settings } from '../config/settings.ts'
import type { Build } from '../core/build.ts'
import { configError, DeadlineError, TriggerError } from '../core/errors.ts'
import { rulesOf } from '../core/system/platforms.ts'
import { safeToRepeat } from '../core/hints.ts'
import { isMarker } from '../core/marker.ts'
import { commitAt, runningPipeline } from '../gitlab/trigger/preflight-reads.ts'
import { recordName, openRecord, readLast } from '../state/last-triggered.ts'
import { waitForLock } from '../state/lock.ts'
import { sourceOf } from './lost-response.ts'
import type { PreparedTrigger } from './prepare-trigger.ts'
import type { TriggerAttempt } from './trigger-attempt.ts'

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
function recordKey({ order }: PreparedTrigger, { variables }: Settings): string {
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
async function checkCommit(prepared: PreparedTrigger, attempt: TriggerAttempt): Promise<Precondition> {
  const { settings, context } = attempt
  const { stateFolder } = attempt.options
  if (stateFolder === undefined)
    throw configError('--only-if-changed: there is no folder to remember in', 'Set HOME or XDG_STATE_HOME.')
  const folder = join(stateFolder, 'last')
  const key = recordKey(prepared, settings)
  const { ref, project } = prepared.order
  // Of several runs at once, only one reads, triggers and remembers; the next one finds what it has remembered.
  const release = await waitForOthers(join(stateFolder, 'locks'), `last-${recordName(key)}`, attempt)
  let isHeld = true
  try {
    const sha = await prepared.ask('--only-if-changed', (reader) => commitAt(reader, ref))
    const last = await readLast(folder, key, context)
    // What was recorded was redacted.
    if (last?.sha === context.secrets.redact(sha)) {
      const build = last.id === null ? '' : ` as pipeline ${last.id}`
      const why = `Not triggered: ${ref} of project ${project} is still at ${sha.slice(0, 8)}, triggered ${last.at}${build}.`
      return { isHeld, why }
    }
    const record = await openRecord(folder, key, context)
    isHeld = false
    return {
      isHeld,
      remember: (build) =>
        record
          .keep({ sha: build.sha ?? sha, id: build.id, at: new Date(context.wallTime()).toISOString() })
          .finally(release),
      forget: () => record.drop().finally(release),
    }
  } finally {
    if (isHeld) await release()
  }
}

/** Waits while another run is at the same trigger, within the limit of this one. Throws exit 10 after that. */
async function waitForOthers(
  folder: string,
  name: string,
  { context, budget, report }: TriggerAttempt,
): Promise<() => Promise<void>> {
  const world = { ...context, path: fromEnv(context.env, 'PATH')?.value }
  const release = await waitForLock('--only-if-changed', folder, name, world, budget.signal).catch(
    (error: unknown) => {
      if (!(error instanceof DeadlineError)) throw error
      throw new TriggerError({
        exit: 'notStarted',
        message: `--only-if-changed: another run is working on the same trigger, and ${error.message}`,
        hint: safeToRepeat,
        cause: error,
      })
    },
  )
  if (release) return release
  const text =
    '--only-if-changed: the program flock is not installed; runs at the same time can trigger the same commit twice.'
  // Where no flock can lock (docs/platforms.md), an unattended run does not repeat every night what no user can change.
  await report({ type: 'warned', text, ...(rulesOf(context).hasFlock && { isGrave: true }) })
  return () => Promise.resolve()
}

/**
 * Decides by --skip-if-running and --only-if-changed; resolves to undefined where nothing has to be
 * remembered. Throws exit 10, and what reading and remembering throw; nothing was sent then.
 */
export async function checkPreconditions(
  attempt: TriggerAttempt,
  prepared: PreparedTrigger,
): Promise<Precondition | undefined> {
  const { skipIfRunning, onlyIfChanged } = attempt.options
  if (skipIfRunning) await refuseWhileRunning(prepared)
  return onlyIfChanged ? checkCommit(prepared, attempt) : undefined
}
