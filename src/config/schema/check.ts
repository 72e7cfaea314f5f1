import { allowedNames } from './config-keys.ts'
import { quotedWord } from '../../core/text/shown-word.ts'
import { nearest } from '../../core/did-you-mean.ts'
import { isMapping, ShapeError, type Mapping } from './mapping.ts'
import type { Keys, Shape } from './shape.ts'

/** What a value is, for messages; a short name or number itself, since a longer text may be a secret. */
function gotOf(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return (typeof value === 'string' && quotedWord(value).trim()) || kindOf(value)
}

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
    isScalar ? `this is ${kindOf(value)}; quote it` : `expected text, got ${kindOf(value)}`,
  )
}

function checkList(value: unknown, path: readonly string[]): unknown[] {
  if (!Array.isArray(value)) throw new ShapeError(path, `expected a list, got ${kindOf(value)}`)
  if (value.length === 0) throw new ShapeError(path, 'the list is empty')
  return value as unknown[]
}

function checkNames(value: unknown, name: RegExp, path: readonly string[]): Mapping {
  // As in `servers:` followed by comments only.
  if (value === null) return {}
  if (!isMapping(value)) throw new ShapeError(path, `expected names and values, got ${kindOf(value)}`)
  for (const key of Object.keys(value)) {
    if (name.test(key)) continue
    const allowed = allowedNames.get(name)
    throw new ShapeError(
      [...path, key],
      `this cannot be a name here${allowed === undefined ? '' : `: use ${allowed}`}`,
    )
  }
  return value
}

/** Checks a mapping against its allowed keys. Throws a ShapeError for the first problem. */
export function checkKeys(value: unknown, keys: Keys, path: readonly string[]): void {
  if (!isMapping(value)) throw new ShapeError(path, `expected names and values, got ${kindOf(value)}`)
  for (const [key, item] of Object.entries(value)) {
    const shape = Object.hasOwn(keys, key) ? keys[key] : undefined
    if (shape === undefined) {
      const near = nearest(key, Object.keys(keys))
      throw new ShapeError([...path, key], `unknown${near === undefined ? '' : `; did you mean "${near}"?`}`)
    }
    checkShape(item, shape, [...path, key])
  }
}

/** Whether a value becomes a text as it was written, as far as the value tells. */
const isExact = (value: unknown): boolean =>
  typeof value === 'boolean' ||
  (Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value)))

function checkShape(value: unknown, shape: Shape, path: readonly string[]): void {
  switch (shape.is) {
    case 'text':
      checkText(value, path)
      if (value === '') throw new ShapeError(path, 'it is empty')
      if (shape.form?.pattern.test(value as string) === false)
        throw new ShapeError(path, `expected ${shape.form.wanted}`)
      return
    case 'whole number':
      if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > shape.most) {
        throw new ShapeError(path, `expected a whole number from 0 to ${shape.most}, got ${gotOf(value)}`)
      }
      return
    case 'yes or no':
      if (typeof value !== 'boolean')
        throw new ShapeError(path, `expected true or false, got ${gotOf(value)}`)
      return
    case 'one of':
      if (!shape.words.includes(value as string))
        throw new ShapeError(path, `expected one of ${shape.words.join(', ')}; got ${gotOf(value)}`)
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
    case 'text or list of texts':
      for (const [at, item] of (Array.isArray(value) ? (value as unknown[]) : [value]).entries())
        checkText(item, Array.isArray(value) ? [...path, String(at)] : path)
      return
    case 'lists by name':
      for (const [key, item] of Object.entries(checkNames(value, shape.name, path)))
        for (const [at, each] of checkList(item, [...path, key]).entries())
          if (!isExact(each)) checkText(each, [...path, key, String(at)])
      return
    case 'texts by name':
      for (const [key, item] of Object.entries(checkNames(value, shape.name, path)))
        checkText(item, [...path, key])
      return
    case 'input values by name':
      for (const [key, item] of Object.entries(checkNames(value, shape.name, path))) {
        const fits = Array.isArray(item) || typeof item === 'string' || isExact(item)
        if (typeof item === 'number' && !fits) {
          throw new ShapeError([...path, key], 'this number does not stay as it is written; quote it')
        }
        if (!fits) throw new ShapeError([...path, key], `an input cannot be ${kindOf(item)}`)
      }
      return
    case 'codes by code':
      for (const [key, item] of Object.entries(checkNames(value, /^\d{1,3}$/, path))) {
        if (!Number.isInteger(item) || (item as number) < 0 || (item as number) > 123) {
          throw new ShapeError([...path, key], `expected an exit code from 0 to 123, got ${gotOf(item)}`)
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
