import type { CommandRow, JsonMembers } from './command.ts'

/** `run`, and whatever else starts a pipeline. */
export const runResult: JsonMembers = {
  id: null,
  kind: null,
  iid: null,
  project_id: null,
  ref: null,
  sha: null,
  status: null,
  source: null,
  web_url: null,
  variables: [],
  jobs: null,
  server: null,
  api: null,
  build_state: 'none',
  skipped: null,
}

/** `run --wait` and `run --follow`: what is known of the pipeline's end too. */
export const followedRunResult: JsonMembers = {
  ...runResult,
  has_warnings: null,
  user: null,
  yaml_errors: null,
  created_at: null,
  started_at: null,
  finished_at: null,
  hidden: null,
}

/** `batch`: one target of a plan. */
export const batchResult: JsonMembers = { target: null, ...followedRunResult }

/** `run --dry-run`. */
export const previewResult: JsonMembers = { method: null, url: null, fields: null }

/** A pipeline that exists. */
export const pipelineMembers: JsonMembers = {
  id: null,
  kind: null,
  iid: null,
  project_id: null,
  ref: null,
  sha: null,
  status: null,
  has_warnings: null,
  source: null,
  web_url: null,
  user: null,
  yaml_errors: null,
  created_at: null,
  started_at: null,
  finished_at: null,
  hidden: null,
  jobs: null,
}

/** A job, and the pipeline that it belongs to. */
export const jobMembers: JsonMembers = {
  id: null,
  name: null,
  stage: null,
  status: null,
  allow_failure: null,
  failure_reason: null,
  waits: null,
  web_url: null,
  tag_list: null,
  created_at: null,
  started_at: null,
  finished_at: null,
  is_bridge: null,
  downstream_pipeline: null,
  pipeline_id: null,
}

/** What commands on the project of a token say of where they worked. */
export const placeMembers: JsonMembers = { server: null, project: null, api: null }

/** A pipeline schedule of GitLab's. */
export const scheduleMembers: JsonMembers = {
  id: null,
  description: null,
  ref: null,
  cron: null,
  cron_timezone: null,
  next_run_at: null,
  active: null,
  owner: null,
}

/**
 * The objects that --json prints where nothing but the error is known: one, or one for each different word, with its number if it is one. None for a
 * command without results in JSON.
 */
export function emptyJsonResults(
  { jsonResult, isJsonOfEachWord }: CommandRow,
  flags: object,
  words: readonly string[],
): JsonMembers[] {
  if (!jsonResult) return []
  const members = jsonResult(flags as never)
  if (!isJsonOfEachWord || words.length === 0) return [members]
  const named = words.filter((word) => word !== '-')
  return [...new Set(named.length > 0 ? named : words)].map((word) => {
    const number = word.replace(/^#/, '')
    return { ...members, id: /^\d{1,15}$/.test(number) ? Number(number) : null }
  })
}
