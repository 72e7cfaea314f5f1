import { projectAt, readCheckout } from '../../config/project/checkout.ts'
import { namesOf, serverNamed } from '../../config/layers.ts'
import { parseProject } from '../../config/project/project.ts'
import type { Plan, TriggerTarget } from '../../config/plan.ts'
import { urlOf } from '../../config/server/server-choice.ts'
import type { Context } from '../../core/context.ts'
import { usageError } from '../../core/errors.ts'
import { escapeLine } from '../../output/terminal/escape.ts'
import { shellQuote } from '../../core/text/shell-quote.ts'

/** A server to which a remote of the checkout leads, and the project's path there. */
interface RemoteProject {
  base: string
  path: string
  /** The name of the server in the config files; undefined where flags or files have chosen it already. */
  name: string | undefined
}

/**
 * Finds the remote that leads to the chosen server, or else to the first one in the config files that has
 * one.
 */
function findRemote(
  { server }: TriggerTarget,
  { config }: Plan,
  remotes: readonly string[],
): RemoteProject | undefined {
  const servers = server
    ? [{ base: server.value.base, name: undefined }]
    : namesOf(config, 'servers').flatMap((name) => {
        const entry = serverNamed(config, name)
        return entry ? [{ base: urlOf(entry).value.base, name }] : []
      })
  for (const { base, name } of servers) {
    const path = remotes.map((remote) => projectAt(remote, base)).find((found) => found !== undefined)
    if (path !== undefined) return { base, path, name }
  }
  return undefined
}

function missingIn({ server, project, ref }: TriggerTarget): string {
  const missing = [server ? '' : 'server', project ? '' : 'project', ref ? '' : 'ref']
  return missing.filter(Boolean).join(' and no ')
}

/**
 * Completes a plan that lacks server, project or ref from the Git checkout in the working directory. At a
 * terminal it proposes them and asks; elsewhere it throws a usage error that names the flags, so that nothing
 * is guessed silently. Resolves to the plan itself where nothing is missing or can be proposed; `replan`
 * makes the plan for a server by its name.
 */
export async function inferFromCheckout(
  plan: Plan,
  context: Context,
  replan: (server: string) => Promise<Plan>,
): Promise<Plan> {
  const [target, ...others] = plan.targets
  if (!target || others.length > 0 || missingIn(target) === '') return plan
  const checkout = await readCheckout(context)
  const remote = checkout && findRemote(target, plan, checkout.remotes)
  if (!remote) return plan
  const origin = 'the checkout, as you agreed'
  const project = target.project ?? { value: parseProject(remote.path, 'the remote of the checkout'), origin }
  const ref = target.ref ?? (checkout.branch === undefined ? undefined : { value: checkout.branch, origin })
  if (!ref) return plan
  const server = remote.name === undefined ? '' : `--server ${shellQuote(remote.name)} `
  const flags = `${server}--project ${shellQuote(project.value)} --ref ${shellQuote(ref.value)}`
  if (!context.stdin.isTTY || !context.stderr.isTTY) {
    throw usageError(`no ${missingIn(target)} given`, `In this checkout they would be: ${flags}`)
  }
  await context.stderr.write(
    `Trigger ${escapeLine(`${project.value} on ${ref.value} at ${remote.base}`)}? [y/N] `,
  )
  const answer = await context.stdin.readLine(context.interrupted)
  if (!/^y(es)?$/i.test(answer.trim())) {
    throw usageError('not triggered, as you wished', `To do it without being asked: ${flags}`)
  }
  const chosen = remote.name === undefined ? plan : await replan(remote.name)
  const [base = target] = chosen.targets
  return { ...chosen, targets: [{ ...base, project: base.project ?? project, ref: base.ref ?? ref }] }
}
