import { configError } from '../../core/errors.ts'
import type { ConfigFile } from './config-file.ts'
import { parseConfig } from './config-file.ts'

/**
 * The text of a config file with one key added to a server's entry; comments and layout stay. Throws a
 * configuration error that tells what to add by hand unless the entry is JSON or a YAML block.
 */
export function withServerKey(file: ConfigFile, server: string, key: string, value: string): string {
  const text = file.text.trimStart().startsWith('{')
    ? inJson(file.text, server, key, value)
    : inYaml(file.text, server, key, value)
  const isDone = text !== undefined && isSet(file, text, server, key, value)
  if (!isDone) {
    throw configError(
      `${file.path}: the entry of server "${server}" cannot be changed from here`,
      `Add to it by hand: ${key}: ${JSON.stringify(value)}`,
    )
  }
  return text
}

function inJson(text: string, server: string, key: string, value: string): string {
  const data = JSON.parse(text.replace(/^\uFEFF/, '')) as { servers: Record<string, Record<string, unknown>> }
  const entry = data.servers[server]
  if (entry) entry[key] = value
  return `${JSON.stringify(data, null, 2)}\n`
}

/** Replaces the line of the key, or adds one before the entry's first key. */
function inYaml(text: string, server: string, key: string, value: string): string | undefined {
  const lines = text.split('\n')
  const top = lines.findIndex((line) => /^servers[ \t]*:[ \t]*(#.*)?$/.test(line))
  const name = new RegExp(`^[ \\t]+(["']?)${server.replaceAll('.', '\\.')}\\1[ \\t]*:[ \\t]*(#.*)?$`)
  const isTop = (line: string): boolean => /^[^ \t#]/.test(line)
  const end = lines.findIndex((line, number) => number > top && isTop(line))
  const at = lines.findIndex((line, number) => number > top && (end < 0 || number < end) && name.test(line))
  if (top < 0 || at < 0) return undefined
  const indentOf = (line: string): string => /^[ \t]*/.exec(line)?.[0] ?? ''
  const isKey = (line: string): boolean => !/^[ \t]*(#|$)/.test(line)
  const first = lines.findIndex((line, number) => number > at && isKey(line))
  const indent = indentOf(lines[first] ?? '')
  if (first < 0 || indent.length <= indentOf(lines[at] ?? '').length) return undefined
  const entry = `${indent}${key}: ${JSON.stringify(value)}`
  for (let number = first; number < lines.length; number += 1) {
    const line = lines[number] ?? ''
    if (isKey(line) && indentOf(line).length < indent.length) break
    if (line.startsWith(`${indent}${key}:`)) return lines.with(number, entry).join('\n')
  }
  return lines.toSpliced(first, 0, entry).join('\n')
}

function isSet(file: ConfigFile, text: string, server: string, key: string, value: string): boolean {
  const { data } = parseConfig(file.kind, file.path, Buffer.from(text))
  const entry: Readonly<Record<string, unknown>> = data.servers?.[server] ?? {}
  return entry[key] === value
}
