import { resolveServerSettings, needProject, needServer, type ServerSettings } from '../access.ts'
import { resolvePlan, type Plan, type PlanFlags } from '../plan.ts'
import { knownServers, unknownServerUrl } from '../server/known-servers.ts'
import type { Context } from '../../core/context.ts'
import { usageError } from '../../core/errors.ts'
import type { CredentialFlags, TransportFlags } from '../../options/shared.ts'
import {
  pageFromUrl,
  parsePipelineReference,
  toListPipelines,
  type GitLabPage,
} from './pipeline-reference.ts'

/**
 * A pipeline, or a job of one, that was named on the command line, with the plan and the settings for its
 * server.
 */
export interface PipelineReference extends GitLabPage {
  plan: Pick<Plan, 'targets' | 'timeout'>
  access: ServerSettings
}

/** The flags from which pipelines are found. */
export type ReferenceFlags = PlanFlags & CredentialFlags & TransportFlags

/** Whether one of the words names a pipeline by its id, so that its project must be known. */
export function namesById(words: readonly string[]): boolean {
  return words.some((word) => /^#?\d+$/.test(word))
}

function locate(url: URL, plan: Plan, flags: PlanFlags): GitLabPage & { server: string } {
  const [target] = plan.targets
  for (const { server, base } of knownServers(plan.config, plan.ci, target?.server)) {
    const page = pageFromUrl(url, base)
    if (page) return { ...page, server }
  }
  throw unknownServerUrl(url, flags.server !== undefined, target?.server?.value.base)
}

/**
 * Resolves the words of a command: ids of pipelines of the chosen project, and URLs of pipelines or jobs of
 * known servers. Throws usage errors (exit 2) and configuration errors (exit 14); nothing was sent then.
 */
export async function resolveReferences(
  words: readonly string[],
  plan: Plan,
  flags: ReferenceFlags,
  context: Context,
  signal: AbortSignal,
): Promise<PipelineReference[]> {
  if (words.length === 0) {
    throw usageError('no pipeline given', 'Give the id of a pipeline (4711), or the URL of its page.')
  }
  // Each server's tokens are read once: a token command may ask a user for something.
  const resolved = new Map<string | undefined, Pick<PipelineReference, 'plan' | 'access'>>()
  const resolve = async (server: string | undefined): Promise<Pick<PipelineReference, 'plan' | 'access'>> => {
    const known = resolved.get(server)
    if (known) return known
    const own = server === undefined ? plan : await resolvePlan({ ...flags, server }, undefined, context)
    const settings = { plan: own, access: await resolveServerSettings(own, flags, context, signal) }
    resolved.set(server, settings)
    return settings
  }
  const references: PipelineReference[] = []
  for (const word of words.map((each) => parsePipelineReference(each, toListPipelines))) {
    if (word.kind === 'page') {
      const { server, ...page } = locate(word.url, plan, flags)
      references.push({ ...page, ...(await resolve(server)) })
      continue
    }
    const [target] = plan.targets
    needServer(target ?? { server: undefined }, plan.config)
    const project = needProject(target ?? { project: undefined }, plan.config).value
    references.push({ kind: 'pipeline', project, id: word.id, ...(await resolve(undefined)) })
  }
  return references
}
