import { parseDuration } from '../../config/duration.ts'
import type { Context } from '../../core/context.ts'
import { defaultCron, defaultReportFile, defaultSpreadMs } from '../../core/defaults.ts'
import { usageError } from '../../core/errors.ts'
import { inCronEnvironment, crontabLine } from '../../schedule/cron.ts'
import { githubActions } from '../../schedule/github-actions.ts'
import { gitlabCiJob, testComment } from '../../schedule/gitlab-ci.ts'
import type { SecretFile } from '../../schedule/job.ts'
import { kubernetesManifest } from '../../schedule/kubernetes.ts'
import { systemdScript } from '../../schedule/systemd.ts'
import { parseWhen, type When } from '../../schedule/when.ts'
import { shellQuote } from '../../core/text/shell-quote.ts'
import { printCurl } from './curl.ts'
import { cronUser, doctorCommand, localCommand } from './local-command.ts'
import type { ScheduleFormat, FormatRow, ScheduleOrder } from './order.ts'

/** Flags that name what a run writes. */
const writing = ['--log-file', '--dotenv', '--annotations', '--junit', '--artifacts']

const secretsOf = ({ token, apiToken }: ScheduleOrder['tokens']): SecretFile[] =>
  [token, apiToken].filter((each) => each !== undefined)

/** The folder that a run must stand in: a checkout's own config file counts only there. */
function folderOf({ plan, context }: ScheduleOrder): string | undefined {
  return plan.config.files.some(({ kind }) => kind === 'project') ? context.cwd() : undefined
}

const timeOf = ({ when }: Pick<ScheduleOrder, 'when'>): When => when ?? parseWhen(defaultCron)

function printCron(order: ScheduleOrder): string {
  const { flags, recipe, plan, context, tokens } = order
  const words = localCommand(flags, recipe, plan, context, tokens)
  const folder = folderOf(order)
  const line = (...typed: string[]): string =>
    [...(folder === undefined ? [] : ['cd', folder, '&&']), ...programFor(context), ...typed]
      .map((word) => (word === '&&' ? word : shellQuote(word)))
      .join(' ')
  const inCron = (...typed: string[]): string => inCronEnvironment(line(...typed), cronUser(plan, context))
  const check = inCron(...doctorCommand(flags, recipe, plan, context, tokens))
  return [
    `${crontabLine(timeOf(order), line(...words))}\n`,
    `# Check token, project and ref now (it starts no pipeline): ${check}\n`,
    testComment(inCron(...words, '--dry-run')),
  ].join('')
}

/** cron's PATH is /usr/bin:/bin; where Node is elsewhere, the script's first line does not find it. */
function programFor(context: Context): string[] {
  const [node = '', ...script] = context.program()
  return /^(\/usr)?\/bin\/[^/]+$/.test(node) && script.length > 0 ? script : [node, ...script]
}

function printSystemd(order: ScheduleOrder): string {
  const { flags, recipe, plan, context, tokens, job, zone, isOwnZone } = order
  const { jitter, ...others } = flags
  const keepsState = [flags.once, flags.lock, flags.onlyIfChanged, flags.resume].some(
    (each) => each !== undefined,
  )
  const words = localCommand(others, recipe, plan, context, {})
  return systemdScript({
    ...job,
    commands: [words],
    when: timeOf(order),
    zone: isOwnZone ? undefined : zone,
    program: context.program(),
    user: context.me().user,
    folder: folderOf(order),
    secrets: secretsOf(tokens),
    keepsState,
    writes: words.flatMap((word, at) =>
      writing.includes(words[at - 1] ?? '') ? [word.replace(/\/[^/]*$/, '') || '/'] : [],
    ),
    spreadMs: jitter === undefined ? defaultSpreadMs : parseDuration(jitter, '--jitter', true),
  })
}

/** All forms. */
export const forms: Readonly<Record<ScheduleFormat, FormatRow>> = {
  cron: { at: defaultCron, zone: 'local', print: printCron },
  systemd: { at: defaultCron, replaces: 'the service and timer', print: printSystemd },
  kubernetes: {
    at: defaultCron,
    replaces: 'the CronJob',
    isElsewhere: true,
    gets: 'image',
    print(order) {
      const { job, zone, source, tokens } = order
      if (job.commands.length > 1)
        throw usageError(
          'kubernetes: a Pod has one command, the recipe has several targets',
          'Print them one by one.',
        )
      return kubernetesManifest({ ...job, when: timeOf(order), zone }, source, secretsOf(tokens))
    },
  },
  'gitlab-ci': {
    replaces: 'the job',
    isElsewhere: true,
    isCi: true,
    gets: 'image',
    print: ({ flags, job, source, when, zone }) =>
      gitlabCiJob(job, source, when && { when, zone }, {
        dotenv: flags.dotenv ?? defaultReportFile,
        ...(flags.annotations !== undefined && { annotations: flags.annotations }),
      }),
  },
  'github-actions': {
    isElsewhere: true,
    isCi: true,
    zone: 'UTC',
    gets: 'package',
    print: ({ job, source, when }) => githubActions(job, source, when),
  },
  curl: { isElsewhere: true, zone: 'local', print: printCurl },
}
