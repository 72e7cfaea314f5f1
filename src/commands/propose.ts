import { projectAt, readCheckout } from '../config/git.ts'
import { parseProject } from '../config/project.ts'
import type { Plan } from '../config/resolve.ts'
import type { Setting } from '../config/setting.ts'
import type { Context } from '../context.ts'
import { usageError } from '../errors.ts'
import { cleanLine } from '../output/clean.ts'
import { shellQuote } from '../shell-quote.ts'

/**
 * Where project or ref are missing and we stand in a checkout of that server: at a terminal proposes its project and branch and asks;
 * elsewhere refuses and names the flags. Nothing is guessed silently. The plan itself where nothing is missing or can be proposed.
 */
export async function propose(plan: Plan, context: Context, signal: AbortSignal): Promise<Plan> {
  const [target, ...others] = plan.targets
  const server = target?.server
  if (!target || !server || others.length > 0 || (target.project && target.ref)) return plan
  const checkout = await readCheckout(context)
  const path = checkout?.remotes
    .map((remote) => projectAt(remote, server.value.base))
    .find((found) => found !== undefined)
  if (!checkout || path === undefined) return plan
  const origin = 'the checkout, as you agreed'
  const project: Setting<string> = target.project ?? {
    value: parseProject(path, 'the remote of the checkout'),
    origin,
  }
  const ref = target.ref ?? (checkout.branch === undefined ? undefined : { value: checkout.branch, origin })
  if (!ref) return plan
  const flags = `--project ${shellQuote(project.value)} --ref ${shellQuote(ref.value)}`
  if (!context.stdin.isTTY || !context.stderr.isTTY) {
    const missing = [target.project ? '' : 'project', target.ref ? '' : 'ref']
      .filter(Boolean)
      .join(' and no ')
    throw usageError(`no ${missing} given`, `In this checkout they would be: ${flags}`)
  }
  const where = cleanLine(`${project.value} on ${ref.value} at ${server.value.base}`)
  await context.stderr.write(`Trigger ${where}? [y/N] `)
  const answer = await context.stdin.readLine(signal)
  if (!/^y(es)?$/i.test(answer.trim())) {
    throw usageError('not triggered, as you wished', `To do it without being asked: ${flags}`)
  }
  return { ...plan, targets: [{ ...target, project, ref }] }
}
