import { isMap, isScalar, isSeq, parseDocument, type Node } from 'yaml'
import { ShapeError } from '../schema/mapping.ts'
import { isInputValue, type Place } from './place.ts'

/** A value that is a text, as it was typed: `1.20` and `yes` stay what was typed. */
function textOf(node: Node | null): unknown {
  if (!isScalar(node)) return node?.toJSON()
  return node.type === 'PLAIN' ? (node.source ?? '') : node.value
}

/** A parsed value in the type of its place: a text where a text is expected, even if it looks like a number. */
function fitted(node: Node | null, place: Place): unknown {
  const { is } = place
  if (is === 'text' || is === 'one of') return textOf(node)
  if (is === 'list of texts' && isSeq<Node>(node)) return node.items.map(textOf)
  if (is === 'texts by name' && isMap<unknown, Node>(node)) return mapped(node.items)
  const isNumber = isScalar(node) && typeof node.value === 'number'
  return is === 'number or text' && isScalar(node) && !isNumber ? textOf(node) : node?.toJSON()
}

const mapped = (pairs: readonly { key: unknown; value: Node | null }[]): Record<string, unknown> =>
  Object.fromEntries(pairs.map(({ key, value }) => [String(key), textOf(value)]))

const isQuoted = (text: string): boolean => /^(".*"|'.*')$/s.test(text)

/**
 * The value that a typed text means at a place: a text as it is, unless all of it stands in quotes; anything else as YAML, lists and mappings in
 * flow form. Whether it fits is not checked. Throws a ShapeError for what is no YAML.
 */
export function typedValue(text: string, place: Place, path: readonly string[]): unknown {
  const isText = !isInputValue(place) && ['text', 'one of', 'number or text'].includes(place.is)
  const isNumber = place.is === 'number or text' && /^(0|[1-9]\d*)$/.test(text)
  if (isText && !isQuoted(text) && !isNumber) return text
  const document = parseDocument(text, { logLevel: 'silent' })
  const isPlain = document.errors.length === 0 && !/[\r\n]/.test(text)
  if (!isPlain && isText) return text
  if (!isPlain) throw new ShapeError(path, 'the value is not a number, text or list in YAML, as 1 or [a, b]')
  return fitted(document.contents, place)
}
