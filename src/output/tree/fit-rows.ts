import { isQuiet, rankOf } from './status-marks.ts'
import { nodesIn, type Node } from './tree.ts'

/** With fewer lines, none is spent on counting what is missing. */
const minLinesForCount = 3

function parentsIn(roots: readonly Node[]): Map<Node, Node> {
  return new Map(roots.flatMap(nodesIn).flatMap((node) => node.below.map((each) => [each, node] as const)))
}

/**
 * Selects the nodes that get a line if there are `maxLines` lines, one of them for a count of the rest.
 * Failed, running and waiting nodes come first, each with its parents; nodes without trouble or activity are
 * folded.
 */
export function selectNodes(roots: readonly Node[], maxLines: number): ReadonlySet<Node> {
  const all = roots.flatMap(nodesIn)
  if (all.length <= maxLines) return new Set(all)
  const parents = parentsIn(roots)
  const shown = new Set<Node>()
  const maxNodes = maxLines < minLinesForCount ? maxLines : maxLines - 1
  // The sort is stable, and a node is never more important than its parent, so parents come first.
  for (const node of all.sort((a, b) => rankOf(a.mostImportant) - rankOf(b.mostImportant))) {
    if (shown.size >= maxNodes) break
    const parent = parents.get(node)
    if (!parent || (shown.has(parent) && !(isQuiet(parent.mostImportant) && parents.has(parent))))
      shown.add(node)
  }
  return shown
}
