import { isQuiet, rankOf } from './status-marks.ts'
import { nodesIn, type Node } from './tree.ts'

/** In fewer rows it is not said what is missing. */
const fewRows = 3

function parentsIn(roots: readonly Node[]): Map<Node, Node> {
  return new Map(roots.flatMap(nodesIn).flatMap((node) => node.below.map((each) => [each, node] as const)))
}

/**
 * The nodes of trees that get a line where there is room for so many, one of which says what is missing. What failed, runs or waits comes first, each with
 * what it is in; what is quiet is folded.
 */
export function fit(roots: readonly Node[], room: number): ReadonlySet<Node> {
  const all = roots.flatMap(nodesIn)
  if (all.length <= room) return new Set(all)
  const parents = parentsIn(roots)
  const shown = new Set<Node>()
  const most = room < fewRows ? room : room - 1
  // The sort is stable, and nothing matters more than what it is in: parents come first.
  for (const node of all.sort((a, b) => rankOf(a.foremost) - rankOf(b.foremost))) {
    if (shown.size >= most) break
    const parent = parents.get(node)
    if (!parent || (shown.has(parent) && !(isQuiet(parent.foremost) && parents.has(parent)))) shown.add(node)
  }
  return shown
}
