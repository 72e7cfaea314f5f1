import type { ConfigNode } from '../../config/layers.ts'
import type { Recipe } from '../../config/schema/config-keys.ts'
import type { PlannedTarget } from './batch-plan.ts'
import {
  hasPlaceholder,
  holdsPlaceholder,
  placeholdersInText,
  replacePlaceholders,
  type NeedField,
  type Placeholder,
} from './placeholder.ts'

export type { NeedField, Placeholder } from './placeholder.ts'

type Values = Pick<Recipe, 'ref' | 'variables' | 'inputs'>

/** Whether a target has placeholders where they are replaced. */
const hasAny = ({ ref, variables, inputs }: Values): boolean =>
  holdsPlaceholder(ref) || holdsPlaceholder(variables) || holdsPlaceholder(inputs)

/** The texts of a target in which placeholders are replaced. */
function textsOf({ ref, variables, inputs }: Values): string[] {
  const texts = [...(ref === undefined ? [] : [ref]), ...Object.values(variables ?? {})]
  return inputs ? [...texts, ...Object.values(inputs).filter((value) => typeof value === 'string')] : texts
}

/** The placeholders in a target's values, each once. */
export function placeholdersIn({ node }: Pick<PlannedTarget, 'node'>): readonly Placeholder[] {
  if (!hasAny(node.data)) return []
  const texts = textsOf(node.data).filter(hasPlaceholder)
  const found = new Map<string, Placeholder>()
  for (const each of texts.flatMap(placeholdersInText)) found.set(`${each.field} ${each.target}`, each)
  return [...found.values()]
}

/** The same map with `replace` done to its texts; the same object where none has a placeholder. */
function replacedMap<Value>(
  map: Readonly<Record<string, Value>>,
  replace: (text: string) => string,
): Record<string, Value> {
  const isOne = (value: Value): value is Value & string => typeof value === 'string' && hasPlaceholder(value)
  if (!Object.values(map).some(isOne)) return map
  return Object.fromEntries(
    Object.entries(map).map(([key, value]) => [
      key,
      isOne(value) ? (replace(value) as Value & string) : value,
    ]),
  )
}

/**
 * The mapping with the values of needed targets in place of placeholders, and `${{` in place of `$${{`, in its ref, variables and inputs; the same
 * object where there are none. `valueOf` is called for targets that it needs.
 */
export function withNeedsValues(
  node: ConfigNode<Recipe>,
  valueOf: (target: string, field: NeedField) => string,
): ConfigNode<Recipe> {
  const { data } = node
  if (!hasAny(data)) return node
  const replace = (text: string): string => replacePlaceholders(text, valueOf)
  const { ref, variables, inputs } = data
  return {
    ...node,
    data: {
      ...data,
      ...(ref !== undefined && { ref: replace(ref) }),
      ...(variables && { variables: replacedMap(variables, replace) }),
      ...(inputs && { inputs: replacedMap(inputs, replace) }),
    },
  }
}
