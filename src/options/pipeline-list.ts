import { defaultPipelines } from '../core/defaults.ts'
import type { CommandOptions, FlagsOf } from './option.ts'
import { outputGroup, projectOptions } from './tokens.ts'

/** The options of `pipelines`. */
export const pipelinesOptions = {
  choice: {
    heading: 'Which pipelines:',
    rows: {
      ref: { short: 'r', value: 'name', help: 'only those of this branch or tag' },
      status: { value: 'status', help: 'only those in this status, such as running or failed' },
      source: { value: 'source', help: 'only those started so: trigger, push, schedule (API v4)' },
      limit: { value: 'count', help: `at most so many (default: ${defaultPipelines})` },
    },
  },
  output: outputGroup,
  ...projectOptions,
} as const satisfies CommandOptions

/** What was typed for `pipelines`. */
export type PipelinesFlags = FlagsOf<typeof pipelinesOptions>
