import { error, Halt } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { textParam } from '../http/call.ts'
import type { Life } from '../life/life.ts'
import type { GitlabVersion } from '../version/version.ts'
import { atLeast } from '../version/version.ts'
import type { Pipeline } from '../world/model.ts'
import { statuses } from './find.ts'

/** A pipeline and how far it is. */
export interface Row {
  pipeline: Pipeline
  life: Life
}

type Test = (row: Row, value: string) => boolean

const endStatuses = ['success', 'failed', 'canceled', 'skipped']

const scopes: Record<string, (row: Row) => boolean> = {
  running: ({ life }) => life.status === 'running',
  pending: ({ life }) => life.status === 'pending',
  finished: ({ life }) => endStatuses.includes(life.status),
  branches: ({ pipeline }) => !pipeline.tag,
  tags: ({ pipeline }) => pipeline.tag,
}

interface Filter {
  name: string
  since: GitlabVersion
  valid?: (value: string) => boolean
  /** What Grape calls a value that is not valid. */
  says?: string
  test: Test
}

const isDate = (value: string): boolean => !Number.isNaN(Date.parse(value))
const noValue = 'does not have a valid value'

function dateFilter(name: string, moment: (row: Row) => number, after: boolean): Filter {
  const test: Test = (row, value) =>
    after ? moment(row) >= Date.parse(value) : moment(row) <= Date.parse(value)
  return { name, since: '18.9', valid: isDate, says: 'is invalid', test }
}

const created = ({ pipeline }: Row): number => pipeline.createdAt
const updated = ({ life }: Row): number => life.updatedAt

/** The filters of the list, one row each; a version that does not know one lets every pipeline through. */
const filters: Filter[] = [
  {
    name: 'scope',
    since: '8.17',
    valid: (value) => Object.hasOwn(scopes, value),
    says: noValue,
    test: (row, value) => scopes[value]?.(row) ?? false,
  },
  {
    name: 'status',
    since: '10.3',
    valid: (value) => statuses.some((status) => status === value),
    says: noValue,
    test: ({ life }, value) => life.status === value,
  },
  { name: 'ref', since: '10.3', test: ({ pipeline }, value) => pipeline.ref === value },
  { name: 'sha', since: '18.9', test: ({ pipeline }, value) => pipeline.sha === value },
  { name: 'source', since: '18.9', test: ({ pipeline }, value) => pipeline.source === value },
  { name: 'username', since: '10.3', test: ({ pipeline }, value) => pipeline.username === value },
  dateFilter('updated_after', updated, true),
  dateFilter('updated_before', updated, false),
  dateFilter('created_after', created, true),
  dateFilter('created_before', created, false),
]

/** The rows that pass every filter of the call. */
export function wanted(call: Call, rows: Row[]): Row[] {
  return filters
    .filter(({ since }) => atLeast(call.gitlab, since))
    .reduce((left, { name, valid, says, test }) => {
      const value = textParam(call, name)
      if (value === undefined) return left
      if (valid?.(value) === false) throw new Halt(error(400, `${name} ${says ?? 'is invalid'}`))
      return left.filter((row) => test(row, value))
    }, rows)
}

const orders: Record<string, (row: Row) => number | string> = {
  id: ({ pipeline }) => pipeline.id,
  status: ({ life }) => life.status,
  ref: ({ pipeline }) => pipeline.ref,
  updated_at: updated,
  user_id: ({ pipeline }) => pipeline.username,
}

/** The rows in the order asked for: by id, newest first, unless told otherwise. */
export function sorted(call: Call, rows: Row[]): Row[] {
  const by = textParam(call, 'order_by') ?? 'id'
  const sort = textParam(call, 'sort') ?? 'desc'
  const key = Object.hasOwn(orders, by) ? orders[by] : undefined
  if (key === undefined) throw new Halt(error(400, `order_by ${noValue}`))
  if (sort !== 'asc' && sort !== 'desc') throw new Halt(error(400, `sort ${noValue}`))
  const sign = sort === 'asc' ? 1 : -1
  return rows.toSorted((one, other) => {
    const [a, b] = [key(one), key(other)]
    return a === b ? other.pipeline.id - one.pipeline.id : sign * (a < b ? -1 : 1)
  })
}
