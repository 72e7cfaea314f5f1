import type { Ability } from '../auth/abilities.ts'
import { can } from '../auth/abilities.ts'
import type { Reading } from '../auth/reading.ts'
import { authorize, forbidden } from '../auth/reading.ts'
import { Halt, answer, json, message, notFound } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import { tickOf } from '../life/time.ts'
import { jobLife, pipelineLife } from '../life/life.ts'
import { bridgeShape } from '../read/bridges.ts'
import { buildOf, buildShape } from '../read/builds.ts'
import { checkUnmodified } from '../read/conditions.ts'
import type { JobOf } from '../read/find.ts'
import { anyJobOf, jobOf, pipelineOf } from '../read/find.ts'
import { jobShape } from '../read/jobs.ts'
import { hasArtifacts } from '../artifacts/artifacts.ts'
import { beginPoll } from '../script/polls.ts'
import { pipelineShape } from '../shapes/pipeline.ts'
import { isProtected } from '../trigger/refs.ts'
import type { Pipeline } from '../world/model.ts'
import * as actions from './actions.ts'

/** The present tick of a pipeline that is about to be changed; each change begins a new poll. */
function tickNow({ call }: Reading, pipeline: Pipeline): number {
  beginPoll(pipeline, () => call.now)
  return tickOf(pipeline, call)
}

/** Halts unless the reader may change a pipeline or its jobs: on a protected ref no user may. */
function authorizeChange(reading: Reading, ability: Ability, pipeline: Pipeline): void {
  authorize(reading, ability)
  if (isProtected(reading.project, pipeline.ref)) throw forbidden()
}

function pipelineAnswer({ call }: Reading, status: number, pipeline: Pipeline): Answer {
  return json(status, pipelineShape(call, pipeline, pipelineLife(pipeline, call)))
}

/**
 * `POST /pipelines/:pipeline_id/cancel`: 200 whether or not there was anything to cancel (docs/gitlab.md#9.21).
 */
export function cancelPipeline(reading: Reading): Answer {
  const pipeline = pipelineOf(reading.call, reading.project)
  authorizeChange(reading, 'cancel_pipeline', pipeline)
  actions.cancelPipeline(reading.call.world, pipeline, tickNow(reading, pipeline), reading.call)
  return pipelineAnswer(reading, 200, pipeline)
}

/**
 * `POST /pipelines/:pipeline_id/retry`: 201 and the same pipeline, with new jobs in place of the bad ones.
 */
export function retryPipeline(reading: Reading): Answer {
  const pipeline = pipelineOf(reading.call, reading.project)
  authorizeChange(reading, 'update_pipeline', pipeline)
  actions.retryPipeline(reading.call.world, pipeline, tickNow(reading, pipeline), reading.call)
  return pipelineAnswer(reading, 201, pipeline)
}

/** `DELETE /pipelines/:pipeline_id`: 204; its children go with it. */
export function deletePipeline(reading: Reading): Answer {
  const { call, project } = reading
  const pipeline = pipelineOf(call, project)
  authorize(reading, 'destroy_pipeline')
  checkUnmodified(call, pipelineLife(pipeline, call).updatedAt)
  const { pipelines, schedules } = call.world
  const gone = pipelines.filter((each) => each === pipeline || each.parent?.pipeline === pipeline)
  for (const each of gone) pipelines.splice(pipelines.indexOf(each), 1)
  for (const schedule of schedules) {
    schedule.pipelines = schedule.pipelines.filter((each) => each !== pipeline)
  }
  return answer(204, '', '')
}

function jobAnswer({ call }: Reading, status: number, found: JobOf): Answer {
  if (call.api === 'v3') return json(status, buildShape(call, found))
  const shape = found.job.plan.downstream === undefined ? jobShape : bridgeShape
  return json(status, shape(call, found))
}

function cancel(reading: Reading, find: (reading: Reading) => JobOf): Answer {
  authorize(reading, 'cancel_build')
  const { job, pipeline } = find(reading)
  authorizeChange(reading, 'cancel_build', pipeline)
  actions.cancelJob(reading.call.world, pipeline, job, tickNow(reading, pipeline), reading.call)
  return jobAnswer(reading, 201, { job, pipeline })
}

function retry(reading: Reading, { job, pipeline }: JobOf, word: string): Answer {
  authorizeChange(reading, 'update_build', pipeline)
  const tick = tickNow(reading, pipeline)
  if (!actions.isRetryable(job, actions.statusOf(pipeline, job, tick))) {
    throw forbidden(`${word} is not retryable`)
  }
  const again = actions.retryJob(reading.call.world, pipeline, job, tick, reading.call)
  return jobAnswer(reading, 201, { job: again, pipeline })
}

function play(reading: Reading, { job, pipeline }: JobOf): Answer {
  authorizeChange(reading, 'update_build', pipeline)
  const { call } = reading
  const tick = tickNow(reading, pipeline)
  const status = actions.statusOf(pipeline, job, tick)
  if (!actions.isPlayable(job, status)) throw new Halt(message(400, '400 Bad request - Unplayable Job'))
  if (actions.isRetryable(job, status)) {
    const again = actions.retryJob(call.world, pipeline, job, tick, call)
    return jobAnswer(reading, 200, { job: again, pipeline })
  }
  actions.playJob(pipeline, job, tick, call)
  return jobAnswer(reading, 200, { job, pipeline })
}

/** `POST /jobs/:job_id/cancel`: 201 with the job, as it is if it cannot be canceled. */
export const cancelJob = (reading: Reading): Answer => cancel(reading, jobOf)

/** `POST /jobs/:job_id/retry`: 201 with the new job, a bridge too; 403 for one that has not ended. */
export const retryJob = (reading: Reading): Answer => retry(reading, anyJobOf(reading), 'Job')

/** `POST /jobs/:job_id/play`: 200; 400 unless the job waits for a user. */
export const playJob = (reading: Reading): Answer => play(reading, anyJobOf(reading))

/** `POST /builds/:build_id/cancel` of v3. */
export const cancelBuild = (reading: Reading): Answer => cancel(reading, buildOf)

/** `POST /builds/:build_id/retry` of v3. */
export const retryBuild = (reading: Reading): Answer => retry(reading, buildOf(reading), 'Build')

/** `POST /builds/:build_id/play` of v3. */
export const playBuild = (reading: Reading): Answer => play(reading, buildOf(reading))

/** Whether the reader may erase a job: a maintainer, and the user who has run it. */
function mayErase({ who, project }: Reading, { pipeline }: JobOf): boolean {
  if (can(who, 'admin_build', project)) return true
  const isOwn = who.kind !== 'nobody' && who.username === pipeline.username
  return isOwn && can(who, 'update_build', project) && !isProtected(project, pipeline.ref)
}

/** `POST /jobs/:job_id/erase`: 201 with the job, which has neither a log nor artifacts any more; once. */
export function eraseJob(reading: Reading): Answer {
  const { call } = reading
  const found = jobOf(reading)
  if (!mayErase(reading, found)) throw forbidden()
  const isErasable =
    found.job.erasedAt === null && jobLife(found.pipeline, found.job, call).finishedAt !== null
  if (!isErasable) throw forbidden('Job is not erasable!')
  Object.assign(found.job, { erasedAt: call.now, artifacts: 'deleted' })
  return jobAnswer(reading, 201, found)
}

/** `POST /jobs/:job_id/artifacts/keep`: 200 with the job, whose artifacts no longer expire. */
export function keepArtifacts(reading: Reading): Answer {
  authorize(reading, 'update_build')
  const found = jobOf(reading)
  authorizeChange(reading, 'update_build', found.pipeline)
  if (!hasArtifacts(reading.call, found)) throw new Halt(notFound())
  found.job.artifacts = 'kept'
  return jobAnswer(reading, 200, found)
}

/** `DELETE /jobs/:job_id/artifacts`: 204. */
export function deleteArtifacts(reading: Reading): Answer {
  authorize(reading, 'destroy_artifacts')
  jobOf(reading).job.artifacts = 'deleted'
  return answer(204, '', '')
}
