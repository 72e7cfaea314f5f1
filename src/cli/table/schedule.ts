import type { OptionGroup } from '../options/index.ts'
import { runOptions } from '../options/index.ts'
import type { CommandRow } from './command.ts'

/** The forms that a trigger can be printed in, and what each is. */
const forms = {
  cron: 'a crontab line',
  systemd: 'a systemd service and its timer',
  kubernetes: 'a Kubernetes CronJob',
  'gitlab-ci': 'a job of .gitlab-ci.yml',
  'github-actions': 'a step of a GitHub Actions job, or with --at a workflow',
  curl: 'a curl line, which needs no gitlab-trigger',
} as const

const at = '--at <cron>'

const atHelp: Readonly<Record<keyof typeof forms, string>> = {
  cron: 'when, as a cron expression (default: 30 0 * * *)',
  systemd: 'when, as a cron expression (default: 30 0 * * *)',
  kubernetes: 'when, as a cron expression (default: 30 0 * * *)',
  'gitlab-ci': 'in scheduled pipelines instead of those of tags',
  'github-actions': 'when, as a cron expression in UTC',
  curl: 'when, as a cron expression: prints a crontab line',
}

function timeRows(form: keyof typeof forms): OptionGroup {
  const zone = {
    flags: '--timezone <name>',
    help: "whose clock counts, as Europe/Berlin (default: this machine's)",
  }
  const image = {
    flags: '--image <name>',
    help: "the container image with gitlab-trigger (this repository's Dockerfile)",
  }
  return {
    title: 'Schedule:',
    rows: [
      { flags: at, help: atHelp[form] },
      ...(['systemd', 'kubernetes', 'gitlab-ci'].includes(form) ? [zone] : []),
      ...(['kubernetes', 'gitlab-ci'].includes(form) ? [image] : []),
    ],
  }
}

const example = '--server https://gitlab.example.com --project 9 --ref master --token-file ~/.trigger-token'

function formRow(form: keyof typeof forms): CommandRow {
  return {
    name: `schedule ${form}`,
    arguments: '[recipe]',
    summary: `print a trigger as ${forms[form]}`,
    options: [timeRows(form), ...runOptions],
    examples: [
      `gitlab-trigger schedule ${form} --at '30 0 * * *' ${example}`,
      `gitlab-trigger schedule ${form} nightly-docs`,
    ],
    load: async () => {
      const { schedule } = await import('../../commands/schedule/print.ts')
      return ({ flags, words }, context) => schedule(form, flags, words[0], context)
    },
  }
}

const group = (title: string): OptionGroup[] => runOptions.filter((each) => each.title === title)

const only = (title: string, wanted: RegExp): OptionGroup => ({
  title,
  rows: group(title).flatMap(({ rows }) => rows.filter(({ flags }) => wanted.test(flags))),
})

/** Flags of commands that talk to GitLab about its schedules. */
const reaching: readonly OptionGroup[] = [
  only('Credentials:', /--api-token-file /),
  only('Output:', /--(json|quiet|verbose|no-color)/),
  ...group('Configuration:'),
  only('Connection:', /^--(?!retry|api )/),
]

const where: OptionGroup = only('What to trigger:', /--(server|project) /)

const gitlabRows: readonly CommandRow[] = [
  {
    name: 'schedule gitlab create',
    arguments: '[recipe]',
    summary: 'make a pipeline schedule and print its number',
    options: [
      {
        title: 'Schedule:',
        rows: [
          { flags: at, help: 'when, as a cron expression' },
          {
            flags: '--timezone <name>',
            help: "whose clock counts, as Europe/Berlin (default: this machine's)",
          },
          { flags: '--description <text>', help: 'what GitLab shows of it' },
          { flags: '--inactive', help: 'make it, but let it not run yet' },
        ],
      },
      ...group('What to trigger:'),
      ...group('Variables and inputs:'),
      ...reaching,
    ],
    examples: [
      "gitlab-trigger schedule gitlab create -s work -p 9 -r master --at '30 0 * * *' --var NIGHTLY=true",
    ],
    load: async () => {
      const { createGitlabSchedule } = await import('../../commands/schedule/gitlab/create.ts')
      return ({ flags, words }, context) => createGitlabSchedule(flags, words[0], context)
    },
  },
  {
    name: 'schedule gitlab list',
    summary: 'list the pipeline schedules of a project',
    options: [where, ...reaching],
    examples: ['gitlab-trigger schedule gitlab list -s work -p 9'],
    load: async () => {
      const { listGitlabSchedules } = await import('../../commands/schedule/gitlab/list.ts')
      return ({ flags }, context) => listGitlabSchedules(flags, context)
    },
  },
  {
    name: 'schedule gitlab run',
    arguments: '<number>',
    summary: 'run a pipeline schedule now and print the id of its pipeline',
    options: [where, ...reaching],
    examples: ['gitlab-trigger schedule gitlab run -s work -p 9 13'],
    load: async () => {
      const { runGitlabSchedule } = await import('../../commands/schedule/gitlab/run.ts')
      return ({ flags, words }, context) => runGitlabSchedule(words[0], flags, context)
    },
  },
  {
    name: 'schedule gitlab delete',
    arguments: '<number>',
    summary: 'delete a pipeline schedule',
    options: [where, ...reaching],
    examples: ['gitlab-trigger schedule gitlab delete -s work -p 9 13'],
    load: async () => {
      const { deleteGitlabSchedule } = await import('../../commands/schedule/gitlab/delete.ts')
      return ({ flags, words }, context) => deleteGitlabSchedule(words[0], flags, context)
    },
  },
]

/** The commands about what runs unattended. */
export const scheduleRows: readonly CommandRow[] = [
  ...(Object.keys(forms) as (keyof typeof forms)[]).map(formRow),
  ...gitlabRows,
]
