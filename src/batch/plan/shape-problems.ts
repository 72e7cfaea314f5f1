import { checkKeys } from '../../config/schema/check.ts'
import { isMapping, ShapeError } from '../../config/schema/mapping.ts'
import type { Keys, Shape } from '../../config/schema/shape.ts'

/** Shapes of mappings whose entries are checked apart from each other. */
const maps: readonly Shape['is'][] = [
  'texts by name',
  'input values by name',
  'codes by code',
  'lists by name',
]

/** All problems of a mapping, where `checkKeys` throws the first: one of each key, and of each entry of a map such as `variables`. */
export function shapeProblems(value: unknown, keys: Keys): ShapeError[] {
  const whole = problemOf(value, keys)
  if (!whole) return []
  if (!isMapping(value)) return [whole]
  return Object.entries(value).flatMap(([key, item]) => {
    const problem = problemOf({ [key]: item }, keys)
    if (!problem) return []
    const isMap = Object.hasOwn(keys, key) && maps.includes(keys[key]?.is ?? 'text')
    if (!isMap || !isMapping(item)) return [problem]
    return Object.entries(item).flatMap(([name, each]) => {
      const inside = problemOf({ [key]: { [name]: each } }, keys)
      return inside ? [inside] : []
    })
  })
}

function problemOf(value: unknown, keys: Keys): ShapeError | undefined {
  try {
    checkKeys(value, keys, [])
    return undefined
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error
    return error
  }
}
