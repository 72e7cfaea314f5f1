import type { TimeLimits } from '../../../core/budget.ts'
import type { ScheduleCreateFlags, SchedulesFlags } from '../../../options/schedule.ts'
import type { Plan } from '../../../config/plan.ts'
import type { Context } from '../../../core/context.ts'
import { usageError, type TriggerError } from '../../../core/errors.ts'
import { exitCodes } from '../../../core/exit-codes.ts'
import type { Client } from '../../../gitlab/api/client.ts'
import { firstAllowed } from '../../../gitlab/api/first-allowed.ts'
import { ApiError } from '../../../gitlab/api/reader.ts'
import { explainRefusal, type RefusalContext } from '../../../gitlab/errors/explain-refusal.ts'
import { explainWriteRefusal } from '../../../gitlab/errors/explain-write-refusal.ts'
import { quotedWord } from '../../../core/text/shown-word.ts'
import { sayTo } from '../../../output/terminal/wrap-words.ts'
import type { Reporter } from '../../../events.ts'
import { openSession, projectOf } from '../../../session/command-session.ts'
import { tokenOf } from '../../../session/server-client.ts'

/** A project whose schedules may be read. */
export interface OpenSchedules {
  client: Client
  plan: Plan
  project: string
  budget: TimeLimits
  report: Reporter
  /** Turns a refused request into an error; `failed` as `schedule 13 cannot be deleted`. Rethrows any other. */
  refusing: (failed: string) => (error: unknown) => never
  /** The same as an error to change; `own` is what the refusal means here, in place of the usual. */
  refused: (failed: string, error: ApiError, own?: string) => TriggerError
  /** Turns a refused change, or one with an unknown outcome, into an error. Rethrows any other. */
  changing: (failed: string, words: { doubt: string; check: string }) => (error: unknown) => never
}

const needs = 'an API token with the scope api'

/** Opens the schedules of the chosen project with the first credential that may read them, and carries out `work`. */
export async function withSchedules(
  flags: SchedulesFlags | ScheduleCreateFlags,
  recipe: string | undefined,
  context: Context,
  work: (open: OpenSchedules) => Promise<void>,
  readsProject = false,
): Promise<number> {
  const session = await openSession(flags, context, { recipe, readsProject })
  const { plan, report, access } = session
  const project = projectOf(session)
  const asked = (failed: string, credential?: Client['credential']): RefusalContext => ({
    failed,
    base: access.server.value.base,
    project,
    token: tokenOf(credential, access),
    needs,
    role: 'Developer',
  })
  const refused = (error: ApiError, failed: string, credential?: Client['credential']): TriggerError =>
    explainRefusal(error, asked(failed, credential))
  const unreadable = `the schedules of project ${project} cannot be read`
  await session.work(async (server, budget) => {
    const tried = await firstAllowed(server.tries, 'v4', server.open(project), (client) =>
      client.get('/pipeline_schedules?per_page=1'),
    ).catch((error: unknown) => {
      throw error instanceof ApiError ? refused(error, unreadable) : error
    })
    if (!tried.isAllowed) {
      const [refusal] = tried.refusals
      throw refused(refusal.error, unreadable, refusal.credential)
    }
    const client = tried.reader
    await work({
      client,
      plan,
      project,
      budget,
      report,
      refused: (failed, error, own) => explainRefusal(error, { ...asked(failed, client.credential), own }),
      changing: (failed, words) => (error) => {
        throw explainWriteRefusal(error, { ...asked(failed, client.credential), ...words })
      },
      refusing: (failed) => (error) => {
        throw error instanceof ApiError ? refused(error, failed, client.credential) : error
      },
    })
  })
  return exitCodes.success.code
}

/** The number of a schedule that was typed. Throws a usage error. */
export function scheduleId(word: string | undefined): number {
  if (word === undefined || !/^[1-9]\d{0,14}$/.test(word))
    throw usageError(
      `${quotedWord(word ?? '').trim() || 'that'} is not the number of a schedule`,
      'gitlab-trigger schedule gitlab list shows them.',
    )
  return Number(word)
}

/** Says a sentence on stderr. */
export async function say(
  { stderr }: Context,
  flags: Pick<SchedulesFlags, 'quiet'>,
  text: string,
): Promise<void> {
  if (!flags.quiet) await sayTo(stderr, text).catch(() => undefined)
}
