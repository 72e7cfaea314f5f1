import type { BottomLine, Context } from '../../core/context.ts'
import { isFinished } from '../../core/status.ts'
import { terminalSize } from '../terminal/sticky-screen.ts'
import type { Download, Reporter } from '../../events.ts'
import { cutLine, painted, textOf, type StyledLine } from '../terminal/styled-line.ts'
import { kindOfJob } from '../tree/status-marks.ts'
import { glyphsFor } from '../terminal/glyphs.ts'
import type { Style } from '../terminal/style.ts'
import { downloadName, downloadProgress } from '../format/download-text.ts'
import { durationText } from '../format/elapsed-time.ts'
import { treeLines } from '../tree/tree-lines.ts'
import { jobsBelow, keyOf, nodesIn, treeOf, type Node } from '../tree/tree.ts'
import { rowsOf } from '../terminal/width.ts'

/** A followed pipeline as of the last poll. */
interface FollowedTree {
  tree: Node
  trouble: string
  /** When it was first polled, in ms since 1970. */
  since: number
}

/** The progress line: `3 of 12 jobs done, 2 running, 1 failed, 1m 12s`. */
function progress(seen: readonly FollowedTree[], now: number): string {
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

/** The number of lines needed to show everything that failed. */
function linesForTrouble(tree: Node): number {
  const hasTrouble = (node: Node): boolean =>
    node.kind === 'failed' || node.kind === 'warned' || node.below.some(hasTrouble)
  return nodesIn(tree).filter(hasTrouble).length + 1
}

/**
 * Reports progress on a terminal: the trees of the followed pipelines stay at the bottom with a line for each download and a line of
 * progress; other output scrolls above. The final tree of a pipeline stays in the output, with all failures
 * and as much more as fits into the window.
 */
export function liveView(context: Context, style: Style): Reporter {
  const { stderr } = context
  const glyphs = glyphsFor(context)
  const seen = new Map<string, FollowedTree>()
  const downloads = new Map<string, Download>()
  let now = 0

  const screenLine = (line: StyledLine): BottomLine => ({
    text: painted(line, style, stderr.link),
    rowsAt: (columns) => rowsOf(textOf(line), columns),
  })
  const bottom = (columns: number, rows: number): BottomLine[] => {
    // The last column stays empty, since some terminals wrap when it is filled; the cursor takes the last
    // row.
    const width = Math.max(columns - 1, 1)
    if (rows < 2) return []
    const all = [...seen.values()]
    const lines = [...downloads.values()].map((each): StyledLine => {
      const text = `${glyphs.printable(downloadName(each))}: ${downloadProgress(each, now)}`
      return cutLine([{ text }], width, glyphs.ellipsis)
    })
    if (all.length === 0) return lines.slice(0, rows - 1).map(screenLine)
    const troubles = all.flatMap(({ trouble }) => (trouble === '' ? [] : glyphs.printable(trouble)))
    const last: StyledLine = [
      { text: progress(all, now), tone: 'strong' },
      ...(troubles[0] === undefined ? [] : [{ text: `; not reached: ${troubles[0]}`, tone: 'bad' } as const]),
    ]
    const trees = treeLines(
      all.map(({ tree }) => tree),
      { now, glyphs, columns: width, maxLines: Math.max(rows - 2 - lines.length, 0), hasLinks: false },
    )
    const shown = [...trees, ...lines, cutLine(last, width, glyphs.ellipsis)]
    return shown.slice(-(rows - 1)).map(screenLine)
  }
  // A failure to write messages must not change the exit code (docs/guarantees.md#T74).
  const show = async (): Promise<void> =>
    stderr.keepBelow?.(seen.size + downloads.size === 0 ? undefined : bottom).catch(() => undefined)
  /** Prints the final tree of a pipeline above those that are still followed. */
  const printFinalTree = async (key: string, sentence: string): Promise<void> => {
    const tree = seen.get(key)?.tree
    seen.delete(key)
    await show()
    if (!tree) return
    const { columns, rows } = terminalSize(stderr)
    const maxLines = Math.max(rows - 2 - (sentence === '' ? 0 : 1), linesForTrouble(tree))
    const options = { now, glyphs, columns: Math.max(columns - 1, 1), maxLines, hasLinks: true }
    const lines = treeLines([tree], options)
    const text = [
      ...lines.map((line) => painted(line, style, stderr.link)),
      ...(sentence === '' ? [] : [glyphs.printable(sentence)]),
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
        // The error message reports a failure.
        await printFinalTree(keyOf(event.pipeline), event.isGood ? event.sentence : '')
        return
      case 'left':
        // It may have been canceled since the last poll.
        if (seen.has(keyOf(event.pipeline)))
          seen.set(keyOf(event.pipeline), { tree: treeOf(event.pipeline), trouble: '', since: now })
        await printFinalTree(keyOf(event.pipeline), '')
        return
      case 'fetching':
        downloads.set(event.download.key, event.download)
        await show()
        return
      case 'fetched':
        downloads.delete(event.download.key)
        await show()
        return
      case 'failed':
      case 'ended':
        for (const key of [...seen.keys()]) await printFinalTree(key, '')
        return
      case 'started':
      case 'warned':
      case 'noted':
      case 'asked':
      case 'triggered':
      case 'opened':
      case 'jobs found':
      case 'skipped':
      case 'log':
        return
    }
  }
}
