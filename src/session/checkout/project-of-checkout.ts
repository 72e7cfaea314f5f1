import { resolvePlan, type Plan, type PlanFlags } from '../../config/plan.ts'
import { checkoutFlags, checkoutTarget, suggestedTarget } from '../../config/project/checkout-target.ts'
import type { Context } from '../../core/context.ts'
import { usageError } from '../../core/errors.ts'
import type { Reporter } from '../../events.ts'

/**
 * Completes a plan that lacks server or project from the Git checkout in the working directory. For a command that only reads it says at a
 * terminal which project that is; elsewhere, and where something would be changed, it throws a usage error that names the flags, so that
 * nothing is guessed silently. Resolves to the plan itself where nothing is missing or known.
 */
export async function withProjectOfCheckout(
  plan: Plan,
  flags: PlanFlags,
  context: Context,
  report: Reporter,
  isReading: boolean,
): Promise<Plan> {
  const [target] = plan.targets
  if (!target || (target.server && target.project)) return plan
  const found = await checkoutTarget(target, plan, context)
  if (!found || !isReading || !context.stdin.isTTY || !context.stderr.isTTY) {
    const shown = found ?? (await suggestedTarget(target, plan, context))
    if (!shown) return plan
    const missing = [target.server ? [] : 'server', target.project ? [] : 'project'].flat().join(' and no ')
    throw usageError(`no ${missing} given`, `In this checkout: ${checkoutFlags(shown)}`)
  }
  await report({ type: 'noted', text: `Project ${found.project} at ${found.base}, as in this checkout.` })
  const { serverName } = found
  const chosen =
    serverName === undefined ? plan : await resolvePlan({ ...flags, server: serverName }, undefined, context)
  const [base = target] = chosen.targets
  const project = base.project ?? { value: found.project, origin: 'the checkout' }
  return { ...chosen, targets: [base.over(project)] }
}
