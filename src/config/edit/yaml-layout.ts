import {
  isCollection,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml'

/** A node of a document with its place in the text: where it begins and ends, and where what follows it ends, as a comment. */
interface Placed {
  range: [start: number, end: number, after: number]
}

/** The entry of a mapping that was read from a text. */
export type PlacedPair = Pair<Scalar & Placed, Placed | null>
/** A mapping that was read from a text. */
export type PlacedMap = YAMLMap<Scalar & Placed, Placed | null> & Placed

/** The entry of that name. */
export function pairIn(map: PlacedMap, key: string): PlacedPair | undefined {
  return (map.items as PlacedPair[]).find((pair) => String(pair.key.value) === key)
}

/** Whether the value of an entry is a mapping. */
export const mapOf = ({ value }: PlacedPair): PlacedMap | undefined =>
  isMap(value) ? (value as unknown as PlacedMap) : undefined

/** Where the text of an entry's value begins; right behind the colon for an empty value. */
export const valueStart = ({ key, value }: PlacedPair): number => value?.range[0] ?? key.range[1]

/** Whether an entry's value was left empty. */
export const isEmptyValue = ({ value }: PlacedPair): boolean =>
  isScalar(value) &&
  value.value === null &&
  (value as unknown as Placed).range[0] === (value as unknown as Placed).range[1]

/** Whether an entry's value stands in lines of its own below the key, as a block. */
export const isBlock = ({ value }: PlacedPair): boolean => isCollection(value) && value.flow !== true

/** Where the last character of a node ends: that of its last part, without comments and line ends. */
export function contentEnd(node: Placed | null, otherwise: number): number {
  if (node === null) return otherwise
  if (isCollection(node) && node.flow !== true) {
    const last = node.items.at(-1) as PlacedPair | Placed | undefined
    if (isMap(node) && last) return contentEnd((last as PlacedPair).value, (last as PlacedPair).key.range[1])
    if (isSeq(node) && last) return contentEnd(last as Placed, otherwise)
  }
  return node.range[1]
}

/** Where an entry ends, without comments and line ends. */
export const pairEnd = ({ key, value }: PlacedPair): number => contentEnd(value, key.range[1])

/** Where a line begins. */
export const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1

/** Where the line ends in which something ends, with its line end. What ends with a line end has no more of it. */
export function lineEnd(text: string, at: number): number {
  if (at > 0 && text[at - 1] === '\n') return at
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end + 1
}

/** Where the comments end that follow a line and stand deeper than a column: they belong to the block above them. */
export function afterDeeperComments(text: string, at: number, column: number): number {
  const found = /^(?:[ \t]*\n)*( +)#[^\n]*(?:\n|$)/.exec(text.slice(at))
  return found && (found[1]?.length ?? 0) > column
    ? afterDeeperComments(text, at + found[0].length, column)
    : at
}

/** The column of a node. */
export const columnOf = (text: string, at: number): number => at - lineStart(text, at)

/** How much deeper a block stands than the one around it; 2 where there is none. */
export function stepOf(text: string, map: PlacedMap | undefined): number {
  for (const pair of (map?.items ?? []) as PlacedPair[]) {
    const inner = mapOf(pair)
    const [first] = (inner?.items ?? []) as PlacedPair[]
    if (inner?.flow !== true && first) {
      return Math.max(1, columnOf(text, first.key.range[0]) - columnOf(text, pair.key.range[0]))
    }
  }
  return 2
}

/** The mapping at the top of a text; undefined where it is empty. Throws what the parser throws. */
export function topOf(text: string): PlacedMap | undefined {
  const { contents } = parseDocument(text, { keepSourceTokens: true, logLevel: 'silent' })
  return isMap(contents) ? (contents as unknown as PlacedMap) : undefined
}

/** The text with a part of it replaced. */
export const replaced = (text: string, from: number, to: number, by: string): string =>
  text.slice(0, from) + by + text.slice(to)
