/** The project that a path of GitLab's pages or API is about. */
export interface PathOfProject {
  /** An id or a full path, not validated yet. */
  project: string
  /** The ref in the address of a trigger: `projects/9/ref/main/trigger/pipeline`. */
  ref?: string
}

/** Whether the percent-encoding of a text is valid UTF-8. */
export function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** The text without percent-encoding; itself where that is invalid. */
export const percentDecoded = (text: string): string => (isDecodable(text) ? decodeURIComponent(text) : text)

/** Pages that GitLab before 12 showed below a project without `/-/` between; none may be the name of a project (docs/gitlab.md#5). */
const oldPages =
  /^([^/]+(?:\/[^/]+)+)\/(?:(?:pipelines|jobs|builds)\/\d+|(?:tree|blob|raw|blame|commits)\/.+)(?:\/.*)?$/

/**
 * The project in a path as users copy it: `group/app.git`, `group/app/-/pipelines/5`, `projects/9`, `-/p/9`,
 * `api/v4/projects/9/trigger/pipeline`. Any other text is returned as it is.
 */
export function expandedPath(path: string): PathOfProject {
  const api = /^\/?(?:api\/v\d+\/)?projects\/(\d+|[^/]*%2F[^/]*)(?:\/(.*))?$/i.exec(path)
  if (api) {
    const ref = /^ref\/([^/]+)\/trigger\//.exec(api[2] ?? '')?.[1]
    return { project: percentDecoded(api[1] ?? ''), ...(ref !== undefined && { ref: percentDecoded(ref) }) }
  }
  const redirect = /^\/?-\/p\/(\d+)(?:\/|$)/.exec(path)?.[1]
  if (redirect !== undefined) return { project: redirect }
  const [own = ''] = path.split(/\/-(?:\/|$)/)
  return { project: (oldPages.exec(own)?.[1] ?? own).replace(/\.git$/, '') }
}
