import { nearest } from '../../core/did-you-mean.ts'
import { usageError } from '../../core/errors.ts'
import { quotedWord } from '../../core/text/shown-word.ts'
import { commandSchemas } from './commands.ts'
import type { JsonSchema } from './parts.ts'

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null

/** The schemas that a value may follow, through references, alternatives and arrays. */
function alternatives(schema: JsonSchema, root: JsonSchema): JsonSchema[] {
  const { $ref, anyOf, items } = schema
  if (typeof $ref === 'string') {
    const definitions = root['$defs'] as Readonly<Record<string, JsonSchema>>
    return alternatives(definitions[$ref.replace('#/$defs/', '')] ?? {}, root)
  }
  const inner = [
    ...(Array.isArray(anyOf) ? (anyOf as JsonSchema[]) : []),
    ...(isSchema(items) ? [items] : []),
  ]
  return inner.length === 0 ? [schema] : inner.flatMap((each) => alternatives(each, root))
}

/** The members of all objects that a value may be, by name. */
function membersOf(schemas: readonly JsonSchema[]): ReadonlyMap<string, JsonSchema[]> {
  const members = new Map<string, JsonSchema[]>()
  for (const { properties } of schemas) {
    for (const [name, schema] of Object.entries((properties ?? {}) as Record<string, JsonSchema>))
      members.set(name, [...(members.get(name) ?? []), schema])
  }
  return members
}

/**
 * Refuses fields of --json that the command `name` never prints. `printed` is the object that it prints now: `run` has another with --dry-run. Throws a
 * usage error that lists those that are known.
 */
export function checkJsonFields(
  name: string,
  fields: readonly string[],
  printed: Readonly<Record<string, unknown>> | undefined,
): void {
  const root = commandSchemas[name]
  // A printed form of a schedule hands --json on to the run that it schedules, and prints no JSON itself.
  if (!root || !printed)
    throw name.startsWith('schedule ')
      ? usageError(
          `--json cannot have fields here: ${name} passes it on to the run that is scheduled`,
          'Write --json alone, and add the fields to it in what is printed: --json=id,web_url.',
        )
      : usageError('--json cannot have fields here', 'Write --json alone.')
  const objects = alternatives(root, root)
  const whole = objects.find(({ properties = {} }) =>
    Object.keys(printed).every((key) => key in (properties as object)),
  )
  for (const field of fields) {
    let schemas = whole ? [whole] : objects
    let path = ''
    for (const word of field.split('.')) {
      const members = membersOf(schemas)
      const known = [...members.keys()]
      const found = members.get(word)
      if (!found) throw unknownField(word, path, known, meantBy(word, members, root))
      schemas = found.flatMap((each) => alternatives(each, root))
      path = path === '' ? word : `${path}.${word}`
    }
  }
}

/** The fields that an unknown one may stand for: of that name one level below, as of the things that a list holds, or else one of nearly that name. */
function meantBy(word: string, members: ReadonlyMap<string, JsonSchema[]>, root: JsonSchema): string[] {
  const inner = [...members].flatMap(([name, schemas]) =>
    [...membersOf(schemas.flatMap((each) => alternatives(each, root))).keys()].map((field) => ({
      field,
      whole: `${name}.${field}`,
    })),
  )
  const exact = inner.filter(({ field }) => field === word).map(({ whole }) => whole)
  if (exact.length > 0) return exact
  const near = nearest(word, [...members.keys(), ...inner.map(({ field }) => field)])
  return near === undefined ? [] : members.has(near) ? [near] : meantBy(near, members, root)
}

function unknownField(word: string, path: string, known: readonly string[], meant: readonly string[]): Error {
  const of = path === '' ? '' : ` of ${path}`
  if (known.length === 0) return usageError(`--json: ${path} has no fields`, `Use --json=${path}.`)
  const prefix = path === '' ? '' : `${path}.`
  const names = meant.map((name) => `"${name.includes('.') ? prefix : ''}${name}"`).join(' or ')
  return usageError(
    word === ''
      ? `--json: a field${of} is missing`
      : `--json: unknown field${quotedWord(word)}${of}${names && `; did you mean ${names}?`}`,
    `Fields${of}: ${known.join(', ')}.`,
  )
}
