import { error, Halt, message, notFound, serverError } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { Param } from '../params/tree.ts'
import { coerced } from '../params/tree.ts'
import { has } from '../version/differences.ts'

/** The two parameters that every trigger call needs. */
export interface Asked {
  ref: string
  token: string
}

function isBlank(param: Param | undefined): boolean {
  return param === undefined || param === null || coerced(param)?.trim() === ''
}

/** 8.5 checks one after the other, and reports the first that is missing. */
function requireBoth(call: Call): void {
  for (const name of ['ref', 'token']) {
    if (isBlank(call.params.get(name))) throw new Halt(message(400, `400 (Bad request) "${name}" not given`))
  }
}

function stringProblems(call: Call, name: string, mayBeBlank: boolean): string[] {
  const param = call.params.get(name)
  if (param === undefined) return [`${name} is missing`, ...(mayBeBlank ? [] : [`${name} is empty`])]
  const isString = param === null || Buffer.isBuffer(param) || coerced(param) !== undefined
  if (!isString) return [`${name} is invalid`]
  return !mayBeBlank && isBlank(param) ? [`${name} is empty`] : []
}

function hashProblems(call: Call, name: string): string[] {
  const param = call.params.get(name)
  return param === undefined || param === null || param instanceof Map ? [] : [`${name} is invalid`]
}

/** From 8.14 Grape validates, and reports every problem at once; only 18.9 refuses a blank ref. */
function validate(call: Call): void {
  const now = has(call.gitlab, 'blankRefRefused')
  const problems = [
    ...stringProblems(call, 'ref', !now),
    ...stringProblems(call, 'token', true),
    ...hashProblems(call, 'variables'),
    ...(has(call.gitlab, 'inputs') ? hashProblems(call, 'inputs') : []),
  ]
  if (problems.length > 0) throw new Halt(error(400, problems.join(', ')))
}

/** The ref and the token of a trigger call. Halts where the version refuses the form of the request. */
export function asked(call: Call): Asked {
  if (has(call.gitlab, 'grapeValidation')) validate(call)
  else requireBoth(call)
  const ref = call.params.get('ref')
  const token = call.params.get('token')
  // Bytes that are not UTF-8 reach the database of the old versions (observed: "ref invalid UTF-8").
  if (Buffer.isBuffer(ref) && coerced(ref) === undefined) throw new Halt(serverError())
  if (Buffer.isBuffer(token) && coerced(token) === undefined) {
    throw new Halt(has(call.gitlab, 'grapeValidation') ? notFound() : serverError())
  }
  return { ref: coerced(ref) ?? '', token: coerced(token) ?? '' }
}
