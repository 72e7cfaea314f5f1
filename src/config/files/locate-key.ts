import { load } from 'js-yaml'

/** The state that js-yaml passes to a listener; its types omit it. */
interface ParserState {
  position: number
  result: unknown
}

/** A key, value or item of a mapping or list. */
interface Child {
  /** Where it begins and ends, in characters from the start of the text. */
  from: number
  to: number
  value: unknown
}

/** The lines of the entries of a mapping (in the order of its keys) or list, 0 for none; one number where all are on one line. */
export type EntryLines = number | readonly number[]

/** The data of a YAML or JSON text, and where it stands in the text. */
export interface LocatedData {
  data: unknown
  /** Of each mapping and list. */
  lines: Map<object, EntryLines>
  /** The places in lists of numbers and truth values that are written otherwise than JavaScript writes them, as 1.20 or 007. */
  rewritten: Map<object, ReadonlySet<number>>
  /** The first line with content. */
  firstLine: number
}

/** Finds the line (from 1) of a key in a file, given the path of keys to it. */
export type LineOf = (path: readonly string[]) => number

/** Returns a function from a place in the text to its line. js-yaml's nodes begin before the white space and comments in front of them. */
function lineCounter(text: string): (at: number) => number {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  const before = /(?:\s|#[^\n]*\n)*/y
  return (at) => {
    before.lastIndex = at
    before.test(text)
    const start = before.lastIndex
    let [low, high] = [0, starts.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= start) low = middle
      else high = middle
    }
    return low + 1
  }
}

/** The keys of a mapping by name. Its children are keys and values in turn, but an empty value may have none. */
function keysAmong(mapping: Record<string, unknown>, children: readonly Child[]): Map<string, Child> {
  const found = new Map<string, Child>()
  for (let at = 0; at < children.length; at += 1) {
    const key = children[at]
    const next = children[at + 1]
    if (!key) break
    const name = String(key.value)
    found.set(name, key)
    const value = Object.hasOwn(mapping, name) ? mapping[name] : undefined
    if (next && (next.value === value || value !== null)) at += 1
  }
  return found
}

/** The lines of the keys of a mapping, in the order of Object.keys. What was merged into it (`<<`) has no key here, and no line. */
function linesOfKeys(mapping: object, children: readonly Child[], lineAt: (at: number) => number): number[] {
  const keys = keysAmong(mapping as Record<string, unknown>, children)
  return Object.keys(mapping).map((name) => {
    const key = keys.get(name)
    return key ? lineAt(key.from) : 0
  })
}

/** The places in a list of numbers and truth values that JavaScript writes otherwise. */
const rewrittenAmong = (children: readonly Child[], text: string): number[] =>
  children.flatMap(({ from, to, value }, at) => {
    const isOther = typeof value === 'number' || typeof value === 'boolean'
    return isOther && text.slice(from, to).trim() !== String(value) ? [at] : []
  })

/** Parses a YAML (or JSON) text. Throws js-yaml's YAMLException for one that cannot be read. */
export function locateData(text: string): LocatedData {
  const lineAt = lineCounter(text)
  const lines: LocatedData['lines'] = new Map()
  const rewritten: LocatedData['rewritten'] = new Map()
  const open: { from: number; children: Child[] | undefined }[] = [{ from: 0, children: undefined }]

  const keep = (entries: object, children: readonly Child[]): void => {
    // js-yaml tries to read each node as a mapping's key first; if it is none, the real node lies in it.
    if (lines.has(entries) || children[0]?.value === entries) return
    const first = lineAt(children[0]?.from ?? 0)
    const isList = Array.isArray(entries)
    const places = isList ? rewrittenAmong(children, text) : []
    if (places.length > 0) rewritten.set(entries, new Set(places))
    if (lineAt(children.at(-1)?.from ?? 0) === first) lines.set(entries, first)
    else
      lines.set(
        entries,
        isList ? children.map(({ from }) => lineAt(from)) : linesOfKeys(entries, children, lineAt),
      )
  }
  const listener = (event: 'open' | 'close', { position, result }: ParserState): void => {
    if (event === 'open') {
      open.push({ from: position, children: undefined })
      return
    }
    const node = open.pop()
    const above = open.at(-1)
    if (!node || !above) return
    if (node.children && typeof result === 'object' && result !== null) keep(result, node.children)
    above.children ??= []
    above.children.push({ from: node.from, to: position, value: result })
  }
  // js-yaml's types declare the listener without arguments.
  const data = load(text, { listener: listener })
  return { data, lines, rewritten, firstLine: lineAt(0) }
}

/** From this many entries on, their order is looked up in an index. */
const many = 32

/** Creates a line finder for located data. For a missing key it returns the line of the nearest parent. */
export function lineFinderIn({ data, lines, firstLine }: Omit<LocatedData, 'rewritten'>): LineOf {
  const indexes = new Map<object, Map<string, number>>()
  const placeOf = (entries: object, key: string): number => {
    if (Array.isArray(entries)) return Number(key)
    const known = indexes.get(entries)
    if (known) return known.get(key) ?? -1
    const names = Object.keys(entries)
    if (names.length < many) return names.indexOf(key)
    indexes.set(entries, new Map(names.map((name, at) => [name, at])))
    return placeOf(entries, key)
  }
  return (path) => {
    let line = firstLine
    let node = data
    for (const key of path) {
      if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) break
      const found = lines.get(node)
      const own = typeof found === 'object' ? found[placeOf(node, key)] : found
      if (own !== undefined && own > 0) line = own
      node = (node as Record<string, unknown>)[key]
    }
    return line
  }
}

/**
 * Creates a line finder for the text of a YAML or JSON file, which is parsed at the first use. For a missing
 * key it returns the line of the nearest parent, and 1 if the text cannot be parsed.
 */
export function lineFinder(text: string): LineOf {
  let find: LineOf | undefined
  return (path) => {
    try {
      find ??= lineFinderIn(locateData(text))
    } catch {
      return 1
    }
    return find(path)
  }
}
