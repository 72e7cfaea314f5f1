import type { OptionGroup } from './options.ts'
import { runOptions } from './options.ts'
import type { CommandRow } from './table.ts'

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
      const { schedule } = await import('../commands/schedule.ts')
      return ({ flags, words }, context) => schedule(form, flags, words[0], context)
    },
  }
}

/** The commands about what runs unattended. */
export const scheduleRows: readonly CommandRow[] = (Object.keys(forms) as (keyof typeof forms)[]).map(formRow)
