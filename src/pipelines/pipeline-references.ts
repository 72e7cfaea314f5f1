import { resolveServerSettings, needProject, needServer, type ServerSettings } from '../config/access.ts'
import type { RunFlags } from '../config/flags.ts'
import { knownServers, unknownServerUrl } from '../config/server/known-servers.ts'
import { pageFromUrl, parsePipelineReference, type GitLabPage } from '../config/project/pipeline-reference.ts'
import { resolvePlan, type Plan } from '../config/plan.ts'
import type { Context } from '../core/context.ts'
import { usageError } from '../core/errors.ts'

/** A pipeline, or a job of one, that a command is about, and how to get at it. */
export interface PipelineReference extends GitLabPage {
  plan: Plan
  access: ServerSettings
}

function locate(url: URL, plan: Plan, flags: RunFlags): GitLabPage & { server: string } {
  const [target] = plan.targets
  for (const { server, base } of knownServers(plan.config, plan.ci, target?.server)) {
    const page = pageFromUrl(url, base)
    if (page) return { ...page, server }
  }
  throw unknownServerUrl(url, flags.server !== undefined)
}

/**
 * What the words of a command name: ids of pipelines of the chosen project, and URLs of pipelines or jobs of known servers. Throws usage errors
 * (exit 2) and configuration errors (exit 14); nothing was sent then.
 */
export async function resolveReferences(
  words: readonly string[],
  plan: Plan,
  flags: RunFlags,
  context: Context,
  signal: AbortSignal,
): Promise<PipelineReference[]> {
  if (words.length === 0) {
    throw usageError('no pipeline given', 'Give the id of a pipeline (4711), or the URL of its page.')
  }
  const known = new Map<string, { plan: Plan; access: ServerSettings }>()
  const accessTo = async (server: string | undefined): Promise<{ plan: Plan; access: ServerSettings }> => {
    const key = server ?? ''
    const before = known.get(key)
    if (before) return before
    const own = server === undefined ? plan : await resolvePlan({ ...flags, server }, undefined, context)
    const found = { plan: own, access: await resolveServerSettings(own, flags, context, signal) }
    known.set(key, found)
    return found
  }
  const wanted: PipelineReference[] = []
  for (const word of words.map(parsePipelineReference)) {
    if (word.kind === 'page') {
      const { server, ...page } = locate(word.url, plan, flags)
      wanted.push({ ...page, ...(await accessTo(server)) })
      continue
    }
    const [target] = plan.targets
    needServer(target ?? { server: undefined })
    const project = needProject(target ?? { project: undefined }).value
    wanted.push({ kind: 'pipeline', project, id: word.id, ...(await accessTo(undefined)) })
  }
  return wanted
}
