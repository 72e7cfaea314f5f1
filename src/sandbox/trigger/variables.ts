import { base, Halt, message, serverError } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { nameText, utf8 } from '../params/tree.ts'
import { has } from '../version/differences.ts'

/** The variables as they were sent, still bytes where they are not UTF-8. */
export function sentVariables(call: Call): Map<string, Buffer> | null {
  const param = call.params.get('variables')
  if (param === undefined || param === null) return null
  if (!(param instanceof Map)) throw new Halt(message(400, 'variables needs to be a hash'))
  const sent = new Map<string, Buffer>()
  for (const [name, value] of param) {
    if (!Buffer.isBuffer(value)) {
      throw new Halt(message(400, 'variables needs to be a map of key-valued strings'))
    }
    sent.set(nameText(name) ?? name, value)
  }
  return sent
}

/** Every key or value that is not UTF-8 breaks the echo of v3; v4 stores what it can of it. */
export function textsOf(call: Call, sent: Map<string, Buffer>): Map<string, string> {
  const texts = new Map<string, string>()
  for (const [name, bytes] of sent) {
    const text = utf8(bytes)
    if (text === undefined && call.api === 'v3') throw new Halt(serverError())
    texts.set(name, text ?? bytes.toString())
  }
  return texts
}

/** The rules of a key in the order of the model's validations (facts 2.8). */
const keyRules = [
  { broken: (key: string) => key.trim() === '', says: "can't be blank" },
  { broken: (key: string) => Array.from(key).length > 255, says: 'is too long (maximum is 255 characters)' },
  {
    broken: (key: string) => !/^[A-Za-z0-9_]+$/.test(key),
    says: "can contain only letters, digits and '_'.",
  },
]

/** What is wrong with the keys of variables, in the words of the model. */
export function keyProblems(keys: string[]): string[] {
  return keyRules.filter(({ broken }) => keys.some(broken)).map(({ says }) => says)
}

/**
 * What the model stores of the variables: 8.x anything; 10.3 and 18.9 keys by rule, with the blanks around
 * them cut. Two keys that are equal after that are an error on 10.3; on 18.9 the last one wins.
 */
export function storedVariables(call: Call, texts: Map<string, string>): Map<string, string> {
  if (!has(call.gitlab, 'keysChecked')) return texts
  const stored = new Map([...texts].map(([key, value]) => [key.trim(), value]))
  const problems = keyProblems([...stored.keys()])
  if (has(call.gitlab, 'keysInOwnMessage')) {
    if (problems.length > 0) throw new Halt(message(400, { 'variables.key': problems }))
    return stored
  }
  const all = [...(stored.size < texts.size ? ['has already been taken'] : []), ...problems]
  if (all.length > 0) {
    const list = all.map((says) => `Key ${says}`).join(', ')
    throw new Halt(base(400, `Failed to persist the pipeline: Validation failed: ${list}`))
  }
  return stored
}
