import { scenarioSchema } from './schema.ts'
import type { Schema } from './schema.ts'

/** What is wrong at a place of a scenario. */
export interface Problem {
  /** Names and indexes that lead to the place. */
  path: readonly (string | number)[]
  says: string
}

type Path = Problem['path']

const articles = {
  object: 'a map',
  array: 'a list',
  string: 'a text',
  integer: 'a whole number',
  boolean: 'true or false',
}

function isOf(type: NonNullable<Schema['type']>, value: unknown): boolean {
  if (type === 'array') return Array.isArray(value)
  if (type === 'integer') return Number.isSafeInteger(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === type
}

function known(names: readonly string[]): string {
  return names.length > 0 ? `; known are ${names.join(', ')}` : ''
}

function objectProblems(schema: Schema, value: Record<string, unknown>, path: Path): Problem[] {
  const { properties = {}, required = [], additionalProperties } = schema
  const missing = required.filter((name) => !Object.hasOwn(value, name))
  const inside = Object.entries(value).flatMap(([name, each]): Problem[] => {
    const own = Object.hasOwn(properties, name) ? properties[name] : additionalProperties
    if (own === false)
      return [{ path: [...path, name], says: `unknown key${known(Object.keys(properties))}` }]
    return own === undefined ? [] : problemsOf(own, each, [...path, name])
  })
  return [...missing.map((name) => ({ path, says: `${name} is missing` })), ...inside]
}

function rangeProblems(
  { minimum = -Infinity, maximum = Infinity }: Schema,
  value: number,
): string | undefined {
  if (value < minimum) return `must be ${minimum} or more`
  return value > maximum ? `must be ${maximum} or less` : undefined
}

/** What is wrong with a value by a schema. */
export function problemsOf(schema: Schema, value: unknown, path: Path = []): Problem[] {
  if (schema.$ref !== undefined) {
    const target = scenarioSchema.$defs[schema.$ref.slice('#/$defs/'.length)]
    return target === undefined ? [] : problemsOf(target, value, path)
  }
  const { type, items, minItems = 0 } = schema
  if (type !== undefined && !isOf(type, value)) return [{ path, says: `must be ${articles[type]}` }]
  if (schema.enum !== undefined && !schema.enum.includes(String(value))) {
    return [{ path, says: `must be one of ${schema.enum.join(', ')}` }]
  }
  if (typeof value === 'number') {
    const says = rangeProblems(schema, value)
    return says === undefined ? [] : [{ path, says }]
  }
  if (Array.isArray(value)) {
    if (value.length < minItems) return [{ path, says: 'must not be empty' }]
    return items === undefined ? [] : value.flatMap((each, at) => problemsOf(items, each, [...path, at]))
  }
  return type === 'object' ? objectProblems(schema, value as Record<string, unknown>, path) : []
}
