import { defaultTimeoutMs, typedDuration } from '../core/defaults.ts'
import type { CommandOptions, FlagsOf, OptionRows } from './option.ts'
import { pipelineOptions } from './pipelines.ts'
import { colorRow, jsonRow, quietRow, verboseRow } from './shared.ts'

const json = { json: { ...jsonRow.json, conflicts: ['quiet'] } } as const satisfies OptionRows

/** The options of `artifacts`. */
export const artifactsOptions = {
  choice: {
    heading: 'Which artifacts, and where to:',
    rows: {
      to: { value: 'folder', writes: true, help: 'a new or empty folder (with one for each job)' },
      job: { list: 'job', help: 'of this job only, by its name or id' },
      path: { list: 'glob', help: "only files that match, as 'dist/**' or '**/*.xml'" },
      maxSize: {
        value: 'size',
        help: 'limit for one unpacked archive, as 20GB; none lifts it (default: 1GiB, or 100 times its size)',
      },
    },
  },
  output: { heading: 'Output:', rows: { ...json, ...quietRow, ...verboseRow, ...colorRow } },
  ...pipelineOptions,
  connection: {
    heading: 'Connection:',
    rows: {
      ...pipelineOptions.connection.rows,
      timeout: {
        value: 'duration',
        help: `limit for all of it (default: ${typedDuration(defaultTimeoutMs)} to find the pipeline)`,
      },
    },
  },
} as const satisfies CommandOptions

/** What was typed for `artifacts`. */
export type ArtifactsFlags = FlagsOf<typeof artifactsOptions>
