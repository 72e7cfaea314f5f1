import { projectEntry } from '../../config/layers.ts'
import { isProjectNumber } from '../../config/project/named-otherwise.ts'
import type { Settings } from '../../config/settings.ts'
import type { Context } from '../../core/context.ts'
import { readKnownProjects, type KnownProject } from '../../state/known-projects.ts'

/**
 * The number of a project that is given by its path, as far as the config or an earlier answer of its server tells it; else the path, in lower case, since
 * GitLab's paths are the same in any case. No server is asked, and the file about each server is read once.
 */
export function projectNumbers(
  stateFolder: string | undefined,
  context: Context,
): (settings: Pick<Settings, 'server' | 'project'>) => Promise<string> {
  const files = new Map<string, Promise<KnownProject[]>>()
  return async ({ server, project }) => {
    const { value } = project
    if (isProjectNumber(value)) return value
    const path = value.toLowerCase()
    const id = server.entry && projectEntry(server.entry, value)?.data.id
    if (id !== undefined) return String(id)
    const { base } = server.value
    const read =
      files.get(base) ?? (stateFolder === undefined ? [] : readKnownProjects(stateFolder, base, context))
    files.set(base, Promise.resolve(read))
    const known = (await read).findLast((each) =>
      [each.asked, each.path].some((name) => name.toLowerCase() === path),
    )
    return known ? String(known.id) : path
  }
}
