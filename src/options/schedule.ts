import { defaultCron, defaultReportFile, defaultSpreadMs, typedDuration } from '../core/defaults.ts'
import { omit } from '../core/omit.ts'
import type { CommandOptions, FlagsOf, OptionRows } from './option.ts'
import { runOptions } from './run.ts'
import { runOptionsWithout, targetGroup } from './run-without.ts'
import {
  colorRow,
  configGroup,
  limitRows,
  ownApiTokenRows,
  placeRows,
  quietRow,
  transportRows,
  verboseRow,
} from './shared.ts'
import { outputGroup } from './tokens.ts'

const timezoneRow = {
  timezone: { value: 'name', help: "whose clock counts, as Europe/Berlin (default: this machine's)" },
} as const satisfies OptionRows

const imageRow = {
  image: { value: 'name', help: "the container image with gitlab-trigger (this repository's Dockerfile)" },
} as const satisfies OptionRows

const packageRow = {
  package: { value: 'name', help: 'the npm package to install (name or URL)' },
} as const satisfies OptionRows

const nameRow = {
  name: { value: 'name', help: 'the name of the schedule (default: made of project, ref and a hash)' },
} as const satisfies OptionRows

const nightly = { value: 'cron', help: `when, as a cron expression (default: ${defaultCron})` } as const

/** An unattended run, which takes its token from a file or from what the system provides. */
const never = ['dryRun', 'curl', 'web', 'token', 'tokenStdin'] as const
/** What wants a machine that remembers. */
const remembering = ['once', 'everywhere', 'resume', 'onlyIfChanged', 'lock'] as const
/** What names files of a machine. */
const ofFiles = [
  ...(['varFile', 'varsFrom', 'allowEmptyVars', 'cacert', 'cert', 'key', 'logFile'] as const),
  ...(['dotenv', 'annotations', 'junit', 'artifacts', 'artifactsOf', 'artifactsMaxSize'] as const),
] as const
const keysOfRows = <R extends object>(rows: R): (keyof R)[] => Object.keys(rows) as (keyof R)[]
/** All that is more than one request. */
const beyondOneRequest = [
  ...keysOfRows(runOptions.output.rows),
  ...keysOfRows(runOptions.follow.rows),
  ...keysOfRows(runOptions.reports.rows),
  ...keysOfRows(omit(runOptions.oneBuild.rows, ['marker'])),
  ...keysOfRows(runOptions.unattended.rows),
  ...(['apiTokenFile', 'retry', 'retryAmbiguous', 'allowEmptyVars'] as const),
]

const ofSystemd = runOptionsWithout(never)
const ofGitlabCi = runOptionsWithout([...never, 'tokenFile', ...remembering])
/** The options of a trigger that is one request. */
const ofOneRequest = runOptionsWithout([...never, ...beyondOneRequest])

/** The options of the commands that print a trigger, by the form that it is printed in; the help of --at describes each. */
export const scheduleOptions = {
  cron: { when: { heading: 'Schedule:', rows: { at: nightly } }, ...runOptionsWithout(never) },
  systemd: {
    when: { heading: 'Schedule:', rows: { at: nightly, ...timezoneRow, ...nameRow } },
    ...ofSystemd,
    unattended: {
      ...ofSystemd.unattended,
      rows: {
        ...ofSystemd.unattended.rows,
        jitter: {
          value: 'duration',
          help: `delay the start by up to this long (default: ${typedDuration(defaultSpreadMs)})`,
        },
      },
    },
  },
  kubernetes: {
    when: { heading: 'Schedule:', rows: { at: nightly, ...timezoneRow, ...nameRow, ...imageRow } },
    ...runOptionsWithout([...never, ...remembering, ...ofFiles]),
  },
  'gitlab-ci': {
    when: {
      heading: 'Schedule:',
      rows: {
        at: { value: 'cron', help: 'in scheduled pipelines instead of those of tags' },
        ...timezoneRow,
        ...nameRow,
        ...imageRow,
      },
    },
    ...ofGitlabCi,
    reports: {
      ...ofGitlabCi.reports,
      rows: {
        ...ofGitlabCi.reports.rows,
        dotenv: {
          ...ofGitlabCi.reports.rows.dotenv,
          help: `write PIPELINE_ID, _URL and more for later jobs (default: ${defaultReportFile})`,
        },
      },
    },
  },
  'github-actions': {
    when: {
      heading: 'Schedule:',
      rows: { at: { value: 'cron', help: 'when, as a cron expression in UTC' }, ...packageRow },
    },
    ...runOptionsWithout([...never, 'tokenFile', ...remembering]),
  },
  curl: {
    when: {
      heading: 'Schedule:',
      rows: { at: { value: 'cron', help: 'when, as a cron expression: prints a crontab line' } },
    },
    ...ofOneRequest,
    connection: {
      ...ofOneRequest.connection,
      rows: { ...ofOneRequest.connection.rows, timeout: limitRows.timeout },
    },
  },
} as const satisfies Readonly<Record<string, CommandOptions>>

/** The options of commands that talk to GitLab about its schedules, except for the project. */
const gitlabOptions = {
  credentials: { heading: 'Credentials:', rows: ownApiTokenRows },
  output: {
    heading: 'Output:',
    rows: { json: runOptions.output.rows.json, ...quietRow, ...verboseRow, ...colorRow },
  },
  config: configGroup,
  connection: { heading: 'Connection:', rows: { timeout: limitRows.timeout, ...transportRows } },
} as const satisfies CommandOptions

/** The options of `schedule gitlab create`. */
export const scheduleCreateOptions = {
  when: {
    heading: 'Schedule:',
    rows: {
      at: { value: 'cron', help: 'when, as a cron expression' },
      ...timezoneRow,
      description: { value: 'text', help: 'what GitLab shows of it' },
      inactive: { help: 'create it inactive, so that it does not run yet' },
    },
  },
  target: targetGroup,
  variables: runOptions.variables,
  ...gitlabOptions,
} as const satisfies CommandOptions

/** The options of `schedule gitlab run` and `delete`. */
export const schedulesOptions = {
  target: { heading: 'What to trigger:', rows: placeRows },
  ...gitlabOptions,
} as const satisfies CommandOptions

/** The options of `schedule gitlab list`, which prints nothing else than the list. */
export const scheduleListOptions = {
  ...schedulesOptions,
  target: { heading: 'Which project:', rows: placeRows },
  // Without effect, as it was taken up to now: all other commands of the group have it.
  output: { ...outputGroup, rows: { ...outputGroup.rows, quiet: { ...quietRow.quiet, isUnlisted: true } } },
} as const satisfies CommandOptions

/** What was typed for `schedule <form>`; no form has all of it. */
export type ScheduleFlags = FlagsOf<(typeof scheduleOptions)['kubernetes']> &
  FlagsOf<(typeof scheduleOptions)['github-actions']>

/** What was typed for `schedule gitlab create`. */
export type ScheduleCreateFlags = FlagsOf<typeof scheduleCreateOptions>

/** What was typed for `schedule gitlab list`. */
export type ScheduleListFlags = FlagsOf<typeof scheduleListOptions>

/** What was typed for `schedule gitlab run` and `delete`. */
export type SchedulesFlags = FlagsOf<typeof schedulesOptions>
