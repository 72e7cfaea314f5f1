import { checkoutFlags, suggestedTarget } from '../../config/project/checkout-target.ts'
import type { Plan } from '../../config/plan.ts'
import type { Context } from '../../core/context.ts'
import { TriggerError } from '../../core/errors.ts'
import { shellQuote } from '../../core/text/shell-quote.ts'

/** An error of a plan whose server or project is missing, with the flags that the Git checkout in the working directory suggests. Any other error is returned as it is. */
export async function withCheckoutFlags(error: unknown, plan: Plan, context: Context): Promise<unknown> {
  const [target, ...others] = plan.targets
  if (!(error instanceof TriggerError) || !target || others.length > 0) return error
  const found = await suggestedTarget(target, plan, context)
  if (!found) return error
  const ref = target.ref || found.branch === undefined ? '' : ` --ref ${shellQuote(found.branch)}`
  return error.with({ hint: `${error.hint} In this checkout: ${checkoutFlags(found)}${ref}`.trimStart() })
}
