import { nearest } from '../../core/did-you-mean.ts'
import { isMapping } from '../../config/schema/mapping.ts'
import { hasPlaceholder, holdsPlaceholder, needFields, writtenPlaceholders } from './placeholder.ts'
import { quotedName } from './target-name.ts'

/** What a placeholder may name. */
export interface PlaceholderScope {
  /** The names of all targets, and those of targets with a matrix as they are written. */
  isTarget: (name: string) => boolean
  /** How many targets the matrix of that name became; undefined for a target without one. */
  matrixSize: (name: string) => number | undefined
  /** Whether the target names it in its needs. */
  isNeeded: (name: string) => boolean
}

/** Why a text of a target is refused, by the keys to it. */
type Found = [keys: readonly string[], problem: string]

/** Problems of the placeholders in a target: where they are not allowed, not well written, or name what is not needed. */
export function placeholderProblems(
  data: Readonly<Record<string, unknown>>,
  scope: PlaceholderScope,
): Found[] {
  if (!holdsPlaceholder(data)) return []
  return Object.entries(data).flatMap(([key, value]): Found[] => {
    const isReplaced = ['ref', 'variables', 'inputs'].includes(key)
    return textsBelow(value, [key]).flatMap(([keys, text]) => {
      const problems = writtenPlaceholders(text).map((each) =>
        isReplaced && keys.length <= 2
          ? problemOf(each, scope)
          : 'values of needed targets go into ref, variables and texts of inputs only',
      )
      return problems.flatMap((problem): Found[] => (problem === undefined ? [] : [[keys, problem]]))
    })
  })
}

/** The texts with placeholders in a value, at any depth, by the keys to them. */
function textsBelow(value: unknown, keys: readonly string[]): [keys: readonly string[], text: string][] {
  if (typeof value === 'string') return hasPlaceholder(value) ? [[keys, value]] : []
  if (!Array.isArray(value) && !isMapping(value)) return []
  return Object.entries(value).flatMap(([key, each]) => textsBelow(each, [...keys, key]))
}

function problemOf(
  { target, field }: ReturnType<typeof writtenPlaceholders>[number],
  { isTarget, matrixSize, isNeeded }: PlaceholderScope,
): string | undefined {
  if (target === undefined)
    return "write ${{ needs.NAME.FIELD }}, or ${{ needs['NAME'].FIELD }} for a name with dots, blanks or brackets; $${{ is a literal ${{"
  const name = quotedName(target)
  if (!needFields.some((each) => each === field)) {
    const near = nearest(field, needFields)
    return `a needed target has no "${field.slice(0, 60)}"${near === undefined ? `, but ${needFields.join(', ')}` : `; did you mean "${near}"?`}`
  }
  if (!isTarget(target)) return `there is no target${name || ' of that name'}`
  const size = matrixSize(target)
  if (size !== undefined)
    return `${name.trim() || 'the target'} became ${size} targets by its matrix; name one: \${{ needs['${target}[...]'].${field} }}`
  return isNeeded(target) ? undefined : `the target${name} is not among the needs of this one`
}
