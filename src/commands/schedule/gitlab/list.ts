import type { Context } from '../../../core/context.ts'
import { exitCodes } from '../../../core/exit-codes.ts'
import type { ScheduleListFlags } from '../../../options/schedule.ts'
import { listSchedules, type PipelineSchedule } from '../../../gitlab/resources/schedules.ts'
import { escapeLine } from '../../../output/terminal/escape.ts'
import { writeText } from '../../../output/reporters/text-reporter.ts'
import { jsonResultLine } from '../../../session/json-result.ts'
import { withSchedules, type OpenSchedules } from './session.ts'

/** A schedule as --json shows it, in GitLab's words. */
export function asJson(schedule: PipelineSchedule): Record<string, unknown> {
  const { id, description, ref, cron, cronTimezone, nextRunAt, active, owner } = schedule
  return { id, description, ref, cron, cron_timezone: cronTimezone, next_run_at: nextRunAt, active, owner }
}

function line({ id, active, cron, cronTimezone, nextRunAt, ref, description }: PipelineSchedule): string {
  const when = `${cron ?? ''} ${cronTimezone ?? ''}`
  const next = active ? `next ${nextRunAt ?? 'unknown'}` : 'not active'
  return escapeLine([id, when, next, ref ?? '', description ?? ''].join('  ')) + '\n'
}

/** Lists the pipeline schedules of a project: `schedule gitlab list`. */
export function listGitlabSchedules(flags: ScheduleListFlags, context: Context): Promise<number> {
  const list = async ({ client, project, refusing }: OpenSchedules): Promise<void> => {
    const failed = `the schedules of project ${project} cannot be read`
    const found = await listSchedules(client).catch(refusing(failed))
    const text = flags.json
      ? jsonResultLine({ schedules: found.map(asJson) }, exitCodes.success.code, context)
      : found.map(line).join('')
    await writeText(context, text)
  }
  return withSchedules(flags, undefined, context, list, true)
}
