import { yamlKey, yamlValue } from './yaml-text.ts'
import {
  afterDeeperComments,
  columnOf,
  isBlock,
  isEmptyValue,
  lineEnd,
  lineStart,
  mapOf,
  pairEnd,
  pairIn,
  replaced,
  stepOf,
  topOf,
  valueStart,
  type PlacedMap,
  type PlacedPair,
} from './yaml-layout.ts'

/** What is put into a config file: a value, and in YAML a comment behind it. */
export interface KeyValue {
  path: readonly string[]
  value: unknown
  comment?: string | undefined
}

/** How a file writes keys and values within braces: YAML, or JSON. */
export interface Notation {
  key(key: string): string
  value(value: unknown): string
}

/** The notation of YAML. */
export const yamlNotation: Notation = { key: yamlKey, value: yamlValue }

/** The lines of mappings within one another. */
function blockLines({ path, value, comment }: KeyValue, column: number, step: number): string {
  return path
    .map((key, depth) => {
      const start = `${' '.repeat(column + depth * step)}${yamlKey(key)}:`
      if (depth < path.length - 1) return start
      return `${start} ${yamlValue(value)}${comment === undefined ? '' : ` # ${comment}`}`
    })
    .join('\n')
}

/** Lines put where a line begins, or behind the last one that has no end. */
function withLines(text: string, at: number, lines: string): string {
  const isOpen = at > 0 && text[at - 1] !== '\n'
  return replaced(text, at, at, isOpen ? `\n${lines}` : `${lines}\n`)
}

/** A mapping within braces, or what stands in it. */
const nested = ([first = '', ...rest]: readonly string[], value: unknown): Record<string, unknown> => ({
  [first]: rest.length === 0 ? value : nested(rest, value),
})

function inBraces(text: string, map: PlacedMap, { path, value }: KeyValue, notation: Notation): string {
  const [first = '', ...rest] = path
  const entry = `${notation.key(first)}: ${notation.value(rest.length === 0 ? value : nested(rest, value))}`
  const last = (map.items as PlacedPair[]).at(-1)
  if (!last) return replaced(text, map.range[0], map.range[1], `{ ${entry} }`)
  // Where each entry has a line of its own, the new one has, too.
  const before = text.slice(lineStart(text, last.key.range[0]), last.key.range[0])
  const gap = before.trim() === '' ? `\n${before}` : ' '
  const lines = gap === ' ' ? entry.replaceAll(/\n\s*/g, ' ') : entry.replaceAll('\n', gap)
  return replaced(text, pairEnd(last), pairEnd(last), `,${gap}${lines}`)
}

/** The value of an entry replaced; a comment behind it stays. */
function withOther(text: string, pair: PlacedPair, { value }: KeyValue, notation: Notation): string {
  const start = valueStart(pair)
  const indent = /^[ \t]*/.exec(text.slice(lineStart(text, start)))?.[0] ?? ''
  const own = notation.value(value).replaceAll('\n', `\n${indent}`)
  if (isEmptyValue(pair)) return replaced(text, start, start, ` ${own}`)
  if (isBlock(pair)) {
    const colon = text.indexOf(':', pair.key.range[1]) + 1
    const eol = lineEnd(text, colon)
    return replaced(replaced(text, eol, lineEnd(text, pairEnd(pair)), ''), colon, colon, ` ${own}`)
  }
  const end = pair.value?.range[1] ?? start
  const isLines = text[end - 1] === '\n'
  return replaced(text, start, end, isLines ? `${own}\n` : own)
}

/**
 * The text of a YAML or JSON document in which one key has another value, and nothing else is changed: layout, comments and order stay. What is
 * missing is added behind the last key of its mapping. Undefined where the document is written in a way that this does not know.
 */
export function splicedIn(text: string, setting: KeyValue, notation = yamlNotation): string | undefined {
  const top = topOf(text)
  const step = stepOf(text, top)
  if (!top) return withLines(text, text.length, blockLines(setting, 0, step))
  let map = top
  for (const [depth, key] of setting.path.entries()) {
    const rest = { ...setting, path: setting.path.slice(depth) }
    const pair = pairIn(map, key)
    const column = columnOf(text, (map.items as PlacedPair[])[0]?.key.range[0] ?? 0)
    if (!pair && map.flow) return inBraces(text, map, rest, notation)
    if (!pair) {
      const last = (map.items as PlacedPair[]).at(-1)
      if (!last) return undefined
      const end = afterDeeperComments(text, lineEnd(text, pairEnd(last)), column)
      return withLines(text, end, blockLines(rest, column, step))
    }
    if (rest.path.length === 1) return withOther(text, pair, rest, notation)
    const inner = mapOf(pair)
    if (inner) map = inner
    else if (isEmptyValue(pair) && !map.flow) {
      const lines = blockLines({ ...rest, path: rest.path.slice(1) }, column + step, step)
      return withLines(text, lineEnd(text, valueStart(pair)), lines)
    } else return undefined
  }
  return undefined
}
