import { createHash } from 'node:crypto'
import type { Context } from '../../core/context.ts'
import { usageError } from '../../core/errors.ts'
import { fromEnv } from '../setting.ts'

/** For each CI system, the variables that identify a job and stay the same when it is retried. */
const jobs = [
  ['GITLAB_CI', ['CI_SERVER_URL', 'CI_PROJECT_ID', 'CI_PIPELINE_ID', 'CI_JOB_NAME'], ['CI_NODE_INDEX']],
  ['GITHUB_ACTIONS', ['GITHUB_REPOSITORY', 'GITHUB_RUN_ID', 'GITHUB_JOB'], []],
] as const

/** The idempotency key of --resume: one for each job of a pipeline. Throws a usage error outside CI. */
export function resumeKey(env: Context['env']): string {
  for (const [indicator, names, optional] of jobs) {
    const values = names.map((name) => fromEnv(env, name)?.value)
    if (fromEnv(env, indicator) === undefined || values.includes(undefined)) continue
    const present = optional.map((name) => fromEnv(env, name)?.value).filter((value) => value !== undefined)
    return `job ${[...values, ...present].join(' ')}`
  }
  throw usageError(
    '--resume: this is not a job of GitLab CI or GitHub Actions',
    'Use --once KEY with a key of your own.',
  )
}

/** Allowed difference between the clocks of two servers, in ms. */
const skewMs = 3_600_000

/** The earliest time (ms since 1970) of a pipeline created by an earlier run of this job; 0 if unknown. */
export function earliestCreation(env: Context['env']): number {
  const created = Date.parse(fromEnv(env, 'CI_PIPELINE_CREATED_AT')?.value ?? '')
  return Number.isNaN(created) ? 0 : created - skewMs
}

/** What distinguishes several triggers of one job. */
export interface TriggerIdentity {
  project: string
  ref: string
  variables: readonly { key: string; value: string }[]
  inputs: readonly { key: string; value: string }[]
}

/**
 * The marker by which a retried job finds its earlier pipeline: a UUID that depends only on the arguments.
 * The variables count because jobs of a GitHub matrix share a name and one job may trigger several pipelines.
 */
export function resumeMarker(key: string, { project, ref, variables, inputs }: TriggerIdentity): string {
  const pairs = [variables, inputs].map((list) => list.map(({ key: name, value }) => [name, value]))
  const hex = createHash('sha256')
    .update(JSON.stringify([key, project, ref, ...pairs]))
    .digest('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}
