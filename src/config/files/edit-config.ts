import { configError } from '../../core/errors.ts'
import type { ConfigFile } from './config-file.ts'
import { parseConfig } from './config-file.ts'
import { isMapping, type Mapping } from '../schema/mapping.ts'

/**
 * The text of a config file with the value of one key set, of mappings that are made where they are missing; comments and layout stay.
 * Throws a configuration error that tells what to add by hand unless the file is JSON or its mappings are YAML blocks.
 */
export function withKey(file: ConfigFile, path: readonly string[], value: string): string {
  const isJson = file.text.trimStart().startsWith('{')
  const text = isJson ? inJson(file.text, path, value) : inYaml(file.text, path, value)
  if (text !== undefined && isSet(file, text, path, value)) return text
  const [, name = '', ...below] = path
  throw configError(
    `${file.path}: the entry of server "${name}" cannot be changed from here`,
    `Add to it by hand: ${inFlow(below, value)}`,
  )
}

/** A key and its value on one line: `projects: { group/site: { tokenFile: "/path" } }`. */
function inFlow([key = '', ...below]: readonly string[], value: string): string {
  return `${quoted(key)}: ${below.length === 0 ? JSON.stringify(value) : `{ ${inFlow(below, value)} }`}`
}

function inJson(text: string, path: readonly string[], value: string): string {
  const data = JSON.parse(text.replace(/^\uFEFF/, '')) as Mapping
  let node = data
  for (const key of path.slice(0, -1)) {
    const below = Object.hasOwn(node, key) ? node[key] : undefined
    const next: Mapping = isMapping(below) ? below : {}
    node[key] = next
    node = next
  }
  node[path.at(-1) ?? ''] = value
  return `${JSON.stringify(data, null, 2)}\n`
}

const indentOf = (line: string): number => /^[ \t]*/.exec(line)?.[0].length ?? 0
const isKey = (line: string): boolean => !/^[ \t]*(#|$)/.test(line)
const quoted = (key: string): string => (/^[A-Za-z][\w.-]*$/.test(key) ? key : JSON.stringify(key))

/** A key's line as YAML writes it: its indentation, the key in quotes or not, and what follows the colon. */
function restAfterKey(line: string, key: string): string | undefined {
  const found = /^[ \t]*(?:"([^"\\]*)"|'([^']*)'|([^\s"'#][^:]*?))[ \t]*:(?:[ \t]+(.*))?$/.exec(line)
  return found && (found[1] ?? found[2] ?? found[3]) === key ? (found[4] ?? '') : undefined
}

/** The lines of mappings below one another, from `path[0]` on. */
function newLines(path: readonly string[], value: string, indent: string): string[] {
  return path.map((key, depth) => {
    const isLast = depth === path.length - 1
    return `${indent}${'  '.repeat(depth)}${quoted(key)}:${isLast ? ` ${JSON.stringify(value)}` : ''}`
  })
}

/** Replaces the line of the key, or adds what is missing before the first key of the block where it belongs. */
function inYaml(text: string, path: readonly string[], value: string): string | undefined {
  const lines = text.split('\n')
  let [from, end] = [0, lines.length]
  let above = -1
  for (const [depth, key] of path.entries()) {
    const first = lines.findIndex((line, number) => number >= from && number < end && isKey(line))
    const block = lines[first] ?? ''
    if (first < 0 || indentOf(block) <= above) {
      const indent = above < 0 ? '' : `${' '.repeat(above)}  `
      return lines.toSpliced(from, 0, ...newLines(path.slice(depth), value, indent)).join('\n')
    }
    const indent = /^[ \t]*/.exec(block)?.[0] ?? ''
    const at = lines.findIndex(
      (line, number) =>
        number >= first &&
        number < end &&
        indentOf(line) === indent.length &&
        restAfterKey(line, key) !== undefined,
    )
    if (at < 0) return lines.toSpliced(first, 0, ...newLines(path.slice(depth), value, indent)).join('\n')
    if (depth === path.length - 1) return lines.with(at, newLines([key], value, indent)[0] ?? '').join('\n')
    if (!/^(#.*)?$/.test(restAfterKey(lines[at] ?? '', key) ?? '')) return undefined
    above = indent.length
    const next = lines.findIndex(
      (line, number) => number > at && number < end && isKey(line) && indentOf(line) <= above,
    )
    ;[from, end] = [at + 1, next < 0 ? end : next]
  }
  return undefined
}

function isSet(file: ConfigFile, text: string, path: readonly string[], value: string): boolean {
  let node: unknown
  try {
    node = parseConfig(file.kind, file.path, Buffer.from(text)).data
  } catch {
    return false
  }
  for (const key of path) node = isMapping(node) && Object.hasOwn(node, key) ? node[key] : undefined
  return node === value
}
