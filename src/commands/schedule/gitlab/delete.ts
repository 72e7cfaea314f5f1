import type { Context } from '../../../core/context.ts'
import { exitCodes } from '../../../core/exit-codes.ts'
import type { SchedulesFlags } from '../../../options/schedule.ts'
import { deleteSchedule } from '../../../gitlab/resources/schedules.ts'
import { printJsonResult } from '../../../session/json-result.ts'
import { scheduleId, withSchedules, say } from './session.ts'

/** Deletes a pipeline schedule: `schedule gitlab delete 13`. */
export function deleteGitlabSchedule(
  word: string | undefined,
  flags: SchedulesFlags,
  context: Context,
): Promise<number> {
  const id = scheduleId(word)
  return withSchedules(flags, undefined, context, async ({ client, project, changing }) => {
    const failed = `schedule ${id} of project ${project} cannot be deleted`
    await deleteSchedule(client, id).catch(
      changing(failed, {
        doubt: `whether schedule ${id} was deleted`,
        check: 'Check first: gitlab-trigger schedule gitlab list',
      }),
    )
    if (flags.json) await printJsonResult({ id }, exitCodes.success.code, context)
    await say(context, flags, `Schedule ${id} is deleted.`)
  })
}
