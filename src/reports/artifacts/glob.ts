/** A pattern for the names of files. */
export interface Glob {
  /** As it was typed. */
  text: string
  matches(name: string): boolean
}

const special = /[\\^$.*+?()[\]{}|/-]/g
const literal = (text: string): string => text.replace(special, '\\$&')

/** A bracket expression such as `[a-c]` or `[!x]`, which begins at `at`; undefined where it has no end. */
function brackets(text: string, at: number): { source: string; end: number } | undefined {
  const isNegated = text[at + 1] === '!' || text[at + 1] === '^'
  const first = at + (isNegated ? 2 : 1)
  // A bracket that comes first is one of the characters.
  const end = text.indexOf(']', first + 1)
  if (end < 0) return undefined
  const ranges = text
    .slice(first, end)
    .replace(/[\\^[\]]/g, '\\$&')
    .replace(/^-|-$/g, '\\-')
  return { source: `(?!/)[${isNegated ? '^' : ''}${ranges}]`, end }
}

/** One part of a pattern, between slashes, as a regular expression. Throws a SyntaxError for a range such as `[z-a]`. */
function partExpression(text: string): RegExp {
  let source = ''
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? ''
    const group = char === '[' ? brackets(text, at) : undefined
    if (group) {
      source += group.source
      at = group.end
    } else if (char === '*') {
      // Several are as good as one, and take no longer.
      if (text[at - 1] !== '*') source += '[^/]*'
    } else if (char === '?') source += '[^/]'
    else if (char === '\\' && at + 1 < text.length) {
      at += 1
      source += literal(text[at] ?? '')
    } else source += literal(char)
  }
  return new RegExp(`^${source}$`, 'su')
}

const anyFolders = '**'

/** Whether the parts of a name, from `at` on, match those of a pattern, from `from` on. `known` keeps what was found out. */
function matchesFrom(
  pattern: readonly (RegExp | typeof anyFolders)[],
  parts: readonly string[],
  from: number,
  at: number,
  known: Map<number, boolean>,
): boolean {
  const part = pattern[from]
  if (part === undefined) return at === parts.length
  const key = from * (parts.length + 1) + at
  const before = known.get(key)
  if (before !== undefined) return before
  const again = (nextFrom: number, nextAt: number): boolean =>
    matchesFrom(pattern, parts, nextFrom, nextAt, known)
  const isLast = from === pattern.length - 1
  const found =
    part === anyFolders
      ? isLast
        ? at < parts.length
        : again(from + 1, at) || (at < parts.length && again(from, at + 1))
      : at < parts.length && part.test(parts[at] ?? '') && again(from + 1, at + 1)
  known.set(key, found)
  return found
}

/**
 * A pattern over names with `/` between folders: `*` and `?` stand for characters within one part, `[]` for one of several,
 * `**` for any folders or, at the end, for everything below; so does a slash at the end. `\` takes the meaning from the character
 * behind it. Undefined for what is no pattern.
 */
export function parseGlob(text: string): Glob | undefined {
  const whole = text.replace(/^(\.\/+)+/, '').replace(/\/+$/, '/**')
  if (whole === '') return undefined
  try {
    const pattern = whole
      .split(/\/+/)
      .map((part) => (part === anyFolders ? anyFolders : partExpression(part)))
    return { text, matches: (name) => matchesFrom(pattern, name.split('/'), 0, 0, new Map()) }
  } catch {
    return undefined
  }
}
