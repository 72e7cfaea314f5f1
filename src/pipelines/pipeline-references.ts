import { completeAccess, needProject, needServer, type Access } from '../config/access.ts'
import type { RunFlags } from '../config/flags.ts'
import { homes, strangeUrl } from '../config/server/known-servers.ts'
import { pageAt, parsePipelineWord, type Page } from '../config/project/pipeline-reference.ts'
import { planRun, type Plan } from '../config/plan.ts'
import type { Context } from '../core/context.ts'
import { usageError } from '../core/errors.ts'

/** A pipeline, or a job of one, that a command is about, and how to get at it. */
export interface Wanted extends Page {
  plan: Plan
  access: Access
}

function locate(url: URL, plan: Plan, flags: RunFlags): Page & { server: string } {
  const [target] = plan.targets
  for (const { server, base } of homes(plan.config, plan.ci, target?.server)) {
    const page = pageAt(url, base)
    if (page) return { ...page, server }
  }
  throw strangeUrl(url, flags.server !== undefined)
}

/**
 * What the words of a command name: ids of pipelines of the chosen project, and URLs of pipelines or jobs of known servers. Throws usage errors
 * (exit 2) and configuration errors (exit 14); nothing was sent then.
 */
export async function wantedIn(
  words: readonly string[],
  plan: Plan,
  flags: RunFlags,
  context: Context,
  signal: AbortSignal,
): Promise<Wanted[]> {
  if (words.length === 0) {
    throw usageError('no pipeline given', 'Give the id of a pipeline (4711), or the URL of its page.')
  }
  const known = new Map<string, { plan: Plan; access: Access }>()
  const accessTo = async (server: string | undefined): Promise<{ plan: Plan; access: Access }> => {
    const key = server ?? ''
    const before = known.get(key)
    if (before) return before
    const own = server === undefined ? plan : await planRun({ ...flags, server }, undefined, context)
    const found = { plan: own, access: await completeAccess(own, flags, context, signal) }
    known.set(key, found)
    return found
  }
  const wanted: Wanted[] = []
  for (const word of words.map(parsePipelineWord)) {
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
