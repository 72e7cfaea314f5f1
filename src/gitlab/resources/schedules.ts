import { objectMembers } from '../api/answer.ts'
import { confirmedBy } from '../api/change-error.ts'
import type { Client } from '../api/client.ts'
import { positiveId, nonEmptyText } from '../api/decode.ts'
import { ApiError } from '../api/reader.ts'

/** A pipeline schedule of GitLab (docs/gitlab.md#7). What a server did not tell is null. */
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

/** Where a schedule is, below its project. */
export const schedulePath = (id: number): string => `/pipeline_schedules/${id}`

/** A schedule in GitLab's answer; undefined where it has no usable number. */
export function decodeSchedule(json: unknown): PipelineSchedule | undefined {
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
  const found = decodeSchedule(json)
  if (!found) throw new ApiError('the schedule in the answer was not understood', 200)
  return found
}

/** The schedules of a project. Throws a ReadError. */
export async function listSchedules(client: Client): Promise<PipelineSchedule[]> {
  const list = await client.list('/pipeline_schedules')
  return list.map(decodeSchedule).filter((each) => each !== undefined)
}

/** One schedule. Throws a ReadError. */
export async function readSchedule(client: Client, id: number): Promise<PipelineSchedule> {
  return understood(await client.get(schedulePath(id)))
}

/**
 * 20 pipelines of a schedule, the newest where the server sorts them (docs/gitlab.md#7). Throws a ReadError; 404
 * where the server has no such list.
 */
export async function readPipelinesOf(client: Client, id: number): Promise<number[]> {
  const list = await client.get(`${schedulePath(id)}/pipelines?sort=desc&per_page=20`)
  if (!Array.isArray(list)) throw new ApiError('the pipelines of the schedule were not understood', 200)
  return list.map((each) => positiveId(objectMembers(each)['id'])).filter((each) => each !== null)
}

/** Deletes a schedule. Throws as `Client.delete`. */
export async function deleteSchedule(client: Client, id: number): Promise<void> {
  await client.delete(schedulePath(id))
}

/** Asks GitLab to run a schedule now. One POST; the answer does not say which pipeline it makes (docs/gitlab.md#9.21). Throws as `Client.write`. */
export async function playSchedule(client: Client, id: number): Promise<void> {
  await client.write('POST', `${schedulePath(id)}/play`, confirmedBy({ message: '201 Created' }))
}
