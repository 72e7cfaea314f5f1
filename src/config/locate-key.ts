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

/**
 * The line (from 1) where the key at `path` stands in the text of a YAML or JSON file; that of its nearest parent where it is
 * not found, 1 where the text cannot be read.
 */
export function lineOfKey(text: string, path: readonly string[]): number {
  let at = 0
  try {
    let node: Node | undefined = nodesOf(text).children[0]
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
  } catch {
    return 1
  }
  // A node begins before the blanks and line ends in front of it.
  const start = at + (/^(?:\s|#[^\n]*\n)*/.exec(text.slice(at))?.[0].length ?? 0)
  return text.slice(0, start).split('\n').length
}
