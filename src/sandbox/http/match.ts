import { has } from '../version/differences.ts'
import type { GitlabVersion } from '../version/version.ts'

/** The named parts of a path, decoded. */
export type Match = Record<string, string>

/** In 8.x a dot ends these segments, so a path or a ref with one has no route (observed). */
const undotted = ['id', 'ref']

/**
 * The pattern of a path as a regular expression: `:name` is a segment, `:name+` several, `*name` the rest.
 */
function expressionOf(pattern: string): RegExp {
  const parts = pattern.split('/').map((part) => {
    const key = part.replace(/^[:*]|\+$/g, '')
    if (part.startsWith('*')) return `(?<${key}>.+)`
    if (part.endsWith('+')) return `(?<${key}>.+?)`
    return part.startsWith(':') ? `(?<${key}>[^/]+)` : part
  })
  return new RegExp(`^${parts.join('/')}$`)
}

const expressions = new Map<string, RegExp>()

/**
 * The names of a path that fits a pattern; undefined for another one. Throws a URIError for a broken escape.
 */
export function matchPath(pattern: string, path: string, gitlab: GitlabVersion): Match | undefined {
  const expression = expressions.get(pattern) ?? expressionOf(pattern)
  expressions.set(pattern, expression)
  const found = expression.exec(path)
  if (found === null) return undefined
  const names = Object.entries(found.groups ?? {}).map(
    ([key, text]) => [key, decodeURIComponent(text)] as const,
  )
  const isCutOff = names.some(([key, value]) => undotted.includes(key) && value.includes('.'))
  return isCutOff && !has(gitlab, 'dottedPaths') ? undefined : Object.fromEntries(names)
}
