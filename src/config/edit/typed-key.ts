import { usageError } from '../../core/errors.ts'
import { ShapeError } from '../schema/mapping.ts'
import { keyText, parseKey } from './key-path.ts'
import { placeOf, type Place } from './place.ts'

/** Turns a ShapeError into a usage error in the same words, which names the key. */
export function asKeyError<T>(where: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error
    throw usageError(`${where}: ${keyText(error.path)}: ${error.message}`, error.hint)
  }
}

/** A key that was typed, with what the schema lets stand there. Throws a usage error for one that the schema does not know. */
export function typedKey(text: string, where: string): { path: string[]; place: Place } {
  const path = parseKey(text, where)
  return { path, place: asKeyError(where, () => placeOf(path)) }
}
