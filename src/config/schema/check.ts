import { nearest } from '../../core/did-you-mean.ts'
import type { Keys, Shape } from './shape.ts'

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

const forbidden = new Set(['__proto__', 'constructor', 'prototype'])
const maxNodes = 20_000
const maxDepth = 30

/**
 * Copies parsed data into objects without prototypes. Throws a ShapeError for keys such as `__proto__`, for
 * YAML aliases (a few can expand to billions of nodes), and for data that is too large or too deep
 * (guarantees 3.4).
 */
export function withoutPrototypes(value: unknown): unknown {
  const seen = new Set<object>()
  let nodes = 0
  const walk = (each: unknown, path: readonly string[]): unknown => {
    nodes += 1
    if (nodes > maxNodes || path.length > maxDepth)
      throw new ShapeError(path, 'too much, or nested too deeply')
    if (typeof each !== 'object' || each === null || each instanceof Date) return each
    if (seen.has(each)) throw new ShapeError(path, 'an alias; write it out')
    seen.add(each)
    if (Array.isArray(each)) return each.map((item, at) => walk(item, [...path, String(at)]))
    const copy = Object.create(null) as Mapping
    for (const [key, item] of Object.entries(each)) {
      if (forbidden.has(key)) throw new ShapeError([...path, key], 'this name is not allowed')
      copy[key] = walk(item, [...path, key])
    }
    return copy
  }
  return walk(value, [])
}

/** Whether a value is a mapping. */
export const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (value instanceof Date) return 'a date'
  return typeof value === 'object' ? 'a mapping' : `a ${typeof value}`
}

function checkText(value: unknown, path: readonly string[]): void {
  if (typeof value === 'string') return
  const isScalar = typeof value === 'number' || typeof value === 'boolean' || value instanceof Date
  // Without quotes YAML reads 1.20 as 1.2, 007 as 7, and yes as true.
  throw new ShapeError(
    path,
    isScalar ? `this is ${kindOf(value)}; quote it` : `text is wanted, this is ${kindOf(value)}`,
  )
}

function checkList(value: unknown, path: readonly string[]): unknown[] {
  if (!Array.isArray(value)) throw new ShapeError(path, `a list is wanted, this is ${kindOf(value)}`)
  if (value.length === 0) throw new ShapeError(path, 'the list is empty')
  return value as unknown[]
}

function checkNames(value: unknown, name: RegExp, path: readonly string[]): Mapping {
  // As in `servers:` followed by comments only.
  if (value === null) return {}
  if (!isMapping(value)) throw new ShapeError(path, `names and values are wanted, this is ${kindOf(value)}`)
  for (const key of Object.keys(value)) {
    if (!name.test(key)) throw new ShapeError([...path, key], 'this cannot be a name here')
  }
  return value
}

/** Checks a mapping against its allowed keys. Throws a ShapeError for the first problem. */
export function checkKeys(value: unknown, keys: Keys, path: readonly string[]): void {
  if (!isMapping(value)) throw new ShapeError(path, `names and values are wanted, this is ${kindOf(value)}`)
  for (const [key, item] of Object.entries(value)) {
    const shape = Object.hasOwn(keys, key) ? keys[key] : undefined
    if (shape === undefined) {
      const near = nearest(key, Object.keys(keys))
      throw new ShapeError([...path, key], `unknown${near === undefined ? '' : `; did you mean "${near}"?`}`)
    }
    checkShape(item, shape, [...path, key])
  }
}

function checkShape(value: unknown, shape: Shape, path: readonly string[]): void {
  switch (shape.is) {
    case 'text':
      checkText(value, path)
      if (value === '') throw new ShapeError(path, 'it is empty')
      return
    case 'whole number':
      if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > shape.most) {
        throw new ShapeError(path, `a whole number from 0 to ${shape.most} is wanted`)
      }
      return
    case 'yes or no':
      if (typeof value !== 'boolean') throw new ShapeError(path, 'true or false is wanted')
      return
    case 'one of':
      if (!shape.words.includes(value as string))
        throw new ShapeError(path, `one of ${shape.words.join(', ')} is wanted`)
      return
    case 'number or text':
      if (!Number.isSafeInteger(value)) checkText(value, path)
      return
    case 'list of texts':
      checkList(value, path).forEach((item, at) => {
        checkText(item, [...path, String(at)])
        if ((item === '' && at === 0) || String(item).includes('\0'))
          throw new ShapeError([...path, String(at)], 'this cannot be a word of a command')
      })
      return
    case 'texts by name':
      for (const [key, item] of Object.entries(checkNames(value, shape.name, path)))
        checkText(item, [...path, key])
      return
    case 'input values by name':
      for (const [key, item] of Object.entries(checkNames(value, shape.name, path))) {
        const isNumber = typeof item === 'number' && (Number.isSafeInteger(item) || !Number.isInteger(item))
        const fits =
          Array.isArray(item) ||
          typeof item === 'string' ||
          typeof item === 'boolean' ||
          (isNumber && Number.isFinite(item))
        if (typeof item === 'number' && !fits) {
          throw new ShapeError([...path, key], 'this number does not stay as it is written; quote it')
        }
        if (!fits) throw new ShapeError([...path, key], `an input cannot be ${kindOf(item)}`)
      }
      return
    case 'codes by code':
      for (const [key, item] of Object.entries(checkNames(value, /^\d{1,3}$/, path))) {
        if (!Number.isInteger(item) || (item as number) < 0 || (item as number) > 123) {
          throw new ShapeError([...path, key], 'an exit code from 0 to 123 is wanted')
        }
      }
      return
    case 'entries by name':
      for (const [key, item] of Object.entries(checkNames(value, shape.name, path))) {
        checkKeys(item, shape.entry, [...path, key])
      }
      return
    case 'list of entries':
      checkList(value, path).forEach((item, at) => {
        checkKeys(item, shape.entry, [...path, String(at)])
      })
  }
}
