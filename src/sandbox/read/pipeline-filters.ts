import type { Call } from '../http/call.ts'
import { booleanParam, textParam } from '../http/call.ts'
import type { Life } from '../life/life.ts'
import type { Declared } from '../params/declared.ts'
import { has } from '../version/differences.ts'
import type { GitlabVersion } from '../version/version.ts'
import { atLeast } from '../version/version.ts'
import type { Pipeline } from '../world/model.ts'
import { error, Halt } from '../http/answer.ts'
import { statuses } from './find.ts'

/** A pipeline and how far it is. */
export interface Row {
  pipeline: Pipeline
  life: Life
}

const endStatuses = ['success', 'failed', 'canceled', 'skipped']

const scopes: Record<string, (row: Row) => boolean> = {
  running: ({ life }) => life.status === 'running',
  pending: ({ life }) => life.status === 'pending',
  finished: ({ life }) => endStatuses.includes(life.status),
  branches: ({ pipeline }) => !pipeline.tag,
  tags: ({ pipeline }) => pipeline.tag,
}

/** The sources of pipelines (docs/gitlab.md#4.6). */
// prettier-ignore
const sources = [
  'unknown', 'push', 'web', 'trigger', 'schedule', 'api', 'external', 'pipeline', 'chat', 'webide',
  'merge_request_event', 'external_pull_request_event', 'parent_pipeline', 'ondemand_dast_scan',
  'ondemand_dast_validation', 'security_orchestration_policy', 'container_registry_push', 'duo_workflow',
  'pipeline_execution_policy_schedule',
]

// prettier-ignore
/** The parameters of the list of pipelines, in the order of their declaration. */
export const pipelineParameters: readonly Declared[] = [
  { name: 'page', type: 'integer', default: '1' },
  { name: 'per_page', type: 'integer', default: '20', except: '0' },
  { name: 'scope', type: 'string', values: Object.keys(scopes) },
  { name: 'status', type: 'string', values: statuses },
  { name: 'ref', type: 'string' },
  { name: 'sha', type: 'string' },
  { name: 'yaml_errors', type: 'boolean' },
  { name: 'username', type: 'string' },
  { name: 'updated_before', type: 'date' },
  { name: 'updated_after', type: 'date' },
  { name: 'created_before', type: 'date' },
  { name: 'created_after', type: 'date' },
  { name: 'order_by', type: 'string', values: ['id', 'status', 'ref', 'updated_at', 'user_id'], default: 'id' },
  { name: 'sort', type: 'string', values: ['asc', 'desc'], default: 'desc' },
  { name: 'source', type: 'string', values: sources },
  { name: 'name', type: 'string' },
]

const created = ({ pipeline }: Row): number => pipeline.createdAt
const updated = ({ life }: Row): number => life.updatedAt

interface Filter {
  name: string
  /** Older versions let every pipeline through. */
  since: GitlabVersion
  test: (row: Row, value: string) => boolean
}

/** The filters of the list, one row each. */
// prettier-ignore
const filters: readonly Filter[] = [
  { name: 'scope', since: '8.17', test: (row, value) => scopes[value]?.(row) ?? false },
  { name: 'status', since: '10.3', test: ({ life }, value) => life.status === value },
  { name: 'ref', since: '10.3', test: ({ pipeline }, value) => pipeline.ref === value },
  { name: 'sha', since: '18.9', test: ({ pipeline }, value) => pipeline.sha === value },
  { name: 'source', since: '18.9', test: ({ pipeline }, value) => pipeline.source === value },
  { name: 'name', since: '18.9', test: ({ pipeline }, value) => pipeline.name === value },
  { name: 'username', since: '10.3', test: ({ pipeline }, value) => pipeline.username === value },
  { name: 'updated_after', since: '18.9', test: (row, value) => updated(row) >= Date.parse(value) },
  { name: 'updated_before', since: '18.9', test: (row, value) => updated(row) <= Date.parse(value) },
  { name: 'created_after', since: '18.9', test: (row, value) => created(row) >= Date.parse(value) },
  { name: 'created_before', since: '18.9', test: (row, value) => created(row) <= Date.parse(value) },
]

function withYamlErrors(call: Call, rows: Row[]): Row[] {
  const wantedErrors = has(call.gitlab, 'fullPipelines') ? booleanParam(call, 'yaml_errors') : undefined
  if (wantedErrors === undefined) return rows
  return rows.filter(({ pipeline }) => (pipeline.yamlErrors !== null) === wantedErrors)
}

/** What Grape of the older versions refuses, a filter at a time. */
function checkOld(name: string, value: string): void {
  const allowed = pipelineParameters.find((each) => each.name === name)?.values
  if (allowed?.includes(value) === false) {
    throw new Halt(error(400, `${name} does not have a valid value`))
  }
}

/** The rows that pass every filter of the call. */
export function wanted(call: Call, rows: Row[]): Row[] {
  return filters
    .filter(({ since }) => atLeast(call.gitlab, since))
    .reduce(
      (left, { name, test }) => {
        const value = textParam(call, name)
        if (value === undefined || value === '') return left
        checkOld(name, value)
        return left.filter((row) => test(row, value))
      },
      withYamlErrors(call, rows),
    )
}

const orders: Record<string, (row: Row) => number | string> = {
  id: ({ pipeline }) => pipeline.id,
  status: ({ life }) => life.status,
  ref: ({ pipeline }) => pipeline.ref,
  updated_at: updated,
  user_id: ({ pipeline }) => pipeline.username,
}

/** The rows in the order asked for: by id, newest first by default. */
export function sorted(call: Call, rows: Row[]): Row[] {
  const by = textParam(call, 'order_by') ?? 'id'
  const sort = textParam(call, 'sort') ?? 'desc'
  checkOld('order_by', by)
  checkOld('sort', sort)
  const key = orders[by] ?? created
  const sign = sort === 'asc' ? 1 : -1
  return rows.toSorted((one, other) => {
    const [a, b] = [key(one), key(other)]
    return a === b ? other.pipeline.id - one.pipeline.id : sign * (a < b ? -1 : 1)
  })
}
