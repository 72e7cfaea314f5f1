import {
  boolean,
  integer,
  list,
  number,
  object,
  orNull,
  text,
  time,
  words,
  type JsonSchema,
} from './parts.ts'

const jobTimes = object({
  pipeline_id: integer,
  id: integer,
  name: orNull(text),
  stage: orNull(text),
  status: orNull(text),
  is_retried: boolean,
  is_critical: boolean,
  queued_at: orNull(time),
  started_at: orNull(time),
  until: orNull(time),
})

const pathPart = object({
  kind: words('running', 'queued', 'waiting', 'manual'),
  from: time,
  to: time,
  seconds: number,
  job_id: orNull(integer),
  job_name: orNull(text),
  pipeline_id: integer,
})

/** Where the time of a pipeline went: the times of its jobs, and its critical path. */
export const timeline: JsonSchema = object({
  from: time,
  to: time,
  seconds: object({ total: number, running: number, queued: number, waiting: number, manual: number }),
  jobs: list(jobTimes),
  critical_path: list(pathPart),
  hidden: orNull(text),
})
