import { allowedNames } from './config-keys.ts'
import { quotedWord } from '../../core/text/shown-word.ts'
import { nearest } from '../../core/did-you-mean.ts'
import { isMapping, ShapeError } from './mapping.ts'
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

/** Takes what is wrong at a place. */
type Add = (path: readonly string[], why: string) => void

function checkText(value: unknown, path: readonly string[], add: Add): void {
  if (typeof value === 'string') return
  const isScalar = typeof value === 'number' || typeof value === 'boolean' || value instanceof Date
  // Without quotes YAML reads 1.20 as 1.2, 007 as 7, and yes as true.
  add(path, isScalar ? `this is ${kindOf(value)}; quote it` : `expected text, got ${kindOf(value)}`)
}

/** The items of a list, each with its place; none where it is not a list. */
function itemsOf(value: unknown, path: readonly string[], add: Add): [path: string[], item: unknown][] {
  if (Array.isArray(value) && value.length > 0)
    return value.map((item: unknown, at) => [[...path, String(at)], item])
  add(path, Array.isArray(value) ? 'the list is empty' : `expected a list, got ${kindOf(value)}`)
  return []
}

/** The entries of a mapping that have a name, each with its place; none where it is not a mapping. */
function entriesOf(
  value: unknown,
  name: RegExp,
  path: readonly string[],
  add: Add,
): [path: string[], item: unknown][] {
  // As in `servers:` followed by comments only.
  if (value === null) return []
  if (!isMapping(value)) add(path, `expected names and values, got ${kindOf(value)}`)
  const entries = Object.entries(isMapping(value) ? value : {})
  const allowed = allowedNames.get(name)
  const why = `this cannot be a name here${allowed === undefined ? '' : `: use ${allowed}`}`
  for (const [key] of entries) if (!name.test(key)) add([...path, key], why)
  return entries.flatMap(([key, item]) => (name.test(key) ? [[[...path, key], item]] : []))
}

/** All that is wrong with a mapping, by its allowed keys. */
export function shapeProblems(value: unknown, keys: Keys): ShapeError[] {
  const problems: ShapeError[] = []
  checkKeys(value, keys, [], (path, why) => problems.push(new ShapeError(path, why)))
  return problems
}

function checkKeys(value: unknown, keys: Keys, path: readonly string[], add: Add): void {
  if (!isMapping(value)) {
    add(path, `expected names and values, got ${kindOf(value)}`)
    return
  }
  for (const [key, item] of Object.entries(value)) {
    const shape = Object.hasOwn(keys, key) ? keys[key] : undefined
    const near = shape ? undefined : nearest(key, Object.keys(keys))
    if (shape) checkShape(item, shape, [...path, key], add)
    else add([...path, key], `unknown${near === undefined ? '' : `; did you mean "${near}"?`}`)
  }
}

/** Whether a value becomes a text as it was written, as far as the value tells. */
const isExact = (value: unknown): boolean =>
  typeof value === 'boolean' ||
  (Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value)))

const isBetween = (value: unknown, most: number): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most

function checkShape(value: unknown, shape: Shape, path: readonly string[], add: Add): void {
  switch (shape.is) {
    case 'text':
      checkText(value, path, add)
      if (value === '') add(path, 'it is empty')
      else if (typeof value === 'string' && shape.form?.pattern.test(value) === false)
        add(path, `expected ${shape.form.wanted}`)
      return
    case 'whole number':
      if (!isBetween(value, shape.most))
        add(path, `expected a whole number from 0 to ${shape.most}, got ${gotOf(value)}`)
      return
    case 'yes or no':
      if (typeof value !== 'boolean') add(path, `expected true or false, got ${gotOf(value)}`)
      return
    case 'one of':
      if (!shape.words.includes(value as string))
        add(path, `expected one of ${shape.words.join(', ')}; got ${gotOf(value)}`)
      return
    case 'number or text':
      if (!Number.isSafeInteger(value)) checkText(value, path, add)
      return
    case 'list of texts':
      for (const [at, [place, item]] of itemsOf(value, path, add).entries()) {
        checkText(item, place, add)
        if ((item === '' && at === 0) || (typeof item === 'string' && item.includes('\0')))
          add(place, 'this cannot be a word of a command')
      }
      return
    case 'text or list of texts':
      for (const [at, item] of (Array.isArray(value) ? (value as unknown[]) : [value]).entries())
        checkText(item, Array.isArray(value) ? [...path, String(at)] : path, add)
      return
    case 'lists by name':
      for (const [place, list] of entriesOf(value, shape.name, path, add))
        for (const [below, item] of itemsOf(list, place, add)) if (!isExact(item)) checkText(item, below, add)
      return
    case 'texts by name':
      for (const [place, item] of entriesOf(value, shape.name, path, add)) checkText(item, place, add)
      return
    case 'input values by name':
      for (const [place, item] of entriesOf(value, shape.name, path, add)) {
        if (Array.isArray(item) || typeof item === 'string' || isExact(item)) continue
        if (typeof item === 'number') add(place, 'this number does not stay as it is written; quote it')
        else add(place, `an input cannot be ${kindOf(item)}`)
      }
      return
    case 'codes by code':
      for (const [place, item] of entriesOf(value, /^\d{1,3}$/, path, add))
        if (!isBetween(item, 123)) add(place, `expected an exit code from 0 to 123, got ${gotOf(item)}`)
      return
    case 'entries by name':
      for (const [place, item] of entriesOf(value, shape.name, path, add))
        checkKeys(item, shape.entry, place, add)
      return
    case 'list of entries':
      for (const [place, item] of itemsOf(value, path, add)) checkKeys(item, shape.entry, place, add)
  }
}
