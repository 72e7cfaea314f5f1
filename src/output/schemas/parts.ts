/** A JSON Schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** A string. */
export const text: JsonSchema = { type: 'string' }

/** A whole number. */
export const integer: JsonSchema = { type: 'integer' }

/** A number. */
export const number: JsonSchema = { type: 'number' }

/** True or false. */
export const boolean: JsonSchema = { type: 'boolean' }

/** A moment: ISO 8601, UTC. */
export const time: JsonSchema = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT' }

/** One of these words. */
export function words(...values: readonly string[]): JsonSchema {
  return { enum: values }
}

/** The same, or null where it is not known. */
export function orNull(schema: JsonSchema): JsonSchema {
  const { type, enum: values, anyOf } = schema
  const withNull = (all: unknown, none: unknown): unknown[] => [...new Set([all, none].flat())]
  if (values !== undefined) return { ...schema, enum: withNull(values, null) }
  if (type !== undefined && type !== 'object') return { ...schema, type: withNull(type, 'null') }
  return anyOf === undefined ? { anyOf: [schema, { type: 'null' }] } : schema
}

/** An array. */
export function list(items: JsonSchema): JsonSchema {
  return { type: 'array', items }
}

/** An object that always has all of `members`, and may have those of `others`; later versions may add more. */
export function object(
  members: Readonly<Record<string, JsonSchema>>,
  others: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  return { type: 'object', properties: { ...members, ...others }, required: Object.keys(members) }
}

/** Why something failed, and what to do next. */
export const failure: JsonSchema = object({ message: text, hint: text })

/** What --json prints of one thing: its members, and how the command ended; it may have those of `others`. */
export function result(
  members: Readonly<Record<string, JsonSchema>>,
  others: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  const end = { exit_code: { type: 'integer', minimum: 0, maximum: 255 }, error: orNull(failure) }
  return object({ ...members, ...end }, others)
}
