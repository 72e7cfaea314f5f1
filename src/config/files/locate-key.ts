import { load } from 'js-yaml'

interface Node {
  /** Where it begins, in characters from the start of the text. */
  offset: number
  value: unknown
  children: Node[]
}

/** The state that js-yaml passes to a listener; its types omit it. */
interface ParserState {
  position: number
  result: unknown
}

/** The node tree of a YAML or JSON text. The children of a mapping are keys and values in turn. */
function nodesOf(text: string): Node {
  const root: Node = { offset: 0, value: undefined, children: [] }
  const open: Node[] = [root]
  const listener = (event: 'open' | 'close', state: ParserState): void => {
    if (event === 'open') {
      const node: Node = { offset: state.position, value: undefined, children: [] }
      open.at(-1)?.children.push(node)
      open.push(node)
    } else {
      const node = open.pop()
      if (node) node.value = state.result
    }
  }
  // js-yaml's types declare the listener without arguments.
  load(text, { listener: listener })
  return root
}

/** js-yaml tries to read each node as a mapping's key first; if it is none, it wraps the real node. */
function unwrap(node: Node | undefined): Node | undefined {
  const [only, ...others] = node?.children ?? []
  return only && others.length === 0 && only.value === node?.value ? unwrap(only) : node
}

/** The key and value nodes of a mapping's entry. The value is undefined if it is empty. */
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

/** Finds the line (from 1) of a key in a file, given the path of keys to it. */
export type LineOf = (path: readonly string[]) => number

/**
 * Creates a line finder for the text of a YAML or JSON file, which is parsed at the first use. For a missing
 * key it returns the line of the nearest parent, and 1 if the text cannot be parsed.
 */
export function lineFinder(text: string): LineOf {
  let top: Node | undefined
  return (path) => {
    try {
      top ??= nodesOf(text)
    } catch {
      return 1
    }
    return lineAt(text, offsetOf(top.children[0], path))
  }
}

function offsetOf(top: Node | undefined, path: readonly string[]): number {
  let at = 0
  let node = top
  for (const key of path) {
    node = unwrap(node)
    if (!node || typeof node.value !== 'object' || node.value === null) break
    if (Array.isArray(node.value)) {
      node = node.children[Number(key)]
      at = node?.offset ?? at
    } else {
      const entry = entryOf(node, key)
      at = entry?.key.offset ?? at
      node = entry?.value
    }
  }
  return at
}

function lineAt(text: string, at: number): number {
  // js-yaml's nodes begin before the white space and comments in front of them.
  const start = at + (/^(?:\s|#[^\n]*\n)*/.exec(text.slice(at))?.[0].length ?? 0)
  return text.slice(0, start).split('\n').length
}
