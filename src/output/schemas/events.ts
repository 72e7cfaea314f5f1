import {
  boolean,
  failure,
  integer,
  list,
  object,
  orNull,
  text,
  time,
  words,
  type JsonSchema,
} from './parts.ts'
import { build, job, jobLine, pipelineDefinitions, pipelineSummary, pipelineTree } from './pipeline.ts'

const before = orNull(text)

/** What each type of line has besides `version`, `time` and `type`. */
const members: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>> = {
  triggered: { api: words('v3', 'v4'), build },
  jobs: { jobs: list(jobLine) },
  pipeline: { pipeline_id: integer, before, pipeline: pipelineSummary },
  job: { pipeline_id: integer, in_pipeline_id: integer, before, job },
  contact: { pipeline_id: integer, trouble: orNull(text) },
  log: { in_pipeline_id: integer, job_id: integer, job_name: text, text },
  over: { pipeline_id: integer, is_success: boolean, message: text, pipeline: pipelineTree },
  warning: { pipeline_id: integer, message: text },
  left: { pipeline_id: integer, status: text },
  skipped: { message: text },
  failed: {
    exit_code: integer,
    build_state: words('none', 'triggered', 'unknown'),
    build_id: orNull(integer),
    error: failure,
  },
  ended: { exit_code: integer },
}

/** How a target of `batch` stands. */
const target = {
  target: text,
  state: words('waiting', 'starting', 'limited', 'created', 'pending', 'running', 'over'),
  id: orNull(integer),
  sha: orNull(text),
  status: orNull(text),
  web_url: orNull(text),
  exit_code: orNull(integer),
  message: orNull(text),
}

/** What `batch` prints of its targets besides what happens to each of them. */
const ofBatch: typeof members = {
  planned: { targets: list(object({ target: text, needs: list(text) })) },
  target,
  limited: { server: text, project: text, until: time },
  finished: { targets: list(object(target)) },
}

/** The name of the target that a line of `batch` is about. */
const ofTarget = { target: text }

const line = (type: string, own: (typeof members)[string], others = {}): JsonSchema =>
  object({ version: { const: 1 }, time, type: { const: type }, ...own }, others)

/** One line of --events. Later versions may add members and types. */
export const eventSchema: JsonSchema = {
  oneOf: [
    ...Object.entries(members).map(([type, own]) => line(type, own, ofTarget)),
    ...Object.entries(ofBatch).map(([type, own]) => line(type, own)),
  ],
  $defs: pipelineDefinitions,
}
