import { objectMembers } from '../api/answer.ts'
import type { Client, Fields } from '../api/client.ts'
import { positiveId, nonEmptyText } from '../api/decode.ts'
import { ApiError } from '../api/reader.ts'

/** A pipeline schedule of GitLab (facts section 7). What a server did not tell is null. */
export interface PipelineSchedule {
  id: number
  description: string | null
  ref: string | null
  cron: string | null
  cronTimezone: string | null
  /** ISO 8601, UTC. */
  nextRunAt: string | null
  active: boolean
  owner: string | null
  /** Of the last pipeline it made; only where one schedule was asked for. */
  lastPipeline: number | null
}

/** What a new schedule is made of. */
export interface NewSchedule {
  description: string
  ref: string
  cron: string
  cronTimezone: string
  active: boolean
  variables: readonly { key: string; value: string }[]
  inputs: readonly { key: string; value: string }[]
}

const path = (id: number): string => `/pipeline_schedules/${id}`

function decode(json: unknown): PipelineSchedule | undefined {
  const members = objectMembers(json)
  const id = positiveId(members['id'])
  if (id === null) return undefined
  return {
    id,
    description: nonEmptyText(members['description']),
    ref: nonEmptyText(members['ref']),
    cron: nonEmptyText(members['cron']),
    cronTimezone: nonEmptyText(members['cron_timezone']),
    nextRunAt: nonEmptyText(members['next_run_at']),
    active: members['active'] === true,
    owner: nonEmptyText(objectMembers(members['owner'])['username']),
    lastPipeline: positiveId(objectMembers(members['last_pipeline'])['id']),
  }
}

function understood(json: unknown): PipelineSchedule {
  const found = decode(json)
  if (!found) throw new ApiError('the schedule in the answer was not understood', 200)
  return found
}

/** The schedules of a project. Throws a ReadError. */
export async function listSchedules(client: Client): Promise<PipelineSchedule[]> {
  const list = await client.list('/pipeline_schedules')
  return list.map(decode).filter((each) => each !== undefined)
}

/** One schedule. Throws a ReadError. */
export async function readSchedule(client: Client, id: number): Promise<PipelineSchedule> {
  return understood(await client.get(path(id)))
}

/** Why a schedule could not be made whole. */
export class PartiallyCreatedSchedule extends Error {
  override name = 'PartiallyCreatedSchedule'
  override readonly cause: ApiError
  /** It is left behind, inactive. */
  readonly id: number

  constructor(id: number, cause: ApiError) {
    super(cause.message)
    this.id = id
    this.cause = cause
  }
}

/**
 * Makes a schedule. It is inactive until it has all its variables, so that nothing that goes wrong on the way leaves one that runs without them,
 * or one too many. Throws a ReadError where there is none, or with a lost answer an inactive one; a PartiallyCreatedSchedule where one is left.
 */
export async function createSchedule(client: Client, order: NewSchedule): Promise<PipelineSchedule> {
  const fields: Fields = [
    ['description', order.description],
    ['ref', order.ref],
    ['cron', order.cron],
    ['cron_timezone', order.cronTimezone],
    ['active', 'false'],
    ...order.inputs.flatMap(({ key, value }): [string, string][] => [
      ['inputs[][name]', key],
      ['inputs[][value]', value],
    ]),
  ]
  const made = understood(await client.write('POST', '/pipeline_schedules', { fields }))
  try {
    for (const { key, value } of order.variables) {
      await client.write('POST', `${path(made.id)}/variables`, {
        fields: [
          ['key', key],
          ['value', value],
          ['variable_type', 'env_var'],
        ],
      })
    }
    return order.active
      ? understood(await client.write('PUT', path(made.id), { fields: [['active', 'true']] }))
      : await readSchedule(client, made.id)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const isGone = await client.write('DELETE', path(made.id)).then(
      () => true,
      () => false,
    )
    throw isGone ? error : new PartiallyCreatedSchedule(made.id, error)
  }
}

/** Deletes a schedule. Throws a ReadError. */
export async function deleteSchedule(client: Client, id: number): Promise<void> {
  await client.write('DELETE', path(id))
}

/** Asks GitLab to run a schedule now. One POST; the answer does not say which pipeline it makes. Throws a ReadError. */
export async function playSchedule(client: Client, id: number): Promise<void> {
  await client.write('POST', `${path(id)}/play`)
}
