import { defaultLogLines } from '../core/defaults.ts'
import type { CommandOptions, FlagsOf, OptionRows } from './option.ts'
import {
  colorRow,
  configGroup,
  followRows,
  jsonRow,
  limitRows,
  ownApiTokenRows,
  placeRows,
  quietRow,
  reportGroup,
  transportRows,
  verboseRow,
} from './shared.ts'

/** The options of commands that are about a pipeline that exists: where it is, and as whom. */
export const pipelineOptions = {
  place: { heading: 'Where it is:', rows: placeRows },
  credentials: { heading: 'Credentials:', rows: ownApiTokenRows },
  config: configGroup,
  connection: { heading: 'Connection:', rows: { ...limitRows, ...transportRows } },
} as const satisfies CommandOptions

const json = { json: { ...jsonRow.json, conflicts: ['quiet'] } } as const satisfies OptionRows
const events = {
  events: { help: 'print every change as a line of JSON', conflicts: ['quiet', 'json'] },
} as const satisfies OptionRows

const followOutput = {
  heading: 'Output:',
  rows: { ...json, ...events, ...quietRow, ...verboseRow, ...colorRow },
} as const

/** The options of `wait`. */
export const waitOptions = {
  follow: {
    heading: 'To the end:',
    rows: {
      ...followRows,
      logs: { ...followRows.logs, help: 'all, none, failed, or a job by its name (default: none)' },
    },
  },
  reports: reportGroup,
  output: followOutput,
  ...pipelineOptions,
  connection: {
    heading: 'Connection:',
    rows: {
      ...pipelineOptions.connection.rows,
      timeout: { value: 'duration', help: 'limit for the whole wait (default: none, see --run-timeout)' },
    },
  },
} as const satisfies CommandOptions

/** The options of `status`. */
export const statusOptions = {
  choice: {
    heading: 'What to show:',
    rows: { timeline: { help: 'when each job was queued and ran (with the critical path)' } },
  },
  output: {
    heading: 'Output:',
    rows: { json: { help: 'print one JSON object for each pipeline' }, ...verboseRow, ...colorRow },
  },
  ...pipelineOptions,
} as const satisfies CommandOptions

/** The options of `open`. */
export const openOptions = {
  ...pipelineOptions,
  output: { heading: 'Output:', rows: { ...verboseRow, ...colorRow } },
} as const satisfies CommandOptions

/** The options of `logs`. */
export const logsOptions = {
  choice: {
    heading: 'Which logs:',
    rows: {
      job: { list: 'job', help: 'of this job only, by its name or id' },
      failed: {
        help: `of failed jobs only, their last ${defaultLogLines} lines (see --lines)`,
        conflicts: ['job'],
      },
      lines: { value: 'count', help: 'only the last lines of each', conflicts: ['follow'] },
      follow: { short: 'f', help: 'print new lines until the jobs have finished' },
      pollGrace: followRows.pollGrace,
      pollInterval: followRows.pollInterval,
    },
  },
  output: {
    heading: 'Output:',
    rows: {
      raw: {
        help: 'the exact bytes of one log (secrets are not masked)',
        conflicts: ['failed', 'lines'],
      },
      timestamps: {
        help: 'print the time before each line (runner 18.7 or later)',
        conflicts: ['raw'],
      },
      ...verboseRow,
      ...colorRow,
    },
  },
  ...pipelineOptions,
} as const satisfies CommandOptions

/** The options of `cancel`. */
export const cancelOptions = {
  scope: {
    heading: 'Options:',
    rows: { downstream: { no: 'leave the pipelines that it started in other projects alone' } },
  },
  output: { heading: 'Output:', rows: { ...json, ...quietRow, ...verboseRow, ...colorRow } },
  ...pipelineOptions,
} as const satisfies CommandOptions

/** The options of `retry`. */
export const retryOptions = {
  follow: {
    heading: 'To the end:',
    rows: {
      follow: { help: 'wait for the end, with the logs of its jobs', conflicts: ['wait'] },
      wait: { help: 'wait for the end' },
      ...followRows,
    },
  },
  reports: reportGroup,
  output: followOutput,
  ...pipelineOptions,
} as const satisfies CommandOptions

/** What was typed for `wait`. */
export type WaitFlags = FlagsOf<typeof waitOptions>

/** What was typed for `open`. */
export type OpenFlags = FlagsOf<typeof openOptions>

/** What was typed for `status`. */
export type StatusFlags = FlagsOf<typeof statusOptions>

/** What was typed for `logs`. */
export type LogsFlags = FlagsOf<typeof logsOptions>

/** What was typed for `cancel`. */
export type CancelFlags = FlagsOf<typeof cancelOptions>

/** What was typed for `retry`. */
export type RetryFlags = FlagsOf<typeof retryOptions>
