import { load } from 'js-yaml'

interface Node {
  /** Where it begins, in characters. */
  at: number
  value: unknown
  children: Node[]
}

/** What js-yaml tells of itself while it reads; its types leave this out. */
interface State {
  position: number
  result: unknown
}

/** The nodes of a YAML or JSON text as js-yaml meets them: of a mapping keys and values in turn, of a list its entries. */
function nodesOf(text: string): Node {
  const root: Node = { at: 0, value: undefined, children: [] }
  const open: Node[] = [root]
  const listener = (event: 'open' | 'close', state: State): void => {
    if (event === 'open') {
      const node: Node = { at: state.position, value: undefined, children: [] }
      open.at(-1)?.children.push(node)
      open.push(node)
    } else {
      const node = open.pop()
      if (node) node.value = state.result
    }
  }
  // The types know the listener without its arguments.
  load(text, { listener: listener })
  return root
}

/** js-yaml first tries to read a node as the key of a mapping; where it is none, the node stands within itself. */
function unwrap(node: Node | undefined): Node | undefined {
  const [only, ...others] = node?.children ?? []
  return only && others.length === 0 && only.value === node?.value ? unwrap(only) : node
}

/** The key and the value of a mapping's entry; the value is undefined where nothing stands. */
function entryOf(
  { value, children }: Node,
  wanted: string,
): { key: Node; value: Node | undefined } | undefined {
  const mapping = value as Record<string, unknown>
  let at = 0
  for (const name of Object.keys(mapping)) {
    while (at < children.length && String(children[at]?.value) !== name) at += 1
    const key = children[at]
    if (!key) return undefined
    const next = children[at + 1]
    const hasValue = next !== undefined && (next.value === mapping[name] || mapping[name] !== null)
    if (name === wanted) return { key, value: hasValue ? next : undefined }
    at += hasValue ? 2 : 1
  }
  return undefined
}

/** Tells the line (from 1) of a key in a file, by the keys that lead to it. */
export type LineOf = (path: readonly string[]) => number

/**
 * Finds lines in the text of a YAML or JSON file; it is read once, when the first is asked for. The line of a key that is not there is that of
 * its nearest parent, 1 where the text cannot be read.
 */
export function lineFinder(text: string): LineOf {
  let top: Node | undefined
  return (path) => {
    try {
      top ??= nodesOf(text)
    } catch {
      return 1
    }
    return lineAt(text, placeOf(top.children[0], path))
  }
}

function placeOf(top: Node | undefined, path: readonly string[]): number {
  let at = 0
  let node = top
  for (const key of path) {
    node = unwrap(node)
    if (!node || typeof node.value !== 'object' || node.value === null) break
    if (Array.isArray(node.value)) {
      node = node.children[Number(key)]
      at = node?.at ?? at
    } else {
      const entry = entryOf(node, key)
      at = entry?.key.at ?? at
      node = entry?.value
    }
  }
  return at
}

function lineAt(text: string, at: number): number {
  // A node begins before the blanks and line ends in front of it.
  const start = at + (/^(?:\s|#[^\n]*\n)*/.exec(text.slice(at))?.[0].length ?? 0)
  return text.slice(0, start).split('\n').length
}
