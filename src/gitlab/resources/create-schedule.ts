import { pollUntil } from '../../core/poll-until.ts'
import { confirmedBy } from '../api/change-error.ts'
import { objectMembers } from '../api/answer.ts'
import type { Client, Fields } from '../api/client.ts'
import { UnconfirmedChange, ApiError, isApiFailure } from '../api/reader.ts'
import { ScheduleLeft, VariableRefused } from './schedule-errors.ts'
import {
  decodeSchedule,
  deleteSchedule,
  listSchedules,
  schedulePath,
  type PipelineSchedule,
} from './schedules.ts'

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

/** What is needed to make one besides the server: a clock, and a text that no other client has. */
export interface CreateContext {
  clock: { now(): number; sleep(ms: number): Promise<void> }
  nonce: string
}

/** As much of a description as fits next to the nonce: GitLab takes 255 characters. */
const beginning = /^.{0,180}/su

/**
 * What a schedule is called until it is whole. The nonce makes it ours and no other's, so that it is found again where the answer is lost
 * (docs/decisions/0060-a-schedule-is-found-by-a-name-of-its-own.md).
 */
function provisionalName({ description }: NewSchedule, nonce: string): string {
  return `${beginning.exec(description)?.[0] ?? ''} (unfinished, gitlab-trigger ${nonce})`
}

const searchPauses = { firstMs: 1000, factor: 2, mostMs: 8000 }
/** How long a schedule is looked for whose answer was lost, in ms: a request may still be under way. */
const searchMs = 20_000

/** The schedule that a lost request made; undefined where none is seen. Throws a ScheduleLeft when it is stopped. */
function findLost(
  client: Client,
  provisional: string,
  { clock }: CreateContext,
): Promise<PipelineSchedule | undefined> {
  const search = async (): Promise<PipelineSchedule | undefined> =>
    (await listSchedules(client)).find(({ description }) => description === provisional)
  return pollUntil(search, searchPauses, clock, clock.now() + searchMs).catch((failure: unknown) => {
    if (isApiFailure(failure)) return undefined
    throw new ScheduleLeft(null, provisional, failure)
  })
}

/** Makes an inactive schedule without variables under its provisional name. Resolves to its number, also where the answer was lost and it is found. */
async function createEmpty(
  client: Client,
  order: NewSchedule,
  provisional: string,
  context: CreateContext,
): Promise<number> {
  const fields: Fields = [
    ['description', provisional],
    ['ref', order.ref],
    ['cron', order.cron],
    ['cron_timezone', order.cronTimezone],
    ['active', 'false'],
    ...order.inputs.flatMap(({ key, value }): [string, string][] => [
      ['inputs[][name]', key],
      ['inputs[][value]', value],
    ]),
  ]
  const confirms = (json: unknown): number | undefined => {
    const made = decodeSchedule(json)
    return made?.description === provisional ? made.id : undefined
  }
  try {
    return await client.write('POST', '/pipeline_schedules', confirms, { fields })
  } catch (error) {
    if (error instanceof ApiError && !(error instanceof UnconfirmedChange)) throw error
    const found =
      error instanceof UnconfirmedChange ? await findLost(client, provisional, context) : undefined
    if (!found) throw new ScheduleLeft(null, provisional, error)
    return found.id
  }
}

/** Whether a schedule has a variable with that value, as far as it may be read: its owner may. */
async function hasVariable(client: Client, id: number, key: string, value: string): Promise<boolean> {
  const { variables } = objectMembers(await client.get(schedulePath(id)))
  const list: unknown[] = Array.isArray(variables) ? variables : []
  return list.map(objectMembers).some((each) => each['key'] === key && each['value'] === value)
}

/** Gives a schedule a variable. A key is there once at most, so that a lost request is looked up and made again, once. */
async function setVariable(
  client: Client,
  id: number,
  { key, value }: { key: string; value: string },
): Promise<void> {
  const fields: Fields = [
    ['key', key],
    ['value', value],
    ['variable_type', 'env_var'],
  ]
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.write('POST', `${schedulePath(id)}/variables`, confirmedBy({ key, value }), { fields })
      return
    } catch (error) {
      const isLost = error instanceof UnconfirmedChange
      if (!(error instanceof ApiError)) throw error
      if (!isLost && attempt === 1) throw new VariableRefused(key, error)
      if (await hasVariable(client, id, key, value)) return
      if (attempt === 2) throw error
    }
  }
}

/** Gives a whole schedule its name and sets it going. The same when it is done twice; where it is not confirmed, the schedule itself tells. */
async function finish(
  client: Client,
  id: number,
  { description, active }: NewSchedule,
): Promise<PipelineSchedule> {
  const fields: Fields = [
    ['description', description],
    ['active', String(active)],
  ]
  const confirms = (json: unknown): PipelineSchedule | undefined => {
    const made = decodeSchedule(json)
    return made?.id === id && made.active === active && made.description === description ? made : undefined
  }
  try {
    return await client.write('PUT', schedulePath(id), confirms, { fields, isIdempotent: true })
  } catch (error) {
    const isLost = error instanceof UnconfirmedChange
    const seen = isLost ? confirms(await client.get(schedulePath(id))) : undefined
    if (seen) return seen
    throw error
  }
}

/**
 * Makes a schedule. It is inactive until it has all its variables, so that no failure in between leaves one that runs without them, or
 * one too many. Throws an ApiError or a VariableRefused where there is none, and a ScheduleLeft where one is, or may be, left.
 */
export async function createSchedule(
  client: Client,
  order: NewSchedule,
  context: CreateContext,
): Promise<PipelineSchedule> {
  const provisional = provisionalName(order, context.nonce)
  const id = await createEmpty(client, order, provisional, context)
  let isFinishing = false
  try {
    for (const variable of order.variables) await setVariable(client, id, variable)
    isFinishing = true
    return await finish(client, id, order)
  } catch (error) {
    // What stopped this run would stop the deletion too.
    const isRunning = error instanceof ApiError || error instanceof VariableRefused
    const isDeleted =
      isRunning &&
      (await deleteSchedule(client, id).then(
        () => true,
        () => false,
      ))
    throw isDeleted ? error : new ScheduleLeft(id, provisional, error, isFinishing)
  }
}
