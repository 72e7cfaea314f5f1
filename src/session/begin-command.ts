import { resolvePlan, type Plan, type PlanFlags } from '../config/plan.ts'
import type { Context } from '../core/context.ts'
import type { Reporter } from '../events.ts'
import { reporterFor, type OutputFlags } from '../output/reporters/reporter.ts'
import { withProjectOfCheckout } from './checkout/project-of-checkout.ts'
import { noticeUntrustedFile, warnOfUnseenConfig } from './checkout/project-file-notice.ts'
import { suggestedCommand, type CommandAbout, type RepeatedFlags } from './suggested-command.ts'

/** What a command that talks to a server has before it knows which one. */
export interface CommandStart {
  context: Context
  plan: Plan
  report: Reporter
  /** Words a command that reaches the server as this one does, ready to be pasted. */
  suggest: (about: CommandAbout) => string
}

/** How a command differs from the others when it begins. */
export interface StartOptions {
  /** Instead of the reporter that the flags ask for. */
  report?: Reporter
  recipe?: string | undefined
  /** The command that the recipe may have been meant as. */
  nearCommand?: string | undefined
  /** The command reads further settings, which may be missing: it calls `warnOfUnseenConfig` once it has them. */
  needsSettings?: true
  /** The command reads things of the project, which may be that of the checkout. */
  readsProject?: boolean
  /** The command changes things of the project, so that the one of the checkout is named and not taken. */
  changesProject?: boolean
}

/**
 * The beginning of every command that talks to a server: chooses the reporter, resolves the plan, and mentions a file of the checkout that is not
 * trusted. Throws usage errors (2) and configuration errors (14).
 */
export async function beginCommand(
  flags: PlanFlags & OutputFlags & RepeatedFlags,
  context: Context,
  options: StartOptions = {},
): Promise<CommandStart> {
  const report = options.report ?? (await reporterFor(flags, context))
  const typed = await resolvePlan(flags, options.recipe, context, options.nearCommand)
  await noticeUntrustedFile(typed, flags, context)
  const { readsProject = false, changesProject = false } = options
  const plan =
    readsProject || changesProject
      ? await withProjectOfCheckout(typed, flags, context, report, readsProject)
      : typed
  if (!options.needsSettings) await warnOfUnseenConfig(plan, report)
  return { context, plan, report, suggest: (about) => suggestedCommand(about, flags) }
}
