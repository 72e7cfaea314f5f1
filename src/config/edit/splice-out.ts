import {
  afterDeeperComments,
  lineEnd,
  lineStart,
  mapOf,
  pairEnd,
  pairIn,
  replaced,
  topOf,
  type PlacedMap,
  type PlacedPair,
} from './yaml-layout.ts'

/** Whether a mapping holds nothing but this entry, and no comments. */
function isAlone(text: string, parent: PlacedPair, { key }: PlacedPair): boolean {
  const map = mapOf(parent)
  if (map?.items.length !== 1) return false
  if (map.flow) return true
  const above = text.slice(parent.key.range[1], key.range[0])
  const below = text.slice(lineEnd(text, pairEnd(parent)), map.range[2])
  return !above.includes('#') && !below.includes('#')
}

/** The text without an entry, of a mapping in braces or in lines. */
function withoutPair(text: string, map: PlacedMap, pair: PlacedPair): string | undefined {
  const pairs = map.items as PlacedPair[]
  const at = pairs.indexOf(pair)
  const [before, next] = [pairs[at - 1], pairs[at + 1]]
  if (map.flow) {
    if (next) return replaced(text, pair.key.range[0], next.key.range[0], '')
    if (before) return replaced(text, pairEnd(before), pairEnd(pair), '')
    return replaced(text, map.range[0], map.range[1], '{}')
  }
  const start = lineStart(text, pair.key.range[0])
  if (text.slice(start, pair.key.range[0]).trim() !== '') return undefined
  const end = afterDeeperComments(text, lineEnd(text, pairEnd(pair)), pair.key.range[0] - start)
  // The last line of a text without a line end takes the one before with it.
  const isLast = end === text.length && text[end - 1] !== '\n'
  return replaced(text, isLast ? Math.max(0, start - 1) : start, end, '')
}

/**
 * The same without a key, and without mappings that would be empty then, and hold no comments. Undefined where the document is written in a way
 * that this does not know.
 */
export function splicedOut(text: string, path: readonly string[]): string | undefined {
  let map = topOf(text)
  const chain: { map: PlacedMap; pair: PlacedPair }[] = []
  for (const key of path) {
    const pair = map && pairIn(map, key)
    if (!map || !pair) return undefined
    chain.push({ map, pair })
    map = mapOf(pair)
  }
  let last = chain.pop()
  for (let above = chain.pop(); last && above && isAlone(text, above.pair, last.pair); above = chain.pop())
    last = above
  return last && withoutPair(text, last.map, last.pair)
}
