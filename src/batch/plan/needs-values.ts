import type { ConfigNode } from '../../config/layers.ts'
import type { Recipe } from '../../config/schema/shape.ts'
import type { PlannedTarget } from './batch-plan.ts'

/** What a needed target gives: `${{ needs.build.id }}`. */
export type NeedField = 'id' | 'sha' | 'web_url' | 'status'

/** A place in a target's values where the value of a needed target belongs. */
export interface Placeholder {
  target: string
  field: NeedField
}

/** The placeholders in a target's values, each once. */
export function placeholdersIn(target: Pick<PlannedTarget, 'node'>): readonly Placeholder[] {
  throw new Error(`not written yet: ${target.node.keys.join('.')}`)
}

/** The mapping with the values of needed targets in place of placeholders; the same object where there are none. */
export function withNeedsValues(
  node: ConfigNode<Recipe>,
  valueOf: (target: string, field: NeedField) => string,
): ConfigNode<Recipe> {
  throw new Error(`not written yet: ${node.keys.join('.')} ${valueOf.name}`)
}
