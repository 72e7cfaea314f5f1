import { dirname } from 'node:path'
import type { ConfigFile } from '../../config/files/config-file.ts'
import { isMapping } from '../../config/schema/mapping.ts'
import type { PlanSource } from './batch-plan.ts'
import type { PlanDocument } from './formats/plan-document.ts'

/** The plan as a config file that a user has named: who starts a plan trusts it, as with --config (docs/batch.md). */
export function planFile(
  { place, realPath, text }: PlanSource,
  { lineOf, targets }: PlanDocument,
): ConfigFile {
  const matrices = new Map(
    targets.flatMap(({ keys, data }): [string, unknown][] =>
      isMapping(data) && data['matrix'] !== undefined ? [[keys[1] ?? '', data['matrix']]] : [],
    ),
  )
  return {
    kind: 'named',
    path: place,
    ...(realPath !== undefined && { folder: dirname(realPath) }),
    text,
    data: {},
    lineOf: (keys) => {
      const [top = '', target = '', map, name = ''] = keys
      const matrix = top === 'targets' && map === 'variables' ? matrices.get(target) : undefined
      return lineOf(isMapping(matrix) && Object.hasOwn(matrix, name) ? [top, target, 'matrix', name] : keys)
    },
  }
}
