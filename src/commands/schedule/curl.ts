import { startBudget } from '../../core/budget.ts'
import { resolveSettings } from '../../config/settings.ts'
import { inCronEnvironment, crontabLine } from '../../schedule/cron.ts'
import { preview } from '../../session/request-preview.ts'
import type { ScheduleOrder } from './order.ts'
import { cronUser } from './local-command.ts'

/** The curl line of each target, or with a time its crontab line. Throws as a run does before it sends anything. */
export async function printCurl({ flags, plan, context, when, tokens }: ScheduleOrder): Promise<string> {
  const budget = startBudget(context, plan.timeout.value)
  try {
    const targets = await resolveSettings(plan, { ...flags, curl: true }, context, budget.signal)
    const lines = targets.map((settings) =>
      preview({ curl: true }, settings, plan.timeout.value, context.secrets, {
        tokenFile: tokens.token?.path,
      }),
    )
    if (!when) return `${lines.join('')}# Test it now (it starts a pipeline): run it as it stands.\n`
    const user = cronUser(plan, context)
    return lines
      .map((line) => line.trimEnd().replaceAll(' \\\n  ', ' '))
      .map(
        (line) =>
          `${crontabLine(when, line)}\n# Test it now (it starts a pipeline): ${inCronEnvironment(line, user)}\n`,
      )
      .join('')
  } finally {
    budget.end()
  }
}
