import type { Call } from '../http/call.ts'
import type { Param } from '../params/tree.ts'
import { nameText } from '../params/tree.ts'
import { has } from '../version/differences.ts'
import type { InputType, Project } from '../world/projects.ts'

/** At most this many inputs to a pipeline (facts 2.4). */
export const inputLimit = 20

/** At most this many problems are named. */
const mostNamed = 3

/** A parameter as a plain value; bytes are UTF-8 by now. */
function plain(param: Param): unknown {
  if (Buffer.isBuffer(param)) return param.toString()
  if (Array.isArray(param)) return param.map(plain)
  if (param instanceof Map) return Object.fromEntries([...param].map(([key, item]) => [key, plain(item)]))
  return param
}

/** A form sends everything that is not a string as JSON text (facts 2.4). */
function valueOf(param: Param, type: InputType): unknown {
  const value = plain(param)
  if (type === 'string' || typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

function isOf(value: unknown, type: InputType): boolean {
  return type === 'array' ? Array.isArray(value) : typeof value === type
}

function sentInputs(call: Call): Map<string, Param> {
  const sent = call.params.get('inputs')
  if (!has(call.gitlab, 'inputs') || !(sent instanceof Map)) return new Map()
  return new Map([...sent].map(([bytes, param]) => [nameText(bytes) ?? bytes, param]))
}

/** Whether a call has more inputs than GitLab takes; they are refused before anything else. */
export function tooManyInputs(call: Call): boolean {
  return sentInputs(call).size > inputLimit
}

function typeProblem(name: string, type: InputType, value: unknown): string[] {
  if (isOf(value, type)) return []
  return [`\`${name}\` input: provided value is not ${type === 'array' ? 'an' : 'a'} ${type}`]
}

/**
 * The inputs of a pipeline, or what the CI file finds wrong with them; with that the pipeline fails at once.
 * Older versions ignore inputs.
 */
export function inputsOf(call: Call, project: Project): Map<string, unknown> | string {
  const sent = sentInputs(call)
  const { inputs: declared, requiredInputs } = project
  const inFile = (problem: string): string => `\`.gitlab-ci.yml\`: ${problem}`
  if (sent.size > 0 && Object.keys(declared).length === 0) {
    return inFile('Given inputs not defined in the `spec` section of the included configuration file')
  }
  const unknown = [...sent.keys()].filter((name) => !Object.hasOwn(declared, name))
  const values = new Map<string, unknown>()
  const problems = Object.entries(declared).flatMap(([name, type]) => {
    const param = sent.get(name)
    if (param === undefined) {
      const isMissing = has(call.gitlab, 'inputs') && requiredInputs.includes(name)
      return isMissing ? [`\`${name}\` input: required value has not been provided`] : []
    }
    const value = valueOf(param, type)
    values.set(name, value)
    return typeProblem(name, type, value)
  })
  const all = [...(unknown.length > 0 ? [`unknown input arguments: ${unknown.join(', ')}`] : []), ...problems]
  return all.length === 0 ? values : inFile(all.slice(0, mostNamed).join(', '))
}
