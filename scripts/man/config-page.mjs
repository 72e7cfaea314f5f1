// The keys of a config file, from its JSON Schema: for gitlab-trigger-config(5).
import { kindOf } from '../docs/kind.mjs'
import { explained, section, subsection } from './roff.mjs'

/** The schemas of an object's values that are objects with keys of their own, by their paths. */
const inside = (path, { properties = {}, additionalProperties, items }) => [
  ...Object.entries(properties).map(([key, each]) => [[path, key].filter(Boolean).join('.'), each]),
  ...(typeof additionalProperties === 'object' ? [[`${path}.NAME`, additionalProperties]] : []),
  ...(typeof items === 'object' ? [[`${path}[]`, items]] : []),
]

/** All objects of a schema with keys of their own, by their paths, outermost first. */
export function objectsOf(schema, path = '') {
  const own = schema.properties ? [[path, schema]] : []
  return [...own, ...inside(path, schema).flatMap(([next, each]) => objectsOf(each, next))]
}

/** The section on the keys of a config file. */
export const keysSection = (schema) =>
  section(
    'KEYS',
    objectsOf(schema).map(([path, { properties }]) =>
      subsection(
        path === '' ? 'The file' : path,
        Object.entries(properties).map(([key, each]) =>
          explained(key, `${each.description ?? ''} (${kindOf(each)})`.trim()),
        ),
      ),
    ),
  )
