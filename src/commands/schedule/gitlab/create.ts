import { randomUUID } from 'node:crypto'
import { resolveSettings } from '../../../config/settings.ts'
import { variableNotices } from '../../../config/variables/notices.ts'
import type { Context } from '../../../core/context.ts'
import type { ScheduleCreateFlags } from '../../../options/schedule.ts'
import { usageError } from '../../../core/errors.ts'
import { exitCodes } from '../../../core/exit-codes.ts'
import type { Client } from '../../../gitlab/api/client.ts'
import { commitAt } from '../../../gitlab/trigger/preflight-reads.ts'
import { ApiError } from '../../../gitlab/api/reader.ts'
import { createSchedule } from '../../../gitlab/resources/create-schedule.ts'
import { writeText } from '../../../output/reporters/text-reporter.ts'
import { jsonResultLine } from '../../../session/json-result.ts'
import { localZone, parseZone, describeSchedule } from '../../../schedule/spoken.ts'
import { parseWhen } from '../../../schedule/when.ts'
import { asJson } from './list.ts'
import { explainNotCreated } from './not-created.ts'
import { say, withSchedules } from './session.ts'

/** Makes a pipeline schedule and prints its number: `schedule gitlab create`. */
export function createGitlabSchedule(
  flags: ScheduleCreateFlags,
  recipe: string | undefined,
  context: Context,
): Promise<number> {
  const { at, timezone, description, inactive, ...rest } = flags
  if (at === undefined) throw usageError('no time given', 'Use --at "30 0 * * *".')
  const when = parseWhen(at)
  const zone = timezone === undefined ? localZone() : parseZone(timezone)
  return withSchedules(flags, recipe, context, async ({ client, plan, project, budget, report, refused }) => {
    const [settings, ...others] = await resolveSettings(plan, { ...rest, curl: true }, context, budget.signal)
    if (!settings || others.length > 0)
      throw usageError(
        'the recipe has several targets; a schedule is for one',
        'Name it with --project and --ref.',
      )
    for (const notice of variableNotices([settings])) await report(notice)
    const failed = `the schedule for ${settings.ref.value} of project ${project} cannot be created`
    const order = {
      description: description ?? recipe ?? `gitlab-trigger: ${settings.ref.value}`,
      ref: settings.ref.value,
      cron: when.text,
      cronTimezone: zone,
      active: !inactive,
      variables: settings.variables,
      inputs: settings.inputs,
    }
    const clock = { now: () => context.now(), sleep: (ms: number) => context.sleep(ms, budget.signal) }
    const made = await createSchedule(client, order, { clock, nonce: randomUUID() }).catch(
      (error: unknown) => {
        throw explainNotCreated(error, order.ref, (refusal, own) => refused(failed, refusal, own))
      },
    )
    await writeText(
      context,
      flags.json ? jsonResultLine(asJson(made), exitCodes.success.code, context) : `${made.id}\n`,
    )
    await say(context, flags, describeSchedule(when, zone, context.wallTime()))
    if (inactive) await say(context, flags, 'It is not active.')
    // GitLab accepts any full ref, and reports no error when the schedule is due.
    if (await isMissing(client, settings.ref.value))
      await say(
        context,
        flags,
        `The project has no branch or tag ${settings.ref.value} now: the schedule cannot create a pipeline.`,
      )
  })
}

/** Whether GitLab knows for certain that there is no such ref. */
function isMissing(client: Client, ref: string): Promise<boolean> {
  return commitAt(client, ref).then(
    () => false,
    (error: unknown) => error instanceof ApiError && error.status === 404,
  )
}
