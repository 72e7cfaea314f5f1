import { keysOf } from '../../core/keys-of.ts'
import {
  scheduleCreateOptions,
  scheduleListOptions,
  scheduleOptions,
  schedulesOptions,
} from '../../options/schedule.ts'
import { command, type CommandRow } from './command.ts'
import { runResult, scheduleMembers } from './json-results.ts'

/** The forms that a trigger can be printed in, and what each is. */
const forms = {
  cron: 'a crontab line',
  systemd: 'a systemd service and its timer',
  kubernetes: 'a Kubernetes CronJob',
  'gitlab-ci': 'a job of .gitlab-ci.yml',
  'github-actions': 'a step of a GitHub Actions job, or with --at a workflow',
  curl: 'a curl line, which needs no gitlab-trigger',
} as const satisfies Record<keyof typeof scheduleOptions, string>

function formRow(form: keyof typeof forms): CommandRow {
  return command({
    name: `schedule ${form}`,
    arguments: '[recipe]',
    summary: `print a trigger as ${forms[form]}`,
    options: scheduleOptions[form],
    load: async () => {
      const { schedule } = await import('../../commands/schedule/print.ts')
      return ({ flags, words }, context) => schedule(form, flags, words[0], context)
    },
  })
}

const gitlabRows: readonly CommandRow[] = [
  command({
    name: 'schedule gitlab create',
    arguments: '[recipe]',
    summary: 'create a pipeline schedule and print its id',
    options: scheduleCreateOptions,
    jsonResult: () => scheduleMembers,
    load: async () => {
      const { createGitlabSchedule } = await import('../../commands/schedule/gitlab/create.ts')
      return ({ flags, words }, context) => createGitlabSchedule(flags, words[0], context)
    },
  }),
  command({
    name: 'schedule gitlab list',
    summary: 'list the pipeline schedules of a project',
    options: scheduleListOptions,
    jsonResult: () => ({ schedules: null }),
    load: async () => {
      const { listGitlabSchedules } = await import('../../commands/schedule/gitlab/list.ts')
      return ({ flags }, context) => listGitlabSchedules(flags, context)
    },
  }),
  command({
    name: 'schedule gitlab run',
    arguments: '<number>',
    summary: 'run a pipeline schedule now and print the id of its pipeline',
    startsPipelines: true,
    options: schedulesOptions,
    jsonResult: () => runResult,
    load: async () => {
      const { runGitlabSchedule } = await import('../../commands/schedule/gitlab/run.ts')
      return ({ flags, words }, context) => runGitlabSchedule(words[0], flags, context)
    },
  }),
  command({
    name: 'schedule gitlab delete',
    arguments: '<number>',
    summary: 'delete a pipeline schedule',
    options: schedulesOptions,
    jsonResult: () => ({ id: null }),
    load: async () => {
      const { deleteGitlabSchedule } = await import('../../commands/schedule/gitlab/delete.ts')
      return ({ flags, words }, context) => deleteGitlabSchedule(words[0], flags, context)
    },
  }),
]

/** The commands about what runs unattended. */
export const scheduleRows: readonly CommandRow[] = [...keysOf(forms).map(formRow), ...gitlabRows]
