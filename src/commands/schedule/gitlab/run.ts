import type { Build, BuildState } from '../../../core/build.ts'
import type { Context } from '../../../core/context.ts'
import type { SchedulesFlags } from '../../../options/schedule.ts'
import { asTriggerError, TriggerError } from '../../../core/errors.ts'
import { exitCodes } from '../../../core/exit-codes.ts'
import { pollUntil } from '../../../core/poll-until.ts'
import type { Client } from '../../../gitlab/api/client.ts'
import { decodePipeline } from '../../../gitlab/api/decode.ts'
import { failedAtOnce } from '../../../gitlab/errors/explain.ts'
import { answeredBefore, quotedBefore } from '../../../gitlab/errors/answered-before.ts'
import { UnconfirmedChange, ApiError } from '../../../gitlab/api/reader.ts'
import {
  playSchedule,
  readPipelinesOf,
  readSchedule,
  type PipelineSchedule,
} from '../../../gitlab/resources/schedules.ts'
import { scheduleId, withSchedules } from './session.ts'

/** How long the pipeline of a schedule is looked for, in ms: a worker makes it, usually at once. */
const patienceMs = 30_000
const pauses = { firstMs: 1000, factor: 1, mostMs: 1000 }

const unknown: BuildState = { kind: 'unknown' }

function maybe(message: string, cause?: unknown): TriggerError {
  return new TriggerError({
    exit: 'unknown',
    message,
    hint: 'Check the pipelines of the project with source "schedule" before you run it again.',
    build: unknown,
    cause,
  })
}

/**
 * The pipelines that a schedule has made since `before`, newest first. Old servers list none, or the oldest
 * first; the last one all tell. Throws an ApiError.
 */
async function madeSince(client: Client, { id, lastPipeline }: PipelineSchedule): Promise<number[]> {
  const listed = await readPipelinesOf(client, id).catch((error: unknown) => {
    if (!(error instanceof ApiError) || error.status !== 404) throw error
    return []
  })
  const { lastPipeline: last } = await readSchedule(client, id)
  const ids = new Set([...listed, ...(last === null ? [] : [last])])
  return [...ids].filter((each) => each > (lastPipeline ?? 0)).sort((a, b) => b - a)
}

/**
 * The pipeline that a schedule has made since `before`: the only one, at two looks. Throws a TriggerError
 * (exit 7) where none is seen, or several: the schedule's own time may have come, or another user runs it.
 */
async function newPipeline(
  client: Client,
  before: PipelineSchedule,
  context: Context,
  signal: AbortSignal,
): Promise<Build> {
  let why = ''
  let seen: number[] = []
  const poll = async (): Promise<Build | 'several' | undefined> => {
    try {
      const made = await madeSince(client, before)
      const [id, other] = made
      const isSeenAgain = id !== undefined && id === seen[0]
      seen = made
      if (other !== undefined) return 'several'
      if (!isSeenAgain) return undefined
      return decodePipeline(await client.get(`/pipelines/${id}`), before.ref ?? '') ?? undefined
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      why = ` (${error.message})`
      return undefined
    }
  }
  const clock = { now: () => context.now(), sleep: (ms: number) => context.sleep(ms, signal) }
  const build = await pollUntil(poll, pauses, clock, context.now() + patienceMs)
  if (build && build !== 'several') return build
  if (seen.length > 0)
    throw maybe(
      `GitLab took the request, but which pipeline of schedule ${before.id} it created is not known: new ${seen.length === 1 ? 'is' : 'are'} ${seen.join(', ')}${why}`,
    )
  throw maybe(
    `GitLab took the request, but no new pipeline of schedule ${before.id} appeared within ${patienceMs / 1000} s${why}`,
  )
}

/** Runs a pipeline schedule now and prints the id of its pipeline: `schedule gitlab run 13`. One POST. */
export function runGitlabSchedule(
  word: string | undefined,
  flags: SchedulesFlags,
  context: Context,
): Promise<number> {
  const id = scheduleId(word)
  return withSchedules(flags, undefined, context, async ({ client, project, budget, report, refusing }) => {
    const failed = `schedule ${id} of project ${project} cannot be run`
    const before = await readSchedule(client, id).catch(refusing(failed))
    const facts = { server: client.target.base, project, ref: before.ref, variables: [] }
    await report({ type: 'started', facts, settings: [] })
    let state: BuildState = unknown
    try {
      await playSchedule(client, id).catch((error: unknown) => {
        if (error instanceof UnconfirmedChange) {
          const before = error.answer && answeredBefore(error.answer, client.target.base)
          const who = before ? `; ${quotedBefore(before)}` : ''
          throw maybe(`whether schedule ${id} was run is not known: ${error.message}${who}`, error)
        }
        refusing(failed)(error)
      })
      const build = await newPipeline(client, before, context, budget.signal)
      state = { kind: 'triggered', build }
      await report({ type: 'triggered', build, api: 'v4' })
      if (build.status === 'failed') throw failedAtOnce(build)
      await report({ type: 'ended', exitCode: exitCodes.success.code })
    } catch (error) {
      const failure = asTriggerError(error, state)
      await report({ type: 'failed', error: failure })
      throw failure
    }
  })
}
