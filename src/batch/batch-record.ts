import { hash } from 'node:crypto'
import type { Settings } from '../config/settings.ts'
import type { BuildState } from '../core/build.ts'
import type { Context } from '../core/context.ts'
import { TriggerError } from '../core/errors.ts'
import { isMarker } from '../core/marker.ts'
import type { BatchJournal } from '../state/batch-journal.ts'
import type { TargetEntry } from '../state/batch-lines.ts'
import type { Result } from '../state/journal-entry.ts'
import { intentOf, type OnceRecord } from '../trigger/idempotency-key.ts'

/** A hash of what a target sends, its token aside. */
export function hashOfTrigger({ server, project, ref, variables, inputs }: Settings): string {
  const given = variables.filter((each) => !isMarker(each))
  const pairs = [given, inputs].map((list) => list.map(({ key, value }) => [key, value]).sort())
  const sent = [server.value.base, project.value, ref.value, ...pairs]
  return hash('sha256', JSON.stringify(sent))
}

/** Whether an earlier run may have made a pipeline of a target, so that it must not be triggered again. */
export const mayExist = (entry: TargetEntry | undefined): entry is TargetEntry =>
  entry !== undefined && entry.result?.outcome !== 'none'

/** What an earlier run has left of a target's pipeline. */
export function earlierState(entry: TargetEntry | undefined): BuildState {
  if (!mayExist(entry)) return { kind: 'none' }
  const { outcome, build = null } = entry.result ?? {}
  return outcome === 'triggered' ? { kind: 'triggered', build } : { kind: 'unknown' }
}

/** Throws a usage error for a target that was triggered by an earlier run and is another one now. */
export function refuseChanged(entry: TargetEntry | undefined, hash: string): void {
  if (!mayExist(entry) || entry.hash === hash) return
  throw new TriggerError({
    exit: 'usage',
    message: `the plan or the flags have changed since its trigger was sent at ${entry.intent.at}`,
    hint: 'Restore the plan, and use the same flags; or give the target another name, or start over with --restart.',
    build: earlierState(entry),
  })
}

/** The record of one target in the journal of its batch; `earlier` is what an earlier run of the plan has recorded of it. */
export function batchRecord(
  name: string,
  settings: Settings,
  journal: BatchJournal,
  earlier: TargetEntry | undefined,
  context: Context,
): OnceRecord {
  const hash = hashOfTrigger(settings)
  const built = earlier?.result?.outcome === 'triggered' ? earlier.result.build : null
  return {
    key: undefined,
    before: earlierState(earlier),
    async recordedBuild() {
      refuseChanged(earlier, hash)
      return Promise.resolve(built && earlier ? { build: built, at: earlier.intent.at } : undefined)
    },
    async claim(seen) {
      refuseChanged(earlier, hash)
      const finish = (result: Result): Promise<void> => journal.result(name, result)
      if (mayExist(earlier)) {
        if (built) return { kind: 'done', entry: earlier, build: built }
        const doubt = {
          run: `batch: its trigger, sent at ${earlier.intent.at},`,
          otherwise: 'trigger it by itself, or start over with --restart',
        }
        return { kind: 'open', entry: earlier, doubt, finish }
      }
      await journal.begin(name, hash, intentOf(name, settings, seen, context))
      return { kind: 'ours', finish }
    },
  }
}
