import { forbiddenKeys } from '../../../config/schema/mapping.ts'
import type { Shape } from '../../../config/schema/shape.ts'
import { defaultsKeys, targetKeys } from '../plan-keys.ts'

/** What a column of a CSV plan sets: a key of the target, or one of its variables or inputs. */
export interface PlanColumn {
  key: string
  /** The name of the variable or input. */
  name: string | undefined
  shape: Shape
}

const ofMaps = /^(variables|inputs)\.(.+)$/s

/** Shapes of which a cell cannot hold a value. */
const unfit: readonly Shape['is'][] = [
  'list of texts',
  'texts by name',
  'input values by name',
  'codes by code',
  'lists by name',
]

const keys: Readonly<Record<string, Shape>> = targetKeys

/** The names of the columns that a CSV plan may have, besides those of variables and inputs. */
export const columnNames: readonly string[] = Object.keys(keys).filter(
  (key) => !unfit.includes(keys[key]?.is ?? 'text'),
)

/** What a column sets, by its title. Undefined for one that a CSV plan cannot have. */
export function columnFor(title: string): PlanColumn | undefined {
  const [, map = '', name = ''] = ofMaps.exec(title) ?? []
  if (map === 'variables' || map === 'inputs') {
    const shape = defaultsKeys[map]
    return shape.name.test(name) && !forbiddenKeys.has(name) ? { key: map, name, shape } : undefined
  }
  const shape = columnNames.includes(title) ? keys[title] : undefined
  return shape && { key: title, name: undefined, shape }
}

/** Whether a title is that of a column of a CSV plan. */
export const isColumn = (title: string): boolean => columnFor(title) !== undefined

/** The value of a key that is written as text in a cell. What is none of that kind stays text, which the check of the plan refuses. */
export function cellValue({ is }: Shape, cell: string): unknown {
  if (is === 'yes or no' && /^(true|false)$/.test(cell)) return cell === 'true'
  if (is === 'whole number' && /^(0|[1-9]\d{0,14})$/.test(cell)) return Number(cell)
  return is === 'text or list of texts' ? cell.split(/\s+/) : cell
}
