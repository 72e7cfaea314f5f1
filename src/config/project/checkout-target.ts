import type { Context } from '../../core/context.ts'
import { shellQuote } from '../../core/text/shell-quote.ts'
import { namesOf, serverNamed } from '../layers.ts'
import type { Plan, TriggerTarget } from '../plan.ts'
import { urlOf } from '../server/server-choice.ts'
import { TriggerError } from '../../core/errors.ts'
import { projectAt, readCheckout, serverOfRemote, type Checkout } from './checkout.ts'
import { parseProject } from './project.ts'

/** A server to which a remote of the checkout leads, and the project's path there. */
interface RemoteProject {
  base: string
  path: string
  /** The name of the server in the config files; undefined where flags or files have chosen it already. */
  name: string | undefined
}

/** What the checkout in the working directory says of a target. */
export interface CheckoutTarget {
  base: string
  /** The server to choose, by its name in the config files, of a suggested one its URL; undefined where one is chosen. */
  serverName: string | undefined
  project: string
  /** The current branch; undefined if HEAD is detached. */
  branch: string | undefined
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
  const found = servers.flatMap(({ base, name }) => {
    const remote = remotes.find((each) => projectAt(each, base) !== undefined)
    const path = remote === undefined ? undefined : projectAt(remote, base)
    return path === undefined ? [] : [{ remote, base, path, name }]
  })
  // Where one GitLab is at the root of a host and another below, that with the longest path prefix leaves the shortest path.
  return found
    .filter(({ remote }) => remote === found[0]?.remote)
    .toSorted((a, b) => a.path.length - b.path.length)[0]
}

/** The project and branch of the Git checkout in the working directory, on the server of a target or one of the config; undefined outside of such a checkout. */
export async function checkoutTarget(
  target: TriggerTarget,
  plan: Plan,
  context: Pick<Context, 'cwd' | 'canFilesHang'>,
): Promise<CheckoutTarget | undefined> {
  const checkout = await readCheckout(context)
  const remote = checkout && findRemote(target, plan, checkout.remotes)
  if (!remote) return undefined
  const project = target.project?.value ?? parseProject(remote.path, 'the remote of the checkout')
  return { base: remote.base, serverName: remote.name, project, branch: checkout.branch }
}

/** The project in a remote's path; undefined if GitLab can have none of that path. */
function validProject(path: string): string | undefined {
  try {
    return parseProject(path, 'the remote of the checkout')
  } catch (error) {
    if (error instanceof TriggerError) return undefined
    throw error
  }
}

/** The server and project of the first remote that may be at a GitLab. */
function suggestedBy({ remotes, branch }: Checkout, typed: string | undefined): CheckoutTarget | undefined {
  for (const remote of remotes) {
    const found = serverOfRemote(remote)
    if (!found) continue
    const project = typed ?? validProject(found.path)
    if (project !== undefined) return { base: found.base, serverName: found.base, project, branch }
  }
  return undefined
}

/**
 * What the checkout says of a target that lacks server or project: as `checkoutTarget`, or else the server that a remote suggests. It is only to
 * be shown: neither flags nor config name that server. Undefined where nothing is missing or known.
 */
export async function suggestedTarget(
  target: TriggerTarget,
  plan: Plan,
  context: Pick<Context, 'cwd' | 'canFilesHang'>,
): Promise<CheckoutTarget | undefined> {
  if (target.server && target.project) return undefined
  const found = await checkoutTarget(target, plan, context)
  if (found || target.server) return found
  const checkout = await readCheckout(context)
  return checkout && suggestedBy(checkout, target.project?.value)
}

/** The flags that say the same: `--server work --project group/app`. */
export function checkoutFlags({ serverName, project }: CheckoutTarget): string {
  const server = serverName === undefined ? '' : `--server ${shellQuote(serverName)} `
  return `${server}--project ${shellQuote(project)}`
}
