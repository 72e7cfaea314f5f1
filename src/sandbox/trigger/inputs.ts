import { base, Halt } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { Param } from '../params/tree.ts'
import { nameText } from '../params/tree.ts'
import type { InputType, Project } from '../world/projects.ts'
import { atLeast } from '../version/version.ts'

/** At most this many inputs to a pipeline (facts 2.4). */
export const inputLimit = 20

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

/** The inputs of a pipeline, checked against what the project declares. Older versions do not look at them. */
export function inputsOf(call: Call, project: Project): Map<string, unknown> {
  const sent = call.params.get('inputs')
  const inputs = new Map<string, unknown>()
  if (!atLeast(call.gitlab, '18.9') || !(sent instanceof Map) || sent.size === 0) return inputs
  if (sent.size > inputLimit) throw new Halt(base(400, `There cannot be more than ${inputLimit} inputs`))
  const names = [...sent.keys()].map((name) => nameText(name) ?? name)
  if (Object.keys(project.inputs).length === 0) {
    throw new Halt(
      base(400, 'Given inputs not defined in the `spec` section of the included configuration file'),
    )
  }
  const unknown = names.filter((name) => !Object.hasOwn(project.inputs, name))
  if (unknown.length > 0) throw new Halt(base(400, `unknown input arguments: ${unknown.join(', ')}`))
  for (const [bytes, param] of sent) {
    const name = nameText(bytes) ?? bytes
    const type = project.inputs[name] ?? 'string'
    const value = valueOf(param, type)
    const article = type === 'array' ? 'an' : 'a'
    if (!isOf(value, type)) {
      throw new Halt(base(400, `\`${name}\` input: provided value is not ${article} ${type}`))
    }
    inputs.set(name, value)
  }
  return inputs
}
