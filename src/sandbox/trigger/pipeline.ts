import type { Reading } from '../auth/reading.ts'
import { base, Halt, json } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import { textParam } from '../http/call.ts'
import { initialLife } from '../life/life.ts'
import type { Declared } from '../params/declared.ts'
import { coerced } from '../params/tree.ts'
import { pipelineShape } from '../shapes/pipeline.ts'
import { create } from './create.ts'

/** The types of variables. */
export const variableTypes = ['env_var', 'file'] as const

/** The parameters of `POST /pipeline`. */
export const createParameters: readonly Declared[] = [
  { name: 'ref', type: 'string', required: true },
  {
    name: 'variables',
    type: 'list',
    of: [
      { name: 'key', type: 'string' },
      { name: 'value', type: 'string' },
      { name: 'variable_type', type: 'string', values: variableTypes, default: 'env_var' },
    ],
  },
  { name: 'inputs', type: 'hash' },
]

interface Sent {
  key: string
  value: string
  type: string
}

function sentVariables({ call }: Reading): Sent[] {
  const list = call.params.get('variables')
  if (!Array.isArray(list)) return []
  return list.flatMap((each) =>
    each instanceof Map
      ? [
          {
            key: coerced(each.get('key')) ?? '',
            value: coerced(each.get('value')) ?? '',
            type: coerced(each.get('variable_type')) ?? 'env_var',
          },
        ]
      : [],
  )
}

/** Names that were sent twice are a mistake in the configuration. */
function checkNames(names: readonly string[]): void {
  const doubled = [...new Set(names.filter((name, at) => names.indexOf(name) !== at))]
  if (doubled.length === 0) return
  const word = doubled.length === 1 ? 'name' : 'names'
  throw new Halt(base(400, `Duplicate variable ${word}: ${doubled.join(', ')}`))
}

/** `POST /pipeline`: 201 with the pipeline; nothing is kept of one that cannot run. */
export function createPipeline(reading: Reading): Answer {
  const { call, who, project } = reading
  const sent = sentVariables(reading)
  checkNames(sent.map(({ key }) => key))
  const { pipeline } = create(call, {
    project,
    ref: textParam(call, 'ref') ?? '',
    source: 'api',
    who: who.kind === 'nobody' ? { kind: 'user', username: '' } : who,
    variables: new Map(sent.map(({ key, value }) => [key, value])),
    files: new Set(sent.filter(({ type }) => type === 'file').map(({ key }) => key)),
  })
  return json(201, pipelineShape(call, pipeline, initialLife(pipeline)))
}
