import type { Keys, Shape } from './shape.ts'
import { fileKeys } from './config-keys.ts'

function schemaOf(shape: Shape): Record<string, unknown> {
  const { about: description } = shape
  const text = { type: 'string', minLength: 1 }
  const byName = (name: RegExp, entry: unknown): Record<string, unknown> => ({
    type: 'object',
    propertyNames: { pattern: name.source },
    additionalProperties: entry,
  })
  switch (shape.is) {
    case 'text':
      return { description, ...text, ...(shape.form && { pattern: shape.form.pattern.source }) }
    case 'whole number':
      return { description, type: 'integer', minimum: 0, maximum: shape.most }
    case 'yes or no':
      return { description, type: 'boolean' }
    case 'one of':
      return { description, enum: shape.words }
    case 'number or text':
      return { description, type: ['integer', 'string'] }
    case 'list of texts':
      return { description, type: 'array', items: { type: 'string' }, minItems: 1 }
    case 'text or list of texts':
      return { description, anyOf: [text, { type: 'array', items: text }] }
    case 'lists by name': {
      const items = { type: ['string', 'number', 'boolean'] }
      return { description, minProperties: 1, ...byName(shape.name, { type: 'array', items, minItems: 1 }) }
    }
    case 'texts by name':
      return { description, ...byName(shape.name, { type: 'string' }) }
    case 'input values by name':
      return { description, ...byName(shape.name, { type: ['string', 'number', 'boolean', 'array'] }) }
    case 'codes by code':
      return { description, ...byName(/^\d{1,3}$/, { type: 'integer', minimum: 0, maximum: 123 }) }
    case 'entries by name':
      return { description, ...byName(shape.name, objectOf(shape.entry)) }
    case 'list of entries':
      return { description, type: 'array', items: objectOf(shape.entry), minItems: 1 }
  }
}

/** The JSON Schema of a mapping with these keys. */
export function objectOf(keys: Keys): Record<string, unknown> {
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(Object.entries(keys).map(([key, shape]) => [key, schemaOf(shape)])),
  }
}

/** The JSON Schema of config files, for editors. It is built from the table that also drives the checks. */
export function configSchema(): Record<string, unknown> {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'gitlab-trigger config',
    ...objectOf(fileKeys),
  }
}
