import type { Call } from '../http/call.ts'
import { booleanFrom } from '../params/boolean.ts'
import type { Param } from '../params/tree.ts'
import { coerced, isUpload, nameText } from '../params/tree.ts'
import { has } from '../version/differences.ts'

type Pair = [name: string, value: string]

function pairsOf(name: string, param: Param): Pair[] {
  if (Array.isArray(param)) return param.flatMap((item) => pairsOf(`${name}[]`, item))
  if (param instanceof Map) {
    return [...param].flatMap(([key, item]) => pairsOf(`${name}[${nameText(key) ?? key}]`, item))
  }
  return [[name, param === null || isUpload(param) ? '' : param.toString()]]
}

/** A parameter as Grape has read it: a boolean in its plain form, a single text of several as a list. */
function readAs(call: Call, name: string, param: Param): Param {
  const type = call.declared.find((each) => each.name === name)?.type
  if (type === 'strings' && !Array.isArray(param)) return [param]
  const truth = type === 'boolean' ? booleanFrom(coerced(param) ?? '') : undefined
  return truth ?? param
}

/**
 * From 18.9 on a link repeats all parameters: those of the path, those sent, and the defaults of others
 * (facts 4.5).
 */
function allPairs(call: Call): Map<string, Pair[]> {
  const defaults = call.declared.flatMap(({ name, default: usual }): [string, Pair[]][] =>
    usual === undefined ? [] : [[name, [[name, usual]]]],
  )
  const sent = [...call.params].map(([bytes, param]): [string, Pair[]] => {
    const name = nameText(bytes) ?? bytes
    return [name, pairsOf(name, readAs(call, name, param))]
  })
  return new Map([...defaults, ...sent])
}

/** Before, it repeats what was sent; credentials too, in every version. */
function sentPairs(call: Call, size: number): Map<string, Pair[]> {
  const pairs = allPairs(call)
  for (const name of Object.keys(call.path)) pairs.delete(name)
  pairs.delete('page')
  pairs.delete('per_page')
  return pairs.set('page', []).set('per_page', [['per_page', String(size)]])
}

/** The address of this list with some parameters changed. */
export function linkTo(call: Call, changes: Record<string, string>, size: number): string {
  const isModern = has(call.gitlab, 'declaredParameters')
  const pairs = isModern ? allPairs(call) : sentPairs(call, size)
  for (const [name, value] of Object.entries(changes)) pairs.set(name, [[name, value]])
  const query = new URLSearchParams([...pairs.values()].flat())
  if (isModern) query.sort()
  return `${new URL(call.url).origin}${call.pathname}?${query.toString()}`
}
