import { answer, error, Halt } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import type { Reading } from '../auth/reading.ts'
import type { Call } from '../http/call.ts'
import { textParam } from '../http/call.ts'
import { jobLife } from '../life/life.ts'
import { logOf } from '../log/log.ts'
import { part } from '../log/text.ts'
import { atLeast } from '../version/version.ts'
import { jobOf } from './find.ts'
import type { JobOf } from './find.ts'

/** Logs above this are made while they are sent. */
const heldBytes = 1024 * 1024

function bound(call: Call, name: string, least: number, usual: number): number {
  const text = textParam(call, name)
  if (text === undefined || !atLeast(call.gitlab, '18.9')) return usual
  if (!/^-?\d+$/.test(text)) throw new Halt(error(400, `${name} is invalid`))
  if (Number(text) < least) throw new Halt(error(400, `${name} does not have a valid value`))
  return Number(text)
}

/**
 * A log as GitLab sends it: plain text with a file name that is not offered for saving (observed-answers). `byte_offset` and
 * `byte_limit` count on 18.9 only, `Range` never (facts 4.4).
 */
export function traceAnswer(call: Call, { job, pipeline }: JobOf): Answer {
  const log = logOf(pipeline, job, jobLife(pipeline, job, call))
  const from = Math.min(bound(call, 'byte_offset', 0, 0), log.length)
  const to = Math.min(log.length, from + bound(call, 'byte_limit', 1, log.length))
  const asked = part(log, from, to)
  const isHeld = asked.length <= heldBytes
  const sent = answer(200, 'text/plain', isHeld ? asked.read(0, asked.length) : '')
  sent.headers['content-disposition'] = `infile; filename="${job.id}.log"`
  return isHeld ? sent : { ...sent, stream: asked }
}

/** `GET /jobs/:job_id/trace`; empty before the job starts. */
export function trace(reading: Reading): Answer {
  return traceAnswer(reading.call, jobOf(reading))
}
