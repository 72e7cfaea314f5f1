/** An invalid config value. `path` holds the keys that lead to it; the message contains no value. */
export class ShapeError extends Error {
  override name = 'ShapeError'
  readonly path: readonly string[]
  readonly hint: string

  constructor(path: readonly string[], why: string, hint = '') {
    super(why)
    this.path = path
    this.hint = hint
  }
}

/** An object without a prototype, so that no key of a file has a meaning for JavaScript. */
export type Mapping = Record<string, unknown>

/** Keys that mean something to JavaScript. */
export const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** The limits of a copy, and what is called for each mapping and list. */
interface CopyOptions {
  /** How many values there may be, mappings and lists included. */
  maxNodes?: number
  /** Is called with each mapping and list, and its copy. */
  copied?: (from: object, to: object) => void
  /** Is called instead of throwing for what can be left out: a key that is not in the copy then, an alias that is null there. */
  refuse?: (error: ShapeError) => void
}

const maxDepth = 30

function raise(error: ShapeError): never {
  throw error
}

/**
 * Copies parsed data into objects without prototypes. Throws a ShapeError for keys such as `__proto__`, for
 * YAML aliases (a few can expand to billions of nodes), and for data that is too large or too deep
 * (docs/guarantees.md#3.4).
 */
export function withoutPrototypes(
  value: unknown,
  { maxNodes = 20_000, copied, refuse = raise }: CopyOptions = {},
): unknown {
  const seen = new Set<object>()
  /** The keys that lead to what is being copied. */
  const path: string[] = []
  let nodes = 0
  const below = (key: string, item: unknown): unknown => {
    path.push(key)
    const copy = walk(item)
    path.pop()
    return copy
  }
  const walk = (each: unknown): unknown => {
    nodes += 1
    if (nodes > maxNodes || path.length > maxDepth)
      throw new ShapeError(path, 'too much, or nested too deeply')
    if (typeof each !== 'object' || each === null || each instanceof Date) return each
    if (seen.has(each)) {
      refuse(new ShapeError([...path], 'an alias; write it out'))
      return null
    }
    seen.add(each)
    if (Array.isArray(each)) {
      const list = each.map((item, at) => below(String(at), item))
      copied?.(each, list)
      return list
    }
    // `Object.create(null)` makes a hash table, of which V8 reads each key ten times as slowly.
    const copy = Object.setPrototypeOf({}, null) as Mapping
    const from = each as Mapping
    for (const key of Object.keys(from)) {
      if (forbiddenKeys.has(key)) refuse(new ShapeError([...path, key], 'this name is not allowed'))
      else copy[key] = below(key, from[key])
    }
    copied?.(each, copy)
    return copy
  }
  return walk(value)
}

/** A function that says whether keys lead to one of these places, or below it. */
export function coveredBy(places: Iterable<readonly string[]>): (keys: readonly string[]) => boolean {
  const names = new Set([...places].map((place) => JSON.stringify(place)))
  return (keys) =>
    names.size > 0 && [keys, ...keys].some((_, at) => names.has(JSON.stringify(keys.slice(0, at))))
}

/** Whether a value is a mapping. */
export const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
