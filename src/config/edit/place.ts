import { nearest } from '../../core/did-you-mean.ts'
import { ShapeError } from '../schema/mapping.ts'
import { keyText } from './key-path.ts'
import type { Keys, Shape } from '../schema/shape.ts'
import { fileKeys } from '../schema/config-keys.ts'

/** What may stand at a key: a value of some shape, or a mapping with these keys, as the entry of a server. */
export type Place = Shape | { is: 'entry'; keys: Keys }

const anyInput: Shape = { is: 'input values by name', about: '', name: /^/ }

/** What may stand below a place under this part of a key. Undefined for nothing. */
export function below(place: Place, part: string): Place | undefined {
  switch (place.is) {
    case 'entry':
      return Object.hasOwn(place.keys, part) ? place.keys[part] : undefined
    case 'entries by name':
      return { is: 'entry', keys: place.entry }
    case 'list of entries':
      return /^\d{1,4}$/.test(part) ? { is: 'entry', keys: place.entry } : undefined
    case 'list of texts':
      return /^\d{1,4}$/.test(part) ? { is: 'text', about: '' } : undefined
    case 'texts by name':
      return { is: 'text', about: '' }
    case 'codes by code':
      return { is: 'whole number', about: '', most: 123 }
    case 'input values by name':
      return place === anyInput ? undefined : anyInput
    case 'text':
    case 'one of':
    case 'yes or no':
    case 'whole number':
    case 'number or text':
    case 'text or list of texts':
    case 'lists by name':
      return undefined
  }
}

const seeConfigured = 'To see what is configured: gitlab-trigger config list'

/** The key that an unknown one may stand for: one of nearly that name, or that of an entry by name. */
function meantBy(part: string, keys: Keys): string | undefined {
  const near = nearest(part, Object.keys(keys))
  if (near !== undefined) return near
  const owner = Object.entries(keys).find(
    ([, shape]) => shape.is === 'entries by name' && Object.hasOwn(shape.entry, part),
  )
  return owner && `${owner[0]}.NAME.${part}`
}

/** What there is at a place in which a key is unknown. */
function hintFor(place: Place, path: readonly string[]): string {
  const of = path.length === 0 ? '' : ` of ${keyText(path)}`
  if (place.is !== 'entry') return `There are no keys below ${keyText(path)}.`
  return `Keys${of}: ${Object.keys(place.keys).join(', ')}. ${seeConfigured}`
}

/** What the schema lets stand at a key of a config file. Throws a ShapeError, as checking a file does, for a key that it does not know. */
export function placeOf(path: readonly string[]): Place {
  let place: Place = { is: 'entry', keys: fileKeys }
  for (const [at, part] of path.entries()) {
    const next = below(place, part)
    if (!next) {
      const meant = place.is === 'entry' ? meantBy(part, place.keys) : undefined
      throw new ShapeError(
        path.slice(0, at + 1),
        `unknown${meant === undefined ? '' : `; did you mean "${meant}"?`}`,
        meant === undefined ? hintFor(place, path.slice(0, at)) : seeConfigured,
      )
    }
    place = next
  }
  return place
}

/** Whether a place is the value of one input, of any kind. */
export const isInputValue = (place: Place): boolean => place === anyInput
