import { omit } from '../../core/omit.ts'
import { isMapping } from '../../config/schema/mapping.ts'

/** The keys of a plan that are wrong, by the place in which they stand: `defaults`, another key at the top, or a target. */
export interface WrongKeys {
  /** Notes that what these keys lead to is wrong. */
  add: (keys: readonly string[]) => void
  /** Whether anything is wrong in a place, other than which targets a target needs. */
  isIn: (place: readonly string[]) => boolean
  /** The data of a place without what is wrong: an entry of a map such as `variables` alone, else all of its key. */
  without: <Data extends object>(place: readonly string[], data: Data) => Data
}

const nameOf = (place: readonly string[]): string => JSON.stringify(place)

/** Of a key that is wrong, the entries of its map that are. */
type WrongEntries = Map<string, Set<string>>

/** Starts with nothing that is wrong. */
export function wrongKeys(): WrongKeys {
  const found = new Map<string, WrongEntries>()
  return {
    add(keys) {
      const place = keys.slice(0, keys[0] === 'targets' ? 2 : 1)
      const [key, entry] = keys.slice(place.length)
      // What is wrong with the graph says nothing of what a target triggers.
      if (key === 'needs' && entry === undefined) return
      const entries = found.get(nameOf(place)) ?? new Map<string, Set<string>>()
      found.set(nameOf(place), entries)
      if (key !== undefined) entries.set(key, (entries.get(key) ?? new Set()).add(entry ?? ''))
    },
    isIn: (place) => found.has(nameOf(place)),
    without(place, data) {
      const entries = found.get(nameOf(place))
      return entries ? withoutWrong(data, entries) : data
    },
  }
}

function withoutWrong<Data extends object>(data: Data, entries: WrongEntries): Data {
  const left = Object.entries(data).flatMap(([key, value]: [string, unknown]) => {
    const wrong = entries.get(key)
    if (!wrong) return [[key, value]]
    return isMapping(value) && !wrong.has('') ? [[key, omit(value, [...wrong])]] : []
  })
  return Object.fromEntries(left) as Data
}
