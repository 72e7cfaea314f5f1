const escape = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

/** Where the block under a key ends: at the next line that is not indented more than the key. */
function endOfBlock(text: string, at: number, column: number): number {
  let start = text.indexOf('\n', at) + 1
  while (start > 0 && start < text.length) {
    const end = text.indexOf('\n', start)
    const line = text.slice(start, end < 0 ? undefined : end)
    const indent = /^[ \t]*/.exec(line)?.[0].length ?? 0
    if (!/^[ \t]*(#|$)/.test(line) && indent <= column) return start
    start = end + 1
  }
  return text.length
}

/** Where a key begins between two places; of several, the one that is indented least: the others are keys of inner mappings. */
function findKey(text: string, key: string, from: number, to: number): number | undefined {
  const pattern = new RegExp(`(^|[\\s{,-])(["']?)${escape(key)}\\2[ \\t]*:`, 'gm')
  pattern.lastIndex = from
  let best: { at: number; column: number } | undefined
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const at = match.index + (match[1] ?? '').length
    if (at >= to) break
    const column = at - (text.lastIndexOf('\n', at - 1) + 1)
    if (best === undefined || column < best.column) best = { at, column }
  }
  return best?.at
}

/** Where the nth entry of a list begins. */
function findEntry(text: string, number: number, from: number, to: number): number | undefined {
  const dashes = [...text.slice(from, to).matchAll(/^[ \t]*- /gm)]
  const least = Math.min(...dashes.map(([dash]) => dash.length))
  const entry = dashes.filter(([dash]) => dash.length === least)[number]
  return entry === undefined ? undefined : from + entry.index + least - 2
}

/**
 * The line (from 1) where the key at `path` stands in the text of a YAML or JSON file; the line of its nearest parent where it is
 * not found. Parsers keep no places, so the keys are looked for one below the other.
 */
export function lineOfKey(text: string, path: readonly string[]): number {
  let at = 0
  let end = text.length
  for (const key of path) {
    const found = /^\d+$/.test(key)
      ? (findEntry(text, Number(key), at, end) ?? findKey(text, key, at, end))
      : findKey(text, key, at, end)
    if (found === undefined) break
    end = Math.min(end, endOfBlock(text, found, found - (text.lastIndexOf('\n', found - 1) + 1)))
    at = found
  }
  return text.slice(0, at).split('\n').length
}
