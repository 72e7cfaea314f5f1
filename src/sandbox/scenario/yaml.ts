import { JSON_SCHEMA, load } from 'js-yaml'

interface Node {
  /** Where it begins, in characters. */
  offset: number
  value: unknown
  children: Node[]
}

/** What js-yaml passes to a listener; its types omit it. */
interface ParserState {
  position: number
  result: unknown
}

/** A YAML text that was read. */
export interface YamlText {
  value: unknown
  /** The line (from 1) of the place that names and indexes lead to, or of the nearest place above it. */
  lineOf(path: readonly (string | number)[]): number
}

/** js-yaml tries each node as the key of a mapping first; if it is none, the real node lies in it. */
function unwrap(node: Node): Node {
  const [only, ...others] = node.children
  return only !== undefined && others.length === 0 && only.value === node.value ? unwrap(only) : node
}

/** The place of an entry and the node of its value. Keys and values are children in turn, but an empty value may have none. */
function step(node: Node, name: string | number): { at: number; inside: Node | undefined } | undefined {
  const { children, value } = unwrap(node)
  if (Array.isArray(value)) {
    const item = children[Number(name)]
    return item && { at: item.offset, inside: item }
  }
  const key = children.findIndex(
    (each, at) =>
      String(each.value) === name && children[at + 1]?.value === (value as Record<string, unknown>)[name],
  )
  const found = children[key]
  return found && { at: found.offset, inside: children[key + 1] }
}

function lineAt(text: string, offset: number): number {
  // js-yaml's nodes begin before the blanks and comments in front of them.
  const start = offset + (/^(?:\s|#[^\n]*\n|- )*/.exec(text.slice(offset))?.[0].length ?? 0)
  return text.slice(0, start).split('\n').length
}

/** Reads a YAML (or JSON) text. Throws js-yaml's YAMLException for one that cannot be read. */
export function readYaml(text: string): YamlText {
  const root: Node = { offset: 0, value: undefined, children: [] }
  const open: Node[] = [root]
  const listener = (event: 'open' | 'close', state: ParserState): void => {
    if (event === 'open') {
      const node: Node = { offset: state.position, value: undefined, children: [] }
      open.at(-1)?.children.push(node)
      open.push(node)
    } else {
      const node = open.pop()
      if (node !== undefined) node.value = state.result
    }
  }
  // js-yaml's types declare the listener without arguments.
  const value = load(text, { schema: JSON_SCHEMA, listener: listener })
  return {
    value,
    lineOf(path) {
      let at = 0
      let node = root.children[0]
      for (const name of path) {
        const next = node && step(node, name)
        if (next === undefined) break
        at = next.at
        node = next.inside
      }
      return lineAt(text, at)
    },
  }
}
