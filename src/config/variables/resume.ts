import { createHash } from 'node:crypto'
import type { Context } from '../../core/context.ts'
import { usageError } from '../../core/errors.ts'
import { fromEnv } from '../setting.ts'

/** What names a job and stays the same when it is run again, by the CI system that says so. */
const jobs = [
  ['GITLAB_CI', ['CI_SERVER_URL', 'CI_PROJECT_ID', 'CI_PIPELINE_ID', 'CI_JOB_NAME'], ['CI_NODE_INDEX']],
  ['GITHUB_ACTIONS', ['GITHUB_REPOSITORY', 'GITHUB_RUN_ID', 'GITHUB_JOB'], []],
] as const

/** The key of --once that --resume stands for: one for each job of each pipeline of the CI system we run in. Throws a usage error outside one. */
export function resumeKey(env: Context['env']): string {
  for (const [sign, names, more] of jobs) {
    const values = names.map((name) => fromEnv(env, name)?.value)
    if (fromEnv(env, sign) === undefined || values.includes(undefined)) continue
    const rest = more.map((name) => fromEnv(env, name)?.value).filter((value) => value !== undefined)
    return `job ${[...values, ...rest].join(' ')}`
  }
  throw usageError(
    '--resume: this is no job of GitLab CI or GitHub Actions',
    'Use --once KEY with a key of your own.',
  )
}

/** Between two servers' clocks, in ms. */
const skewMs = 3_600_000

/** What an earlier run of this job started was made then, in ms since 1970, or later; 0 where the CI system does not tell when its pipeline began. */
export function earliestOf(env: Context['env']): number {
  const created = Date.parse(fromEnv(env, 'CI_PIPELINE_CREATED_AT')?.value ?? '')
  return Number.isNaN(created) ? 0 : created - skewMs
}

/** What a trigger is about, as far as two of them in one job may differ. */
export interface Resumed {
  project: string
  ref: string
  variables: readonly { key: string; value: string }[]
  inputs: readonly { key: string; value: string }[]
}

/**
 * The variable's value by which a re-run of a job finds the pipeline of a trigger again: always the same for the same words, as a UUID. Jobs of a
 * matrix share a name on GitHub, and one job may trigger several: what differs is in their variables.
 */
export function resumeMarker(key: string, { project, ref, variables, inputs }: Resumed): string {
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
