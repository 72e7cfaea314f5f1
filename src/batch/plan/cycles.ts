/** The edges of a graph: of each node the nodes that it leads to. No node leads to itself. */
export type Edges = readonly (readonly number[])[]

/**
 * The strongly connected components of more than one node (Tarjan's algorithm, without recursion), each in the order of its nodes. Takes linear time.
 */
export function components(next: Edges): number[][] {
  const found: number[][] = []
  // 0: not visited yet.
  const order = new Int32Array(next.length)
  const low = new Int32Array(next.length)
  const tried = new Int32Array(next.length)
  const isOpen = new Uint8Array(next.length)
  const open: number[] = []
  let count = 0
  for (const root of next.keys()) {
    if (order[root] !== 0) continue
    const path = [root]
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      if (order[node] === 0) {
        order[node] = low[node] = count += 1
        isOpen[node] = 1
        open.push(node)
      }
      const to = next[node]?.[tried[node] ?? 0]
      if (to !== undefined) {
        tried[node] = (tried[node] ?? 0) + 1
        if (order[to] === 0) path.push(to)
        else if (isOpen[to] === 1) low[node] = Math.min(low[node] ?? 0, order[to] ?? 0)
        continue
      }
      path.pop()
      const above = path.at(-1)
      if (above !== undefined) low[above] = Math.min(low[above] ?? 0, low[node] ?? 0)
      if (low[node] !== order[node]) continue
      const component = open.splice(open.lastIndexOf(node))
      for (const each of component) isOpen[each] = 0
      if (component.length > 1) found.push(component.sort((a, b) => a - b))
    }
  }
  return found
}

/** How many edges are followed in search of a shorter cycle in one component. */
const patience = 2_000_000

/** A shortest cycle through a node, beginning with it, if one has fewer than `most` nodes; and how many edges were followed. */
function cycleThrough(
  start: number,
  next: Edges,
  inside: ReadonlySet<number>,
  most: number,
): { cycle: number[] | undefined; followed: number } {
  const from = new Map<number, number>([[start, -1]])
  let followed = 0
  let frontier = [start]
  for (let length = 1; frontier.length > 0 && length < most; length += 1) {
    const reached: number[] = []
    for (const node of frontier) {
      for (const to of next[node] ?? []) {
        followed += 1
        if (to === start) {
          const cycle: number[] = []
          for (let each = node; each !== -1; each = from.get(each) ?? -1) cycle.push(each)
          return { cycle: cycle.reverse(), followed }
        }
        if (!inside.has(to) || from.has(to)) continue
        from.set(to, node)
        reached.push(to)
      }
    }
    frontier = reached
  }
  return { cycle: undefined, followed }
}

/**
 * Of each strongly connected component a shortest cycle, beginning with its first node. In a component of thousands of nodes not all are tried, so
 * that the time stays linear: there the cycle is one that is short.
 */
export function shortestCycles(next: Edges): number[][] {
  return components(next).map((component) => {
    const inside = new Set(component)
    let best: number[] = []
    let rest = patience
    for (const start of component) {
      const { cycle, followed } = cycleThrough(start, next, inside, best.length || Infinity)
      if (cycle) best = cycle
      rest -= followed
      if (rest <= 0 || best.length === 2) break
    }
    const first = best.indexOf(Math.min(...best))
    return [...best.slice(first), ...best.slice(0, first)]
  })
}
