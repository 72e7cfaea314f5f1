import { parseData } from '../files/parse-data.ts'

/** Characters that YAML wants escaped and JSON does not. */
const unprintable = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g

const quoted = (text: string): string =>
  JSON.stringify(text).replace(
    unprintable,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** Words that older versions of YAML read as true or false. */
const oldBooleans = /^(y|n|yes|no|on|off)$/i

/** Whether a text stands for itself without quotes, also within a list in flow form. */
function isPlain(text: string, pattern: RegExp): boolean {
  return pattern.test(text) && !oldBooleans.test(text) && parseData('yaml', '', text) === text
}

/** A text as a value. */
const scalarText = (text: string): string =>
  isPlain(text, /^(?:[A-Za-z~/.](?:[\w~/.@%+-]|:(?=[/\d]))*|[1-9]\d*[smhd])$/) ? text : quoted(text)

/** A key as YAML writes it: in quotes only where it would be something else without. */
export function yamlKey(key: string): string {
  return isPlain(key, /^[A-Za-z][\w./-]*$/) ? key : quoted(key)
}

/** A value in YAML on one line, lists and mappings in flow form. */
export function yamlValue(value: unknown): string {
  if (typeof value === 'string') return scalarText(value)
  if (Array.isArray(value)) return `[${value.map(yamlValue).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const pairs = Object.entries(value).map(([key, each]) => `${yamlKey(key)}: ${yamlValue(each)}`)
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`
}
