import { omit } from '../core/omit.ts'
import type { CommandOptions, FlagsOf } from './option.ts'
import { runOptions } from './run.ts'
import { runOptionsWithout } from './run-without.ts'
import {
  colorRow,
  configGroup,
  jsonRow,
  limitRows,
  ownApiTokenRows,
  placeRows,
  transportRows,
  triggerTokenRows,
} from './shared.ts'

/** The options of `config show`: a line of `run` can be typed there, but only what is shown is in its help. */
export const configShowOptions = runOptionsWithout([
  ...([
    'events',
    'quiet',
    'verbose',
    'dryRun',
    'curl',
    'web',
    'allowEmptyVars',
    'retryGrace',
    'pollGrace',
  ] as const),
  ...([
    'pollInterval',
    'logLines',
    'cancelOnInterrupt',
    'dotenv',
    'annotations',
    'junit',
    'artifacts',
    'artifactsOf',
  ] as const),
  ...(['artifactsMaxSize', 'once', 'everywhere', 'resume', 'expectSha', 'verify', 'marker', 'lock'] as const),
  ...(['jitter', 'skipIfRunning', 'onlyIfChanged', 'logFile', 'heartbeat', 'heartbeatFailure'] as const),
  'retryAmbiguous',
])

/** The options of `config path`. */
export const configPathOptions = {
  all: { heading: 'Options:', rows: { ...configGroup.rows, ...jsonRow } },
} as const satisfies CommandOptions

/** The options of `config set` and `config unset`. */
export const configFileOptions = {
  all: {
    heading: 'Options:',
    rows: { config: { value: 'path', help: 'work with this config file instead of your own' } },
  },
} as const satisfies CommandOptions

/** The options of `config get`. */
export const configGetOptions = {
  all: { heading: 'Options:', rows: { ...configFileOptions.all.rows, ...jsonRow } },
} as const satisfies CommandOptions

/** The options of `config edit-token`. */
export const editTokenOptions = {
  all: {
    heading: 'Options:',
    rows: {
      ...configGroup.rows,
      project: { ...placeRows.project, help: 'the trigger token of that project of the server' },
      api: { help: 'the API token instead of the trigger token' },
    },
  },
} as const satisfies CommandOptions

/** The options of `doctor`: those of `run` that say where, and as whom. */
export const doctorOptions = {
  place: { heading: 'What to check:', rows: omit(runOptions.target.rows, ['interactive']) },
  variables: runOptions.variables,
  credentials: { ...runOptions.credentials, rows: { ...triggerTokenRows, ...ownApiTokenRows } },
  config: configGroup,
  connection: { heading: 'Connection:', rows: { ...limitRows, ...transportRows } },
  output: {
    heading: 'Output:',
    rows: { json: { help: 'print one JSON object: checks and exit_code' }, ...colorRow },
  },
} as const satisfies CommandOptions

/** What was typed for `config path`. */
export type ConfigPathFlags = FlagsOf<typeof configPathOptions>

/** What was typed for `config set` and `config unset`. */
export type ConfigFileFlags = FlagsOf<typeof configFileOptions>

/** What was typed for `config get`. */
export type ConfigGetFlags = FlagsOf<typeof configGetOptions>

/** What was typed for `config edit-token`. */
export type EditTokenFlags = FlagsOf<typeof editTokenOptions>

/** What was typed for `doctor`. */
export type DoctorFlags = FlagsOf<typeof doctorOptions>
