import type { Context } from '../../core/context.ts'
import type { BatchReporter, TargetProgress } from '../../batch-events.ts'
import { isFinished } from '../../core/status.ts'
import { durationText, timestampText } from '../format/elapsed-time.ts'
import { escapeLine } from '../terminal/escape.ts'
import type { Style } from '../terminal/style.ts'

/** What has become of a target that has ended and did not fail: that is said by its error. */
function endOf({ exit, id, status, why, begunAt, endedAt, wasRecorded }: TargetProgress): string | undefined {
  const took = begunAt === undefined || endedAt === undefined ? '' : ` in ${durationText(endedAt - begunAt)}`
  if (wasRecorded)
    return `pipeline ${id ?? ''} of an earlier run${exit === 'success' ? '' : `, which failed`}`
  if (exit === 'success') return id === null ? `not triggered: ${why}` : `${status ?? 'triggered'}${took}`
  return begunAt === undefined ? `not started: ${why}` : undefined
}

/** Prints a line on stderr for each change of a target, where nothing on the screen may move. */
export function changeLines({ stderr }: Pick<Context, 'stderr'>, style: Style): BatchReporter {
  const say = async (name: string, text: string): Promise<void> => {
    await stderr.write(`${style.strong(`${escapeLine(name)}:`)} ${escapeLine(text)}\n`).catch(() => undefined)
  }
  const followed = new Set<string>()
  const limits = new Map<string, string>()
  let [over, all] = [0, 0]
  return async (event) => {
    if (event.type === 'planned') all = event.targets.length
    if (event.type === 'limited') {
      const { server, project, until } = event
      const place = `${server} ${project}`
      const text = `the rate limit is reached; continuing at ${timestampText(until)}`
      // Each trigger that waits for it says so.
      if (limits.get(place) !== text) await say(place, text)
      limits.set(place, text)
    }
    if (event.type !== 'changed') return
    const { target } = event
    if (target.state === 'pending') followed.add(target.name)
    // Of one that has ended already the end is said soon.
    if (target.state === 'running' && !isFinished(target.status))
      await say(target.name, target.status ?? 'running')
    if (target.state === 'limited') await say(target.name, 'waiting for the rate limit')
    if (target.state !== 'over') return
    over += 1
    // Of a target that was only triggered the line with its id has said all.
    const isKnown = target.exit === 'success' && target.id !== null && !target.wasRecorded
    const text =
      isKnown && !followed.has(target.name) && target.runningAt === undefined ? undefined : endOf(target)
    followed.delete(target.name)
    if (text !== undefined)
      await say(target.name, target.begunAt === undefined ? text : `${text} (${over} of ${all} done)`)
  }
}
