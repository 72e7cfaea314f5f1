import { usageError } from '../../core/errors.ts'
import { keyText } from './key-path.ts'
import type { OwnConfig } from './own-config.ts'

/** The value at a key of some data. Undefined where there is none. */
export function valueAt(data: unknown, path: readonly string[]): unknown {
  let node = data
  for (const key of path) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return undefined
    node = (node as Record<string, unknown>)[key]
  }
  return node
}

/** The value of a key in the config that is worked with. Throws a usage error that names `where` for one that is not set. */
export function needValue({ file, isNew }: OwnConfig, path: readonly string[], where: string): unknown {
  const value = valueAt(file.data, path)
  if (value !== undefined && value !== null) return value
  throw usageError(
    `${where}: ${keyText(path)} is not set in ${file.path}${isNew ? ', which does not exist' : ''}`,
    'gitlab-trigger config list shows what is configured.',
  )
}
