import { checkoutTarget, checkoutFlags } from '../../config/project/checkout-target.ts'
import type { Plan, TriggerTarget } from '../../config/plan.ts'
import type { Context } from '../../core/context.ts'
import { usageError } from '../../core/errors.ts'
import { escapeLine } from '../../output/terminal/escape.ts'
import { shellQuote } from '../../core/text/shell-quote.ts'

function missingIn({ server, project, ref }: TriggerTarget): string {
  const missing = [server ? '' : 'server', project ? '' : 'project', ref ? '' : 'ref']
  return missing.filter(Boolean).join(' and no ')
}

/**
 * Completes a plan that lacks server, project or ref from the Git checkout in the working directory. At a
 * terminal it proposes them and asks; elsewhere it throws a usage error that names the flags, so that nothing
 * is guessed silently. Resolves to the plan itself where nothing is missing or can be proposed; `replan`
 * makes the plan for a server by its name, `complete` finds what the config says of the project.
 */
export async function inferFromCheckout(
  plan: Plan,
  context: Context,
  replan: (server: string) => Promise<Plan>,
  complete: (plan: Plan) => Promise<Plan>,
): Promise<Plan> {
  const [target, ...others] = plan.targets
  if (!target || others.length > 0 || missingIn(target) === '') return plan
  const found = await checkoutTarget(target, plan, context)
  if (!found) return plan
  const origin = 'the checkout (confirmed)'
  const chosen = found.serverName === undefined ? plan : await replan(found.serverName)
  const [base = target] = chosen.targets
  const project = base.project ?? { value: found.project, origin }
  // What is asked about is what is triggered: the config may have a ref for that server or project.
  const proposed = await complete({ ...chosen, targets: [base.over(project)] })
  const [own = base] = proposed.targets
  const ref = own.ref ?? (found.branch === undefined ? undefined : { value: found.branch, origin })
  if (!ref) return plan
  const flags = `${checkoutFlags({ ...found, project: project.value })} --ref ${shellQuote(ref.value)}`
  if (!context.stdin.isTTY || !context.stderr.isTTY) {
    throw usageError(`no ${missingIn(target)} given`, `In this checkout they would be: ${flags}`)
  }
  await context.stderr.write(
    `Trigger ${escapeLine(`${project.value} on ${ref.value} at ${found.base}`)}? [y/N] `,
  )
  const answer = await context.stdin.readLine(context.interrupted)
  if (!/^y(es)?$/i.test(answer.trim())) {
    throw usageError('not triggered: not confirmed', `To do it without being asked: ${flags}`)
  }
  return { ...proposed, targets: [{ ...own, ref }] }
}
