import { join } from 'node:path'
import type { Build } from '../core/build.ts'
import type { Settings } from '../config/settings.ts'
import type { RunFlags } from '../config/flags.ts'
import type { Plan } from '../config/plan.ts'
import type { Context } from '../core/context.ts'
import { configError, TriggerError } from '../core/errors.ts'
import { safeToRepeat } from '../core/hints.ts'
import { commitAt, runningPipeline } from '../gitlab/trigger/preflight-reads.ts'
import { openMemory, readLast, type Memory } from '../state/last-triggered.ts'
import type { PreparedTrigger } from './prepare-trigger.ts'

/** Whether a target is to be triggered at all. */
export type Precondition =
  | { isHeld: true; why: string }
  | {
      isHeld: false
      /** Remembers what was triggered. Rejects when that cannot be written. */
      remember(build: Build): Promise<void>
      /** Nothing was triggered. */
      forget(): Promise<void>
    }

const go: Precondition = {
  isHeld: false,
  remember: () => Promise.resolve(),
  forget: () => Promise.resolve(),
}

/** Throws exit 10 where an earlier pipeline of the same project, ref and source still runs. */
async function refuseWhileRunning({ order, ask }: PreparedTrigger): Promise<void> {
  const source = order.isJobToken ? 'pipeline' : 'trigger'
  const running = await ask('--skip-if-running', (reader) => runningPipeline(reader, order.ref, source))
  if (!running) return
  throw new TriggerError({
    exit: 'notStarted',
    message: `--skip-if-running: pipeline ${running.id} of project ${order.project} on ${order.ref} still runs (${running.status})`,
    hint: safeToRepeat,
  })
}

/** What makes two triggers the same: where to, and everything that is sent but for what is random. */
function keyOf({ order }: PreparedTrigger, { variables }: Settings): string {
  const { base, project, ref, inputs } = order
  const ours = ['--marker', '--resume']
  const sent = variables
    .filter(({ origin }) => !ours.includes(origin))
    .map(({ key, value }) => [key, value])
    .sort(([a = ''], [b = '']) => a.localeCompare(b, 'en'))
  return JSON.stringify([base, project, ref, sent, inputs.map(({ key, value }) => [key, value])])
}

/** Whether the ref is at another commit than when it was last triggered, and where to remember this one. */
async function decideByCommit(
  work: PreparedTrigger,
  settings: Settings,
  plan: Plan,
  context: Context,
): Promise<Precondition> {
  const { state } = plan.config.places
  if (state === undefined)
    throw configError('--only-if-changed: there is no folder to remember in', 'Set HOME or XDG_STATE_HOME.')
  const folder = join(state, 'last')
  const key = keyOf(work, settings)
  const { ref, project } = work.order
  const sha = await work.ask('--only-if-changed', (reader) => commitAt(reader, ref))
  const last = await readLast(folder, key)
  if (last?.sha === sha) {
    const build = last.id === null ? '' : ` as build ${last.id}`
    const why = `Not triggered: ${ref} of project ${project} is still at ${sha.slice(0, 8)}, triggered ${last.at}${build}.`
    return { isHeld: true, why }
  }
  const memory: Memory = await openMemory(folder, key)
  return {
    isHeld: false,
    remember: (build) =>
      memory.keep({ sha: build.sha ?? sha, id: build.id, at: new Date(context.now()).toISOString() }),
    forget: () => memory.drop(),
  }
}

/** Decides by --skip-if-running and --only-if-changed. Throws exit 10, and what reading and remembering throw; nothing was sent then. */
export async function checkPreconditions(
  flags: Pick<RunFlags, 'skipIfRunning' | 'onlyIfChanged'>,
  work: PreparedTrigger,
  settings: Settings,
  plan: Plan,
  context: Context,
): Promise<Precondition> {
  if (flags.skipIfRunning) await refuseWhileRunning(work)
  return flags.onlyIfChanged ? decideByCommit(work, settings, plan, context) : go
}
