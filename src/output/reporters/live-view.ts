import type { BottomLine, Context } from '../../core/context.ts'
import { isFinished } from '../../core/status.ts'
import { sizeOf } from '../terminal/sticky-lines.ts'
import type { Reporter } from '../../events.ts'
import { cutLine, painted, textOf, type StyledLine } from '../terminal/styled-line.ts'
import { kindOfJob } from '../tree/status-marks.ts'
import { glyphsFor } from '../terminal/glyphs.ts'
import type { Style } from '../terminal/style.ts'
import { durationText } from '../format/elapsed-time.ts'
import { treeLines } from '../tree/tree-lines.ts'
import { jobsBelow, keyOf, nodesIn, treeOf, type Node } from '../tree/tree.ts'
import { rowsOf } from '../terminal/width.ts'

/** A pipeline that is followed, as it was last seen. */
interface Seen {
  tree: Node
  trouble: string
  /** When it was first seen, by our clock. */
  since: number
}

/** `3 of 12 jobs done, 2 running, 1 failed, 1m 12s`. */
function progress(seen: readonly Seen[], now: number): string {
  const jobs = seen.flatMap(({ tree }) => jobsBelow(tree))
  const done = jobs.filter(({ status }) => isFinished(status)).length
  const count = (kind: string): string => {
    const some = jobs.filter((job) => kindOfJob(job) === kind).length
    return some === 0 ? '' : `${some} ${kind}`
  }
  const since = Math.min(...seen.map((each) => each.since))
  const parts = [
    seen.length > 1 ? `${seen.length} pipelines` : '',
    `${done} of ${jobs.length} job${jobs.length === 1 ? '' : 's'} done`,
    count('running'),
    count('failed'),
    durationText(now - since),
  ]
  return parts.filter(Boolean).join(', ')
}

/** The lines of a whole tree, or as many as are needed for what went wrong in it. */
function roomForTrouble(tree: Node): number {
  const hasTrouble = (node: Node): boolean =>
    node.kind === 'failed' || node.kind === 'warned' || node.below.some(hasTrouble)
  return nodesIn(tree).filter(hasTrouble).length + 1
}

/**
 * For a terminal: the trees of the pipelines that are followed, kept at its bottom with a line of progress; what else is written scrolls above them. One that
 * is over, or followed no more, stays as it was last seen, with what went wrong and as much more as the window holds.
 */
export function liveView(context: Context, style: Style): Reporter {
  const { stderr } = context
  const pen = glyphsFor(context)
  const seen = new Map<string, Seen>()
  let now = 0

  const screenLine = (line: StyledLine): BottomLine => ({
    text: painted(line, style),
    rowsAt: (columns) => rowsOf(textOf(line), columns),
  })
  const bottom = (columns: number, rows: number): BottomLine[] => {
    // The last column stays free, for a terminal may wrap as soon as it is full; the last row is the cursor's.
    const width = Math.max(columns - 1, 1)
    const all = [...seen.values()]
    const troubles = all.flatMap(({ trouble }) => (trouble === '' ? [] : pen.say(trouble)))
    const last: StyledLine = [
      { text: progress(all, now), tone: 'strong' },
      ...(troubles[0] === undefined ? [] : [{ text: `; not reached: ${troubles[0]}`, tone: 'bad' } as const]),
    ]
    const trees = treeLines(
      all.map(({ tree }) => tree),
      { now, pen, columns: width, room: Math.max(rows - 2, 0), hasLinks: false },
    )
    return rows < 2 ? [] : [...trees, cutLine(last, width, pen.end)].map(screenLine)
  }
  // Talk that cannot be written must not change how the run ends (T74).
  const show = async (): Promise<void> =>
    stderr.keepBelow?.(seen.size === 0 ? undefined : bottom).catch(() => undefined)
  /** Leaves a tree for good, above those that are still followed. */
  const leave = async (key: string, sentence: string): Promise<void> => {
    const tree = seen.get(key)?.tree
    seen.delete(key)
    await show()
    if (!tree) return
    const { columns, rows } = sizeOf(stderr)
    const room = Math.max(rows - 2 - (sentence === '' ? 0 : 1), roomForTrouble(tree))
    const sheet = { now, pen, columns: Math.max(columns - 1, 1), room, hasLinks: true }
    const lines = treeLines([tree], sheet)
    const text = [
      ...lines.map((line) => painted(line, style)),
      ...(sentence === '' ? [] : [pen.say(sentence)]),
    ]
    await stderr.write(text.map((line) => `${line}\n`).join('')).catch(() => undefined)
  }
  return async (event) => {
    if ('now' in event) now = event.now
    switch (event.type) {
      case 'looked': {
        const key = keyOf(event.pipeline)
        const since = seen.get(key)?.since ?? now
        seen.set(key, { tree: treeOf(event.pipeline), trouble: event.trouble, since })
        await show()
        return
      }
      case 'ticked':
        if (seen.size > 0) await show()
        return
      case 'over':
        seen.set(keyOf(event.pipeline), { tree: treeOf(event.pipeline), trouble: '', since: now })
        // Of a failure the error says the same.
        await leave(keyOf(event.pipeline), event.isGood ? event.sentence : '')
        return
      case 'left':
        // It may have been canceled since the last look.
        if (seen.has(keyOf(event.pipeline)))
          seen.set(keyOf(event.pipeline), { tree: treeOf(event.pipeline), trouble: '', since: now })
        await leave(keyOf(event.pipeline), '')
        return
      case 'failed':
      case 'ended':
        for (const key of [...seen.keys()]) await leave(key, '')
        return
      case 'started':
      case 'warned':
      case 'noted':
      case 'asked':
      case 'triggered':
      case 'jobs found':
      case 'skipped':
      case 'log':
        return
    }
  }
}
