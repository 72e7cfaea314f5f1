/** What a needed target gives: `${{ needs.build.id }}`. */
export type NeedField = 'id' | 'sha' | 'web_url' | 'status'

/** The fields, in the order in which messages list them. */
export const needFields: readonly NeedField[] = ['id', 'sha', 'web_url', 'status']

/** A place in a target's values where the value of a needed target belongs. */
export interface Placeholder {
  target: string
  field: NeedField
}

/** A placeholder as it was written, before it is checked. */
export interface WrittenPlaceholder {
  /** Undefined for one that is not written as it should be. */
  target: string | undefined
  field: string
}

/**
 * `$${{`; or the beginning of a placeholder and, where it is well written, the rest: a name without dots, blanks, quotes and brackets, or any name in
 * brackets and quotes (a quote in it is doubled, as in GitHub's expressions).
 */
const parts =
  /(?<literal>\$\$\{\{)|\$\{\{\s*needs(?=[.[])(?:(?:\.(?<plain>[^\s.[\]'"{}]+)|\['(?<quoted>(?:[^']|'')+)'\])\.(?<field>\w+)\s*\}\})?/g

interface Groups {
  literal?: string
  plain?: string
  quoted?: string
  field?: string
}

const isField = (field: string): field is NeedField => needFields.some((each) => each === field)

/** Whether there is anything to replace in a text. Most have nothing. */
export function hasPlaceholder(text: string): boolean {
  return text.includes('${{') && text.search(parts) !== -1
}

/** Whether there is anything to replace in a value, at any depth. */
export function holdsPlaceholder(value: unknown): boolean {
  if (typeof value === 'string') return hasPlaceholder(value)
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsPlaceholder)
}

/** All placeholders of a text, also those that are not written as they should be. */
export function writtenPlaceholders(text: string): WrittenPlaceholder[] {
  return [...text.matchAll(parts)].flatMap(({ groups }) => {
    const { literal, plain, quoted, field = '' } = groups as Groups
    if (literal !== undefined) return []
    return [{ target: plain ?? quoted?.replaceAll("''", "'"), field }]
  })
}

/** The placeholders of a text of a plan that was checked. */
export function placeholdersInText(text: string): Placeholder[] {
  return writtenPlaceholders(text).flatMap(({ target, field }) =>
    target !== undefined && isField(field) ? [{ target, field }] : [],
  )
}

/** A text with values in place of its placeholders, and `${{` in place of `$${{`. All other bytes stay. */
export function replacePlaceholders(
  text: string,
  valueOf: (target: string, field: NeedField) => string,
): string {
  return text.replace(parts, (...args) => {
    const [whole, { literal, plain, quoted, field = '' }] = [args[0], args.at(-1) as Groups]
    if (literal !== undefined) return '${{'
    const target = plain ?? quoted?.replaceAll("''", "'")
    return target !== undefined && isField(field) ? valueOf(target, field) : whole
  })
}
