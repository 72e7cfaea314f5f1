import { parseDocument } from 'yaml'
import { isInputName } from './inputs.ts'

const types = ['string', 'number', 'boolean', 'array'] as const

/** A value of an input. */
export type DeclaredValue = string | number | boolean | readonly unknown[]

/** A pipeline input that the header of a CI file declares (docs/gitlab.md#2.4). */
export interface DeclaredInput {
  name: string
  type: (typeof types)[number]
  /** It has no default, and no rules that may give it one. */
  isRequired: boolean
  /** Its default; undefined where there is none, or where rules choose it. */
  preset: DeclaredValue | undefined
  /** The values to choose from; without any, every value of its type is allowed. */
  options: readonly DeclaredValue[]
  description: string
  /** What a string must match, as GitLab (RE2) reads it. */
  regex: string | undefined
}

/** What the header of a CI file says of inputs. */
export interface InputHeader {
  inputs: DeclaredInput[]
  /** Names of inputs that are not among them: their declaration is not understood, or there are too many. */
  others: number
  /** Further inputs are declared in files that the header includes. */
  hasIncludes: boolean
}

/** At most this many inputs are asked for; GitLab takes 20 in a pipeline. */
const mostInputs = 50

const mapOf = (value: unknown): ReadonlyMap<unknown, unknown> =>
  value instanceof Map ? (value as ReadonlyMap<unknown, unknown>) : new Map()

const isPlain = (value: unknown): boolean =>
  ['string', 'number', 'boolean'].includes(typeof value) || (Array.isArray(value) && value.every(isPlain))

const fits = (value: unknown, type: DeclaredInput['type']): value is DeclaredValue =>
  type === 'array' ? Array.isArray(value) && value.every(isPlain) : typeof value === type

/** One declaration; undefined where it is not understood. */
function declaredInput(name: unknown, value: unknown): DeclaredInput | undefined {
  if (typeof name !== 'string' || !isInputName(name)) return undefined
  const said = mapOf(value)
  const type = types.find((each) => each === (said.get('type') ?? 'string'))
  if (!type || (value !== null && !(value instanceof Map))) return undefined
  const hasRules = said.has('rules')
  const preset = hasRules ? undefined : said.get('default')
  const [description, regex, options] = ['description', 'regex', 'options'].map((key) => said.get(key))
  const isKnown = preset === undefined || preset === null || fits(preset, type)
  if (!isKnown) return undefined
  return {
    name,
    type,
    isRequired: !hasRules && (preset === undefined || preset === null),
    preset: preset === null ? undefined : preset,
    options: Array.isArray(options) && !hasRules ? options.filter((each) => fits(each, type)) : [],
    description: typeof description === 'string' ? description.trim() : '',
    regex: typeof regex === 'string' ? regex : undefined,
  }
}

/** The first document of a CI file; of a part of one only where it ends within that part. */
function firstDocument(text: string, isWhole: boolean): string | undefined {
  const begin = /^\uFEFF?(?:[ \t]*(?:#[^\n]*)?\r?\n)*(?:---(?=\s)[^\n]*\n)?/.exec(text)?.[0].length ?? 0
  const rest = text.slice(begin)
  const end = /^---(?=\s|$)/m.exec(rest)?.index
  return end === undefined ? (isWhole ? rest : undefined) : rest.slice(0, end)
}

/**
 * The inputs that the header of a CI file declares; undefined where it has no header that does. `isWhole` is whether the text is all of the
 * file. Throws an Error where the header cannot be read: it is too long, or no YAML.
 */
export function declaredInputs(text: string, isWhole: boolean): InputHeader | undefined {
  // Without a header the first document is the whole file, which is not read for nothing.
  if (!/^["']?spec["']?[ \t]*:/m.test(text)) return undefined
  const header = firstDocument(text, isWhole)
  if (header === undefined) throw new Error('its header is too long')
  const document = parseDocument(header, { logLevel: 'silent', uniqueKeys: false })
  if (document.errors.length > 0) throw new Error('its header is not valid YAML')
  const spec = mapOf(mapOf(document.toJS({ mapAsMap: true, maxAliasCount: 20 })).get('spec'))
  const declared = [...mapOf(spec.get('inputs'))]
  const hasIncludes = spec.has('include')
  if (declared.length === 0 && !hasIncludes) return undefined
  const known = declared
    .map(([name, value]) => declaredInput(name, value))
    .filter((each) => each !== undefined)
  const inputs = known.slice(0, mostInputs)
  return { inputs, others: declared.length - inputs.length, hasIncludes }
}
