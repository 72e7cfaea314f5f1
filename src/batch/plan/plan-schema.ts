import { objectOf } from '../../config/schema/json-schema.ts'
import { planKeys, planningKeys, targetKeys } from './plan-keys.ts'

/** The JSON Schema of plans, for editors. It is built from the tables that also drive the checks. */
export function planSchema(): Record<string, unknown> {
  const pattern = '^[^\\[\\]\\u0000-\\u001f]{1,100}$'
  const name = { ...targetKeys.name, form: { pattern: new RegExp(pattern), wanted: 'a name' } }
  const target = { $ref: '#/definitions/target' }
  /** A target without some of its keys. */
  const targetWithout = (keys: readonly string[]): Record<string, unknown> => ({
    allOf: [target, { type: 'object', propertyNames: { not: { enum: keys } } }],
  })
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'gitlab-trigger plan',
    type: 'object',
    additionalProperties: false,
    required: ['targets'],
    properties: {
      defaults: { description: planKeys.defaults, ...targetWithout(Object.keys(planningKeys)) },
      targets: {
        description: planKeys.targets,
        anyOf: [
          {
            type: 'object',
            minProperties: 1,
            propertyNames: { pattern, not: { pattern: '^(0|[1-9]\\d*)$' } },
            additionalProperties: { anyOf: [targetWithout(['name']), { type: 'null' }] },
          },
          { type: 'array', minItems: 1, items: target },
        ],
      },
    },
    definitions: { target: objectOf({ ...targetKeys, name }) },
  }
}
