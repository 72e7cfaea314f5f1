import { type Answer, Halt, notFound, answer } from '../http/answer.ts'
import type { Reading } from '../auth/reading.ts'
import type { Call } from '../http/call.ts'
import { archiveOf } from './artifacts.ts'
import { buildOf } from '../read/builds.ts'
import { jobOf, type JobOf } from '../read/find.ts'

function download(call: Call, found: JobOf): Answer {
  const archive = archiveOf(call, found)
  if (archive === undefined) throw new Halt(notFound())
  const sent = answer(200, 'application/zip', archive)
  sent.headers['content-disposition'] = 'attachment; filename="artifacts.zip"'
  return sent
}

/** `GET /jobs/:job_id/artifacts`: a zip, or 404 if the job has none, or none yet. */
export const ofJob = (reading: Reading): Answer => download(reading.call, jobOf(reading))

/** `GET /builds/:build_id/artifacts` of v3. */
export const ofBuild = (reading: Reading): Answer => download(reading.call, buildOf(reading))
