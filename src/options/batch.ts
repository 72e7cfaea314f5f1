import { defaultParallel, defaultRetries, defaultTimeoutMs, typedDuration } from '../core/defaults.ts'
import { omit } from '../core/omit.ts'
import type { CommandOptions, FlagsOf } from './option.ts'
import { runOptions } from './run.ts'
import { colorRow, configGroup, quietRow, verboseRow } from './shared.ts'

const oneBuild = omit(runOptions.oneBuild.rows, ['once', 'everywhere', 'resume'])

/** The options of `batch`: its own, and those of `run` as defaults of all targets. */
export const batchOptions = {
  batch: {
    heading: 'The batch:',
    rows: {
      parallel: { value: 'count', help: `how many targets to run at once (default: ${defaultParallel})` },
      failFast: { help: 'start no more targets once one has failed', conflicts: ['keepGoing'] },
      keepGoing: { help: 'run what does not need a failed target (default)' },
      batchTimeout: { value: 'duration', help: 'limit for the whole batch (--timeout: for each target)' },
      rate: {
        value: 'count',
        help: 'pipelines per minute, project and commit (default: 25 on gitlab.com)',
      },
      check: { help: 'check the plan and print its graph; send nothing' },
      graph: { value: 'form', help: 'tree, mermaid or dot, for --check (default: tree)' },
      resume: { help: 'continue the last run; trigger nothing twice', conflicts: ['restart'] },
      restart: { help: 'start over even if the last run did not finish' },
      joblog: {
        value: 'path',
        writes: true,
        help: 'write a line for each pipeline and each finished target',
      },
    },
  },
  target: { ...runOptions.target, rows: omit(runOptions.target.rows, ['interactive']) },
  variables: runOptions.variables,
  credentials: {
    ...runOptions.credentials,
    rows: {
      ...runOptions.credentials.rows,
      apiTokenFile: {
        ...runOptions.credentials.rows.apiTokenFile,
        help: 'file with an API token (read_api), for --wait, --follow',
      },
    },
  },
  output: {
    heading: 'Output:',
    rows: {
      json: { help: 'print one JSON object for each target instead', conflicts: ['quiet'] },
      events: {
        help: 'print each change as a line of JSON instead',
        conflicts: ['quiet', 'json'],
      },
      ...quietRow,
      ...verboseRow,
      ...colorRow,
    },
  },
  follow: runOptions.follow,
  reports: runOptions.reports,
  oneBuild: { heading: 'Only once:', rows: oneBuild },
  unattended: runOptions.unattended,
  config: configGroup,
  connection: {
    ...runOptions.connection,
    rows: {
      ...runOptions.connection.rows,
      timeout: {
        ...runOptions.connection.rows.timeout,
        help: `limit for each target; with --wait, for its trigger (default: ${typedDuration(defaultTimeoutMs)})`,
      },
      // What was rate limited is repeated whatever this says, within the time limit: the whole batch waits for that.
      retry: {
        ...runOptions.connection.rows.retry,
        help: `repeat what was provably not sent (default: ${defaultRetries})`,
      },
    },
  },
} as const satisfies CommandOptions

/** What was typed for `batch`. */
export type BatchFlags = FlagsOf<typeof batchOptions>
