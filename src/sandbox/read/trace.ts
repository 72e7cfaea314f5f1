import { can } from '../auth/abilities.ts'
import type { Reading } from '../auth/reading.ts'
import { forbidden } from '../auth/reading.ts'
import { answer } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { textParam } from '../http/call.ts'
import { jobLife } from '../life/life.ts'
import { logOf } from '../log/log.ts'
import { held, part } from '../log/text.ts'
import { has } from '../version/differences.ts'
import { booleanFrom } from '../params/boolean.ts'
import { jobOf } from './find.ts'
import type { JobOf } from './find.ts'

/** Logs above this are made while they are sent. */
const heldBytes = 1024 * 1024

function bound(call: Call, name: string, usual: number): number {
  const text = textParam(call, name)
  return text === undefined || text === '' || !has(call.gitlab, 'byteOffset') ? usual : Number(text)
}

/**
 * A log as GitLab sends it: plain text with a file name that is not offered for saving (observed-answers).
 * `byte_offset` and `byte_limit` count from 19 on, `Range` never (facts 4.4).
 */
export function traceAnswer(call: Call, { job, pipeline }: JobOf): Answer {
  const log = job.erasedAt === null ? logOf(pipeline, job, jobLife(pipeline, job, call)) : held('')
  const from = Math.min(bound(call, 'byte_offset', 0), log.length)
  const to = Math.min(log.length, from + bound(call, 'byte_limit', log.length))
  const asked = part(log, from, to)
  const isHeld = asked.length <= heldBytes
  const sent = answer(200, 'text/plain', isHeld ? asked.read(0, asked.length) : '')
  sent.headers['content-disposition'] = `infile; filename="${job.id}.log"`
  return isHeld ? sent : { ...sent, stream: asked }
}

/** Whether a job runs in debug mode, in which its log may hold secrets (facts 4.4). */
function isInDebugMode({ project }: Reading, { job, pipeline }: JobOf): boolean {
  const variables = ['CI_DEBUG_TRACE', 'CI_DEBUG_SERVICES'].map((name) => pipeline.variables.get(name) ?? '')
  return project.debug || job.plan.debug === true || variables.some((value) => booleanFrom(value) === true)
}

/**
 * `GET /jobs/:job_id/trace`; empty before the job starts. The log of a job in debug mode is for developers.
 */
export function trace(reading: Reading): Answer {
  const found = jobOf(reading)
  const isHidden = isInDebugMode(reading, found) && !can(reading.who, 'update_build', reading.project)
  if (isHidden) throw forbidden()
  return traceAnswer(reading.call, found)
}
