import { boolean, integer, list, object, orNull, text, time, words, type JsonSchema } from './parts.ts'

const project: JsonSchema = { type: ['integer', 'string'] }

const kind = words('pipeline', 'trigger_request')

const jobHead = {
  id: integer,
  name: orNull(text),
  stage: orNull(text),
  status: orNull(text),
}

const jobMembers = {
  ...jobHead,
  allow_failure: boolean,
  failure_reason: orNull(text),
  waits: orNull(text),
  web_url: orNull(text),
  tag_list: list(text),
  created_at: orNull(time),
  started_at: orNull(time),
  finished_at: orNull(time),
  is_bridge: boolean,
}

/** A pipeline that a bridge has started, without its jobs. */
const downstreamHead = object({
  id: integer,
  project_id: project,
  status: text,
  web_url: orNull(text),
  hidden: orNull(text),
})

/** A job that a trigger led to. */
export const jobLine: JsonSchema = object(jobHead)

/** A job, without the jobs of what it has started. */
export const job: JsonSchema = object({ ...jobMembers, downstream_pipeline: orNull(downstreamHead) })

/** The members of a job that was named on the command line: all null where nothing is known of it. */
export const playedJob: Readonly<Record<string, JsonSchema>> = Object.fromEntries(
  Object.entries({
    ...jobMembers,
    downstream_pipeline: downstreamHead,
    pipeline_id: integer,
  }).map(([name, schema]) => [name, orNull(schema)]),
)

const headMembers = {
  id: integer,
  kind,
  iid: orNull(integer),
  project_id: project,
  ref: orNull(text),
  sha: orNull(text),
  status: text,
  has_warnings: boolean,
  source: orNull(text),
  web_url: orNull(text),
  user: orNull(object({ username: text })),
  yaml_errors: orNull(text),
  created_at: orNull(time),
  started_at: orNull(time),
  finished_at: orNull(time),
}

/** A pipeline without its jobs. */
export const pipelineSummary: JsonSchema = object(headMembers)

/** A pipeline in a list of them. */
export const listedPipeline: JsonSchema = object({
  id: integer,
  iid: orNull(integer),
  project_id: project,
  ref: orNull(text),
  sha: orNull(text),
  status: text,
  source: orNull(text),
  web_url: orNull(text),
  created_at: orNull(time),
})

const jobInTree: JsonSchema = { $ref: '#/$defs/job' }
const treeMembers = { ...headMembers, hidden: orNull(text), jobs: list(jobInTree) }

/** A pipeline with its jobs and what they have started. Needs `pipelineDefinitions` next to it. */
export const pipelineTree: JsonSchema = { $ref: '#/$defs/pipeline' }

/** The parts of a tree that stand in themselves. */
export const pipelineDefinitions: JsonSchema = {
  pipeline: object(treeMembers),
  job: object({
    ...jobMembers,
    downstream_pipeline: { anyOf: [downstreamHead, pipelineTree, { type: 'null' }] },
  }),
}

/** The members of a pipeline that was named on the command line: all null where it could not be read. */
export const namedPipeline: Readonly<Record<string, JsonSchema>> = Object.fromEntries(
  Object.entries(treeMembers).map(([name, schema]) => [name, orNull(schema)]),
)

const buildMembers = {
  id: integer,
  kind,
  iid: orNull(integer),
  project_id: orNull(integer),
  ref: orNull(text),
  sha: orNull(text),
  status: orNull(text),
  source: orNull(text),
  web_url: orNull(text),
}

/** A pipeline that was triggered. */
export const build: JsonSchema = object(buildMembers)

/**
 * The members of what `run` prints: with --wait and --follow `jobs` is the whole tree, with --jobs alone a line
 * for each. Needs `pipelineDefinitions` next to it.
 */
export const runMembers: Readonly<Record<string, JsonSchema>> = {
  ...buildMembers,
  id: orNull(integer),
  kind: orNull(kind),
  variables: list(text),
  jobs: orNull(list({ anyOf: [jobInTree, jobLine] })),
  server: orNull(text),
  api: orNull(words('v3', 'v4')),
  build_state: words('none', 'triggered', 'unknown'),
  skipped: orNull(text),
}

/** What `run --wait` and `run --follow` say of the pipeline besides that. */
export const followedMembers: Readonly<Record<string, JsonSchema>> = {
  has_warnings: orNull(boolean),
  user: orNull(headMembers.user),
  yaml_errors: orNull(text),
  created_at: orNull(time),
  started_at: orNull(time),
  finished_at: orNull(time),
  hidden: orNull(text),
}
