import type { Context } from '../../core/context.ts'
import { resolveServerSettings, type ServerSettings } from '../access.ts'
import { isTokenGiven } from '../credentials/is-token-given.ts'
import { tokenSources } from '../credentials/token-sources.ts'
import { projectEntry } from '../layers.ts'
import type { Plan, TriggerTarget } from '../plan.ts'
import type { CredentialFlags, TransportFlags } from '../../options/shared.ts'
import { namedOtherwise } from './named-otherwise.ts'

/** What was typed about how a server is reached, and as whom. */
export type AccessFlags = CredentialFlags & TransportFlags

/**
 * Whether the config may name the project of a target otherwise, by its path instead of its number or the reverse, so that the token of its entry is
 * not found. A run with a token of its own needs none.
 */
export function mayBeNamedOtherwise(
  { server, project, tokens }: TriggerTarget,
  flags: CredentialFlags,
  context: Context,
): boolean {
  if (!server?.entry?.data.projects || !project || server.trust !== 'full') return false
  const { entry } = server
  if (
    projectEntry(entry, project.value) ||
    namedOtherwise(project.value, entry.data.projects ?? {}).length === 0
  )
    return false
  return tokens.every((node) => node === entry) && !isTokenGiven(flags, context)
}

/**
 * How a target's server can be asked what its project is: undefined without an API token that can be read. No program is run for it that may ask
 * a user something, unless there is no other token.
 */
export async function accessForNames(
  target: TriggerTarget,
  plan: Plan,
  flags: AccessFlags,
  context: Context,
): Promise<ServerSettings | undefined> {
  const { server, tokens } = target
  const signal = context.interrupted
  if (!server) return undefined
  try {
    const { token, apiToken } = tokenSources({ server, tokens }, plan, flags, context, signal)
    if (!apiToken || (apiToken.program !== undefined && token)) return undefined
    return await resolveServerSettings({ ...plan, targets: [target] }, flags, context, signal)
  } catch {
    // The run says so itself, where it needs it.
    return undefined
  }
}
