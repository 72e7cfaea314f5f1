import { isDeepStrictEqual } from 'node:util'
import { parseDocument, visit } from 'yaml'
import { configError, type TriggerError } from '../../core/errors.ts'
import { formatFor, keysBelow, parseConfig, type ConfigFile } from '../files/config-file.ts'
import { shapeProblems } from '../schema/check.ts'
import { isMapping, ShapeError, withoutPrototypes, type Mapping } from '../schema/mapping.ts'
import { fileKeys } from '../schema/config-keys.ts'
import { keyText } from './key-path.ts'
import { splicedOut } from './splice-out.ts'
import { splicedIn, yamlNotation, type Notation, type KeyValue } from './splice.ts'
import { yamlKey, yamlValue } from './yaml-text.ts'

/** What a file with this data would hold with the value; `undefined` takes a key out. Throws a ShapeError where something else stands in the way. */
export function dataWith(data: unknown, path: readonly string[], value: unknown): Mapping {
  const copy = withoutPrototypes(data ?? {}) as Mapping
  let node = copy
  for (const [at, key] of path.slice(0, -1).entries()) {
    const below: unknown = Object.hasOwn(node, key) ? node[key] : undefined
    if (below !== undefined && below !== null && typeof below !== 'object')
      throw new ShapeError(path.slice(0, at + 1), `expected names and values, got a ${typeof below}`)
    if (below === undefined || below === null) node[key] = Object.create(null) as Mapping
    node = node[key] as Mapping
  }
  const last = path.at(-1) ?? ''
  if (value !== undefined) node[last] = value
  else if (Array.isArray(node)) node.splice(Number(last), 1)
  else Reflect.deleteProperty(node, last)
  return withoutPrototypes(copy) as Mapping
}

/** Throws the first ShapeError of what a file would hold. */
function refuseShape(data: Mapping): void {
  const [problem] = shapeProblems(data, fileKeys)
  if (problem) throw problem
}

/** The same data, where it makes no difference whether a mapping is empty or missing. */
function essence(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(essence)
  if (!isMapping(data)) return data ?? undefined
  const kept = Object.entries(data)
    .map(([key, each]) => [key, essence(each)] as const)
    .filter(([, each]) => each !== undefined)
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

/** The indentation of a JSON text: that of its second line. */
const indentOf = (text: string): string =>
  /^[^\n]*\n([ \t]+)/.exec(text)?.[1] ?? (text.trim().includes('\n') ? '  ' : '')

/** The text with one key changed by the whole document, which keeps comments and order but not all of the layout. */
function reprinted(file: ConfigFile, path: readonly string[], value: unknown): string {
  const { path: name, text } = file
  if (formatFor(name, text) === 'json') {
    const whole: unknown = JSON.parse(text)
    return `${JSON.stringify(dataWith(whole, path, value), null, indentOf(text))}\n`
  }
  const document = parseDocument(text, { logLevel: 'silent' })
  if (value === undefined) document.deleteIn(path)
  else document.setIn(path, document.createNode(value))
  // What is plain to one version of YAML is a date to another.
  visit(document, {
    Scalar(_, node) {
      if (!node.range) node.type = 'QUOTE_DOUBLE'
    },
  })
  return document.toString({ lineWidth: 0 })
}

/** JSON, within lines of the file's own indentation. */
const json = (text: string): Notation => ({
  key: (key) => JSON.stringify(key),
  value: (value) => JSON.stringify(value, null, indentOf(text)),
})

function byHand({ path: name }: ConfigFile, path: readonly string[], value: unknown): TriggerError {
  const nested = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value)
  const [[key, below] = ['', undefined]] = Object.entries(nested as Mapping)
  const hint =
    value === undefined
      ? `Take ${keyText(path)} out by hand.`
      : `Add to it by hand: ${yamlKey(key)}: ${yamlValue(below)}`
  return configError(`${name}: ${keyText(path)} cannot be changed from here`, hint)
}

/** The same with line ends of Windows, if it has them, which no edit has to know. */
function withLineFeeds(
  file: ConfigFile,
  edit: (text: string) => string | undefined,
): () => string | undefined {
  const { text } = file
  if (!text.includes('\r\n')) return () => edit(text)
  return () => edit(text.replaceAll('\r\n', '\n'))?.replaceAll('\n', '\r\n')
}

/** The first text that holds the expected data and can be loaded as a config file. */
function checked(
  file: ConfigFile,
  wanted: unknown,
  candidates: (() => string | undefined)[],
): string | undefined {
  for (const candidate of candidates) {
    try {
      const text = candidate()
      const data = text !== undefined && parseConfig(file.kind, file.path, Buffer.from(text)).data
      if (text !== undefined && isDeepStrictEqual(essence(data), essence(wanted))) return text
    } catch {
      // Written in a way that the next may know.
    }
  }
  return undefined
}

/**
 * The text of a config file with one key set, of mappings that are made where they are missing; comments, order and layout stay. Throws a
 * ShapeError where something else stands in the way, and a configuration error that tells what to add by hand for a file that cannot be changed.
 */
export function withValue(file: ConfigFile, setting: KeyValue): string {
  const { text } = file
  const wanted = dataWith(file.data, setting.path, setting.value)
  refuseShape(wanted)
  const whole = { ...setting, path: [...keysBelow(file.path), ...setting.path] }
  const notation = formatFor(file.path, text) === 'json' ? json(text) : yamlNotation
  const changed = checked(file, wanted, [
    withLineFeeds(file, (each) => splicedIn(each, whole, notation)),
    () => reprinted(file, whole.path, setting.value),
  ])
  if (changed === undefined) throw byHand(file, setting.path, setting.value)
  return changed
}

/** The same without a key, which must be there, and without mappings that are empty then. Throws as `withValue`. */
export function withoutKey(file: ConfigFile, path: readonly string[]): string {
  const whole = [...keysBelow(file.path), ...path]
  const wanted = dataWith(file.data, path, undefined)
  refuseShape(wanted)
  const changed = checked(file, wanted, [
    withLineFeeds(file, (each) => splicedOut(each, whole)),
    () => reprinted(file, whole, undefined),
  ])
  if (changed === undefined) throw byHand(file, path, undefined)
  return changed
}
