import type { Reading } from '../auth/reading.ts'
import { type Answer, Halt, answer, message, notFound, text } from '../http/answer.ts'
import { textParam } from '../http/call.ts'
import { jobLife } from '../life/life.ts'
import { buildOf } from '../read/builds.ts'
import { jobOf, jobsOf, pipelinesOf, type JobOf } from '../read/find.ts'
import { has } from '../version/differences.ts'
import { archiveOf, filesOf } from './artifacts.ts'

function download({ call }: Reading, found: JobOf): Answer {
  const archive = archiveOf(call, found)
  if (archive === undefined) throw new Halt(notFound())
  const type = has(call.gitlab, 'octetStream') ? 'application/octet-stream' : 'application/zip'
  const sent = answer(200, type, archive)
  sent.headers['content-disposition'] = has(call.gitlab, 'octetStream')
    ? `attachment; filename="artifacts.zip"; filename*=UTF-8''artifacts.zip`
    : 'attachment; filename="artifacts.zip"'
  return sent
}

/** Types that Workhorse gives to the files of an archive, by the ends of their names. */
const types: Record<string, string> = {
  txt: 'text/plain; charset=utf-8',
  log: 'text/plain; charset=utf-8',
  xml: 'text/xml; charset=utf-8',
  json: 'application/json',
  html: 'text/html; charset=utf-8',
}

/**
 * One file of the archive; Workhorse sends it, with a type by its name or, where it detects one, as plain
 * text. It answers 404 as plain text if the file is not there.
 */
function entry({ call }: Reading, found: JobOf, detects: boolean): Answer {
  const files = filesOf(call, found)
  if (files === undefined) throw new Halt(notFound())
  const path = call.path['artifact_path'] ?? ''
  if (path.split('/').some((part) => part === '..' || part === '.' || part === '')) {
    throw new Halt(message(400, '400 Bad request'))
  }
  const content = files.find(([name]) => name === path)?.[1]
  if (content === undefined) return text(404, 'Not Found\n')
  const name = path.split('/').at(-1) ?? ''
  const byName = types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
  const sent = answer(200, detects ? 'text/plain; charset=utf-8' : byName, content)
  const disposition = detects ? 'inline' : 'attachment'
  sent.headers['content-disposition'] = `${disposition}; filename="${name.replace(/"/g, '\\"')}"`
  return sent
}

/** The newest successful job of a name, of the newest successful pipeline of a branch or tag. */
function latestOf({ call, project }: Reading): JobOf {
  const found = jobsOf(pipelinesOf(call, project)).find(
    ({ job, pipeline }) =>
      job.name === textParam(call, 'job') &&
      pipeline.ref === call.path['ref_name'] &&
      jobLife(pipeline, job, call).status === 'success',
  )
  if (found === undefined) throw new Halt(message(404, '404 Not found'))
  return found
}

/** `GET /jobs/:job_id/artifacts`: a zip, or 404 if the job has none, or none yet. */
export const ofJob = (reading: Reading): Answer => download(reading, jobOf(reading))

/** `GET /jobs/:job_id/artifacts/*artifact_path`: one file. */
export const fileOfJob = (reading: Reading): Answer => entry(reading, jobOf(reading), false)

/** `GET /jobs/artifacts/:ref_name/download?job=`: a zip. */
export const ofRef = (reading: Reading): Answer => download(reading, latestOf(reading))

/** `GET /jobs/artifacts/:ref_name/raw/*artifact_path?job=`: one file. */
export const fileOfRef = (reading: Reading): Answer => entry(reading, latestOf(reading), true)

/** `GET /builds/:build_id/artifacts` of v3. */
export const ofBuild = (reading: Reading): Answer => download(reading, buildOf(reading))
