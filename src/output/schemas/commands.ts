import {
  boolean,
  failure,
  integer,
  list,
  object,
  orNull,
  result,
  text,
  time,
  words,
  type JsonSchema,
} from './parts.ts'
import { timeline } from './timeline.ts'
import {
  listedPipeline,
  followedMembers,
  namedPipeline,
  pipelineDefinitions,
  playedJob,
  runMembers,
} from './pipeline.ts'

const place = { server: orNull(text), project: orNull(text), api: orNull(words('v3', 'v4')) }

const tokenMembers = {
  id: orNull(integer),
  token: text,
  description: orNull(text),
  owner: orNull(text),
  created_at: orNull(time),
  updated_at: orNull(time),
  last_used: orNull(time),
  expires_at: orNull(time),
}
const token = orNull(object(tokenMembers))

const revokedState = {
  state: words('revoked', 'not revoked', 'unknown'),
  error: orNull(failure),
}

const scheduleMembers = {
  id: integer,
  description: orNull(text),
  ref: orNull(text),
  cron: orNull(text),
  cron_timezone: orNull(text),
  next_run_at: orNull(time),
  active: boolean,
  owner: orNull(text),
}

/** What is worth knowing of a pipeline that was followed, and no failure; only where there is something. */
const warnings = { warnings: list(text) }

const pipeline = { ...result(namedPipeline), $defs: pipelineDefinitions }
const followed = { ...result(namedPipeline, warnings), $defs: pipelineDefinitions }
/** Of several in one call each has the name of its target. */
const runObject = result(runMembers, { ...followedMembers, ...warnings, target: orNull(text) })
const run = { ...runObject, $defs: pipelineDefinitions }

/** One target of a plan, triggered or not. */
const batchTarget = result({ target: orNull(text), ...runMembers, ...followedMembers }, warnings)

/** The artifacts of a job that were unpacked. */
const fetchedJob = object({
  job_id: integer,
  job: text,
  path: text,
  files: integer,
  bytes: integer,
  left_out: list(object({ name: text, reason: text })),
})

/** What --dry-run prints instead of what was triggered. */
const preview = result({
  method: orNull(text),
  url: orNull(text),
  fields: orNull(
    list(object({ name: text }, { value: text, bytes: integer, origin: text, secret: boolean })),
  ),
})

/** A run in the journal of --once, as it was written; nothing is promised of members that are not here. */
const historyEntry: JsonSchema = {
  ...object(
    { intent: { ...object({ key: text, at: text }), additionalProperties: true } },
    { result: { type: 'object', additionalProperties: true } },
  ),
}

/** What each command prints with --json, one object a line, by the name of the command. */
export const commandSchemas: Readonly<Record<string, JsonSchema>> = {
  run: { anyOf: [runObject, preview], $defs: pipelineDefinitions },
  batch: { ...batchTarget, $defs: pipelineDefinitions },
  pipelines: result({
    ...place,
    pipelines: orNull(list(listedPipeline)),
    is_more: orNull(boolean),
  }),
  wait: followed,
  status: {
    ...result({ ...namedPipeline, variables: orNull(list(text)), timeline: orNull(timeline) }),
    $defs: pipelineDefinitions,
  },
  artifacts: result({
    id: orNull(integer),
    project_id: namedPipeline['project_id'] ?? {},
    status: orNull(text),
    web_url: orNull(text),
    to: orNull(text),
    artifacts: orNull(list(fetchedJob)),
    warnings: orNull(list(text)),
  }),
  cancel: pipeline,
  retry: followed,
  play: result(playedJob),
  'tokens list': result({ ...place, tokens: orNull(list(object({ ...tokenMembers, stale: boolean }))) }),
  'tokens create': result({ ...place, token, saved_to: orNull(text) }),
  'tokens update': result({ ...place, token }),
  'tokens revoke': result({
    ...place,
    tokens: orNull(
      list({
        anyOf: [
          object({ ...tokenMembers, ...revokedState }),
          object({ id: orNull(integer), ...revokedState }),
        ],
      }),
    ),
  }),
  'tokens rotate': result({ ...place, token, saved_to: orNull(text), revoked: token }),
  'tokens test': result({
    is_good: orNull(boolean),
    ...place,
    moved_to: orNull(integer),
    origin: orNull(text),
    kind: orNull(text),
    answer: orNull(text),
    token: orNull(object({ ...tokenMembers, is_sure: boolean })),
  }),
  projects: result({
    server: orNull(text),
    api: place.api,
    projects: orNull(
      list(
        object({
          id: integer,
          path: text,
          default_branch: orNull(text),
          visibility: orNull(text),
          triggers: orNull(text),
          web_url: orNull(text),
        }),
      ),
    ),
    is_more: orNull(boolean),
    moved_to: orNull(integer),
  }),
  refs: result({
    ...place,
    refs: orNull(
      list(
        object({
          ref: text,
          name: text,
          kind: words('branch', 'tag'),
          default: boolean,
          protected: boolean,
        }),
      ),
    ),
  }),
  history: {
    anyOf: [
      result({ history: orNull(list(historyEntry)) }),
      result({ removed: orNull(integer), kept: orNull(integer) }),
    ],
  },
  'config show': result({
    settings: orNull(
      list(object({ name: text, value: orNull(text), origin: orNull(text) }, { isSecret: { const: true } })),
    ),
  }),
  'config path': result({
    files: orNull(
      list(
        object({
          kind: text,
          path: text,
          state: words('used', 'absent', 'not trusted', 'ignored in CI', 'refused'),
        }),
      ),
    ),
  }),
  'config list': result({
    servers: orNull(
      list(
        object({
          name: text,
          url: orNull(text),
          is_default: boolean,
          project: orNull(text),
          ref: orNull(text),
          token: orNull(text),
          api_token: orNull(text),
          projects: list(object({ name: text, id: orNull(integer), ref: orNull(text), token: orNull(text) })),
          origin: text,
        }),
      ),
    ),
    recipes: orNull(
      list(
        object({
          name: text,
          extends: orNull(text),
          targets: list(object({ server: orNull(text), project: orNull(text), ref: orNull(text) })),
          origin: text,
        }),
      ),
    ),
  }),
  'config get': result({ key: orNull(text), value: {}, origin: orNull(text), is_secret: orNull(boolean) }),
  doctor: result({
    checks: orNull(
      list(
        object({
          name: text,
          target: orNull(text),
          ok: orNull(boolean),
          needed: boolean,
          detail: text,
          fix: text,
        }),
      ),
    ),
  }),
  'schedule gitlab create': result(
    Object.fromEntries(Object.entries(scheduleMembers).map(([name, schema]) => [name, orNull(schema)])),
  ),
  'schedule gitlab list': result({ schedules: orNull(list(object(scheduleMembers))) }),
  'schedule gitlab run': run,
  'schedule gitlab delete': result({ id: orNull(integer) }),
}
