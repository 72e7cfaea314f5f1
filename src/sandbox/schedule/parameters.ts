import type { Declared } from '../params/declared.ts'
import { variableTypes } from '../trigger/pipeline.ts'

const inputNames: readonly Declared[] = [
  { name: 'name', type: 'string', required: true },
  { name: 'value', type: 'any', required: true },
]

/** The parameters of `POST /pipeline_schedules`. */
export const newSchedule: readonly Declared[] = [
  { name: 'description', type: 'string', required: true },
  { name: 'ref', type: 'string', required: true, filled: true },
  { name: 'cron', type: 'string', required: true },
  { name: 'cron_timezone', type: 'string', default: 'UTC' },
  { name: 'active', type: 'boolean', default: 'true' },
  { name: 'inputs', type: 'list', of: inputNames },
]

/** The parameters of `PUT /pipeline_schedules/:pipeline_schedule_id`. */
export const changedSchedule: readonly Declared[] = [
  { name: 'description', type: 'string' },
  { name: 'ref', type: 'string' },
  { name: 'cron', type: 'string' },
  { name: 'cron_timezone', type: 'string' },
  { name: 'active', type: 'boolean' },
  {
    name: 'inputs',
    type: 'list',
    of: [
      { name: 'name', type: 'string', required: true },
      { name: 'destroy', type: 'boolean' },
      { name: 'value', type: 'any' },
    ],
  },
]

/** The parameters of `POST .../variables`. */
export const newVariable: readonly Declared[] = [
  { name: 'key', type: 'string', required: true },
  { name: 'value', type: 'string', required: true },
  { name: 'variable_type', type: 'string', values: variableTypes },
]

/** The parameters of `PUT .../variables/:key`. */
export const changedVariable: readonly Declared[] = [
  { name: 'value', type: 'string' },
  { name: 'variable_type', type: 'string', values: variableTypes },
]
