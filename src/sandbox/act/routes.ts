import { Halt, json, message } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import type { Reading } from '../auth/reading.ts'
import { tickOf } from '../life/time.ts'
import { pipelineLife } from '../life/life.ts'
import { bridgeShape } from '../read/bridges.ts'
import { buildOf, buildShape } from '../read/builds.ts'
import type { JobOf } from '../read/find.ts'
import { anyJobOf, jobOf, pipelineOf } from '../read/find.ts'
import { jobShape } from '../read/jobs.ts'
import { beginLook } from '../script/looks.ts'
import { pipelineShape } from '../shapes/pipeline.ts'
import type { Pipeline } from '../world/model.ts'
import * as deeds from './deeds.ts'

/** Halts unless the reader may act: 403 with the scope that is missing, or plainly (facts 4.3). */
export function requireRights({ call, who }: Reading): void {
  if (who.kind !== 'user') throw new Halt(message(401, '401 Unauthorized'))
  if (who.may === 'report') throw new Halt(message(403, '403 Forbidden'))
  if (who.may !== 'read') return
  const problem = {
    error: 'insufficient_scope',
    error_description: 'The request requires higher privileges than provided by the access token.',
    scope: 'api',
  }
  throw new Halt(call.api === 'v3' ? message(403, '403 Forbidden') : json(403, problem))
}

/** The tick at which something is done to a pipeline now; a deed begins a look. */
function tickNow({ call }: Reading, pipeline: Pipeline): number {
  beginLook(pipeline, () => call.now)
  return tickOf(pipeline, call)
}

function pipelineAnswer({ call }: Reading, status: number, pipeline: Pipeline): Answer {
  return json(status, pipelineShape(call, pipeline, pipelineLife(pipeline, call)))
}

/** `POST /pipelines/:pipeline_id/cancel`: 200 whether or not there was anything to cancel (facts 9, trap 21). */
export function cancelPipeline(reading: Reading): Answer {
  const pipeline = pipelineOf(reading.call, reading.project)
  requireRights(reading)
  deeds.cancelPipeline(reading.call.world, pipeline, tickNow(reading, pipeline), reading.call)
  return pipelineAnswer(reading, 200, pipeline)
}

/** `POST /pipelines/:pipeline_id/retry`: 201 and the same pipeline, with new jobs in place of the bad ones. */
export function retryPipeline(reading: Reading): Answer {
  const pipeline = pipelineOf(reading.call, reading.project)
  requireRights(reading)
  deeds.retryPipeline(reading.call.world, pipeline, tickNow(reading, pipeline), reading.call)
  return pipelineAnswer(reading, 201, pipeline)
}

function jobAnswer({ call }: Reading, status: number, found: JobOf): Answer {
  if (call.api === 'v3') return json(status, buildShape(call, found))
  const shape = found.job.plan.downstream === undefined ? jobShape : bridgeShape
  return json(status, shape(call, found))
}

function cancel(reading: Reading, { job, pipeline }: JobOf): Answer {
  requireRights(reading)
  deeds.cancelJob(reading.call.world, pipeline, job, tickNow(reading, pipeline), reading.call)
  return jobAnswer(reading, 201, { job, pipeline })
}

function retry(reading: Reading, { job, pipeline }: JobOf, word: string): Answer {
  requireRights(reading)
  const tick = tickNow(reading, pipeline)
  if (!deeds.isRetryable(job, deeds.statusOf(pipeline, job, tick))) {
    throw new Halt(message(403, `403 Forbidden - ${word} is not retryable`))
  }
  const again = deeds.retryJob(reading.call.world, pipeline, job, tick, reading.call)
  return jobAnswer(reading, 201, { job: again, pipeline })
}

function play(reading: Reading, { job, pipeline }: JobOf): Answer {
  requireRights(reading)
  const { call } = reading
  const tick = tickNow(reading, pipeline)
  const status = deeds.statusOf(pipeline, job, tick)
  if (!deeds.isPlayable(job, status)) throw new Halt(message(400, '400 Bad request - Unplayable Job'))
  if (deeds.isRetryable(job, status)) {
    const again = deeds.retryJob(call.world, pipeline, job, tick, call)
    return jobAnswer(reading, 200, { job: again, pipeline })
  }
  deeds.playJob(pipeline, job, tick, call)
  return jobAnswer(reading, 200, { job, pipeline })
}

/** `POST /jobs/:job_id/cancel`: 201 with the job, as it is if it cannot be canceled. */
export const cancelJob = (reading: Reading): Answer => cancel(reading, jobOf(reading))

/** `POST /jobs/:job_id/retry`: 201 with the new job, a bridge too; 403 for one that has not ended. */
export const retryJob = (reading: Reading): Answer => retry(reading, anyJobOf(reading), 'Job')

/** `POST /jobs/:job_id/play`: 200; 400 unless the job waits for somebody. */
export const playJob = (reading: Reading): Answer => play(reading, anyJobOf(reading))

/** `POST /builds/:build_id/cancel` of v3. */
export const cancelBuild = (reading: Reading): Answer => cancel(reading, buildOf(reading))

/** `POST /builds/:build_id/retry` of v3. */
export const retryBuild = (reading: Reading): Answer => retry(reading, buildOf(reading), 'Build')

/** `POST /builds/:build_id/play` of v3. */
export const playBuild = (reading: Reading): Answer => play(reading, buildOf(reading))
