/** The part of JSON Schema that the scenario's schema uses, and that `check.ts` understands. */
export interface Schema {
  description?: string
  type?: 'object' | 'array' | 'string' | 'integer' | 'boolean'
  enum?: readonly string[]
  minimum?: number
  maximum?: number
  properties?: Readonly<Record<string, Schema>>
  required?: readonly string[]
  /** False where only the named properties may be there; a schema for the others. */
  additionalProperties?: false | Schema
  items?: Schema
  minItems?: number
  $ref?: `#/$defs/${string}`
}

const text = (description: string): Schema => ({ description, type: 'string' })
const flag = (description: string): Schema => ({ description, type: 'boolean' })
const count = (description: string, minimum = 0): Schema => ({ description, type: 'integer', minimum })
const choice = (description: string, values: readonly string[]): Schema => ({
  description,
  type: 'string',
  enum: values,
})
const list = (description: string, items: Schema): Schema => ({ description, type: 'array', items })
const object = (properties: Record<string, Schema>, required: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})

const status = choice('the status that it ends with (default: success)', [
  'success',
  'failed',
  'canceled',
  'skipped',
])

const job = object(
  {
    name: text('name of the job'),
    stage: text('stage of the job; stages run in the order in which they are named first'),
    script: text('the command that its log shows'),
    when: choice('what starts it (default: on_success)', ['on_success', 'manual', 'delayed']),
    delay: count('steps that a delayed job waits (default: 3)'),
    pending: count('steps that it waits for a runner (default: 1)'),
    duration: count('steps that it runs (default: 1)'),
    result: status,
    result_after_retry: {
      ...status,
      description: 'the status that it ends with after a retry (default: success)',
    },
    failure_reason: text('why it failed (default: script_failure)'),
    allow_failure: flag(
      'whether the pipeline continues when it fails; of a manual job, whether later stages wait for it',
    ),
    stuck: flag('whether no runner ever takes it'),
    tags: list('tags of the runner that it needs', { type: 'string' }),
    log: text('what it prints, in place of a few usual lines'),
    artifacts: flag('whether it has an archive of artifacts'),
    downstream: { $ref: '#/$defs/downstream' },
  },
  ['name', 'stage'],
)

const downstream: Schema = {
  ...object({
    project: count(
      'id of the project in which it starts a pipeline; without it a child pipeline of its own',
      1,
    ),
    ref: text("its ref (default: the project's default branch; of a child the ref of its parent)"),
    depend: flag('whether the job ends when, and as, that pipeline does'),
    jobs: list('jobs of that pipeline', { $ref: '#/$defs/job' }),
  }),
  description: 'the pipeline that the job starts, which makes it a bridge',
}

const action = object(
  {
    at: count('the step at which it happens, from 1', 1),
    do: choice('what another user does', ['cancel', 'retry', 'play']),
    job: text('name of the job; without it the whole pipeline'),
  },
  ['at', 'do'],
)

const ref = object(
  {
    name: text('name of the branch or tag'),
    kind: choice('branch or tag (default: branch)', ['branch', 'tag']),
    protected: flag('whether no one may run pipelines on it'),
    ci_file: choice('what its CI file is like (default: good)', ['good', 'broken', 'empty']),
    plays: text('what a pipeline on it does, for people'),
    jobs: list('jobs of a pipeline on it; three usual ones without', { $ref: '#/$defs/job' }),
    starts_after: count('steps before anything starts'),
    actions: list('what other users do', action),
    by: choice('what moves it a step: the clock, or each round of polling (default: clock)', [
      'clock',
      'polls',
    ]),
  },
  ['name'],
)

const project = object(
  {
    id: count('id of the project', 1),
    path: text('full path, such as group/name'),
    settings: {
      description: 'settings, as for --set',
      type: 'object',
      additionalProperties: { type: 'string' },
    },
    members: {
      description: 'role of each member by user name (default: seed is the owner, and one user of each role)',
      type: 'object',
      additionalProperties: choice('role', ['guest', 'reporter', 'developer', 'maintainer', 'owner']),
    },
    trigger_tokens: list(
      'trigger tokens',
      object(
        {
          token: text('its text'),
          description: text('its description'),
          owner: text('its owner (default: seed)'),
        },
        ['token'],
      ),
    ),
    refs: { ...list('branches and tags; the first branch is the default', ref), minItems: 1 },
  },
  ['id', 'path', 'refs'],
)

const apiToken = object(
  {
    token: text('its text'),
    username: text('the user as whom it acts'),
    scopes: list('its scopes (default: api)', choice('scope', ['api', 'read_api', 'read_user'])),
  },
  ['token', 'username'],
)

const fault = object({
  method: text('method of the request that fails'),
  path: text('part of its path and query'),
  kind: choice('how it fails (default: answer)', ['answer', 'reset', 'reset after', 'cut', 'stall']),
  status: { description: 'status of the answer', type: 'integer', minimum: 200, maximum: 599 },
  body: text('body of the answer'),
  content_type: text('its content type (default: text/plain)'),
  create_then: flag('whether the request is carried out before it fails'),
  times: count('how many requests fail so (default: 1)', 1),
})

/** The JSON Schema of a scenario file; what `check.ts` holds a file against, and what editors complete from. */
export const scenarioSchema: Schema & {
  $schema: string
  title: string
  $defs: Readonly<Record<string, Schema>>
} = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Scenario of gitlab-trigger sandbox',
  ...object(
    {
      projects: { ...list('projects, in place of the usual ones', project), minItems: 1 },
      api_tokens: list('personal access tokens, beside the usual ones', apiToken),
      faults: list('requests that fail, each once, in this order', fault),
    },
    ['projects'],
  ),
  $defs: { job, downstream },
}
