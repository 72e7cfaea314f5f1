import type { GitlabVersion } from '../version/version.ts'
import { atLeast } from '../version/version.ts'
import { booleanFrom } from './boolean.ts'
import type { Param, ParamHash } from './tree.ts'
import { coerced, isUpload } from './tree.ts'

/** A parameter that a route declares, as Grape does; it is validated, and repeated in the links of a list. */
export interface Declared {
  name: string
  type: 'string' | 'integer' | 'boolean' | 'date' | 'hash' | 'list' | 'strings' | 'any'
  /** The first version that knows it. */
  since?: GitlabVersion
  required?: true
  /** Whether it may not be blank. */
  filled?: true
  /** The texts that it may be. */
  values?: readonly string[]
  /** The least number that it may be. */
  least?: number
  /** A value that it may not be. */
  except?: string
  default?: string
  /** The members of each element of a list. */
  of?: readonly Declared[]
}

function isDate(text: string): boolean {
  return !Number.isNaN(Date.parse(text))
}

/** Whether Grape can make of a parameter what is declared. */
function fits(param: Param, type: Declared['type']): boolean {
  if (param === null || type === 'any') return true
  if (type === 'hash') return param instanceof Map
  if (type === 'list') return Array.isArray(param)
  if (type === 'strings') return !isUpload(param)
  if (isUpload(param)) return false
  const text = coerced(param)
  if (text === undefined) return false
  if (type === 'string' || text === '') return true
  if (type === 'integer') return /^-?\d+$/.test(text)
  return type === 'boolean' ? booleanFrom(text) !== undefined : isDate(text)
}

function textsOf(param: Param): (string | undefined)[] {
  return Array.isArray(param) ? param.map((item) => coerced(item)) : [coerced(param)]
}

function isBlank(param: Param | undefined): boolean {
  return param === undefined || param === null || coerced(param)?.trim() === ''
}

function elementProblems(list: readonly Param[], name: string, of: readonly Declared[]): string[] {
  return list.flatMap((element, at) =>
    element instanceof Map
      ? problemsOf(element, of).map((problem) => problem.replace(/^(\w+)/, `${name}[${at}][$1]`))
      : [`${name} is invalid`],
  )
}

function problemsWith(param: Param | undefined, declared: Declared): string[] {
  const { name, type, required, filled, values, least, except, of } = declared
  const missing = param === undefined
  const problems = [
    ...(missing && required ? [`${name} is missing`] : []),
    ...(filled && isBlank(param) && (!missing || required) ? [`${name} is empty`] : []),
  ]
  if (missing || param === null) return problems
  if (!fits(param, type)) return [...problems, `${name} is invalid`]
  const isAllowed =
    values === undefined || textsOf(param).every((text) => text !== undefined && values.includes(text))
  const isTooSmall = least !== undefined && Number(coerced(param)) < least
  if (!isAllowed || isTooSmall) problems.push(`${name} does not have a valid value`)
  if (except !== undefined && coerced(param) === except) problems.push(`${name} has a value not allowed`)
  if (of !== undefined && Array.isArray(param)) problems.push(...elementProblems(param, name, of))
  return problems
}

/** Everything that is wrong with parameters, in Grape's words and in the order of their declaration. */
export function problemsOf(params: ParamHash, declared: readonly Declared[]): string[] {
  return declared.flatMap((each) => problemsWith(params.get(each.name), each))
}

/** The parameters that a version declares of those of a route, with the numbers in its path first. */
export function declaredIn(gitlab: GitlabVersion, path: string, declared: readonly Declared[]): Declared[] {
  const numbers = [...path.matchAll(/:(\w+_id)\b/g)].map(([, name = '']): Declared => ({
    name,
    type: 'integer',
    required: true,
  }))
  return [...numbers, ...declared.filter(({ since }) => since === undefined || atLeast(gitlab, since))]
}
