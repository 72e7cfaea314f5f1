import { isShowable } from '../../core/text/shown-word.ts'

/** Visible, in one line, without blanks at the ends; brackets are for a matrix. */
const nameRule = /^(?! )[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}[\]]{1,100}(?<! )$/u

/** Why a text cannot be the name of a target; undefined if it can. */
export function nameProblem(name: string): string | undefined {
  if (nameRule.test(name)) return undefined
  return 'a name has 1 to 100 printable characters, no brackets, and no blanks at its ends'
}

/** The name of a target that has none: its recipe's, or PROJECT@REF. Undefined where neither is known. */
export function nameFor({
  recipe,
  project,
  ref,
}: {
  recipe?: string
  project?: string | number
  ref?: string
}): string | undefined {
  if (recipe !== undefined) return recipe
  if (project === undefined) return undefined
  return ref === undefined ? String(project) : `${project}@${ref}`
}

/** A name in quotation marks behind a blank, ` "site[LANG=en]"`; '' where it may be a token. */
export function quotedName(name: string): string {
  return isShowable(name.replace(/[[\],=@]+/g, '-').replace(/-$/, '')) ? ` "${name}"` : ''
}

/** The name of a target of a matrix. Values that would make it ambiguous or unreadable are written as in JSON. */
export function matrixName(name: string, axes: readonly (readonly [axis: string, value: string])[]): string {
  const parts = axes.map(([axis, value]) => `${axis}=${plainValue.test(value) ? value : quoted(value)}`)
  return `${name}[${parts.join(',')}]`
}

const plainValue = /^(?!")[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}[\],]*$/u

const unitsOf = (text: string): string =>
  Array.from(
    { length: text.length },
    (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('')

const quoted = (value: string): string =>
  JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, unitsOf)
