import { ApiError, type Reader } from '../api/reader.ts'
import { decodePipelineView, type Pipeline } from '../pipelines/pipeline.ts'

/** Which pipelines of a project to list; without a member, all. */
export interface PipelineFilter {
  ref?: string | undefined
  status?: string | undefined
  source?: string | undefined
}

/** The newest pipelines that fit, newest first. */
export interface PipelineList {
  pipelines: Pipeline[]
  /** There are more of them. */
  isMore: boolean
  /** This many of the newest were read, and there are more; null where the list was read as far as it was needed. */
  lookedAt: number | null
}

/** Where the server does not filter, this many of its newest pipelines are compared. */
const mostLookedAt = 2000

/** A ref as pipelines name it: a branch and a tag by the short name. */
export const shortRef = (ref: string): string => ref.replace(/^refs\/(heads|tags)\//, '')

const fits = (pipeline: Pipeline, filter: PipelineFilter): boolean =>
  (['ref', 'status', 'source'] as const).every(
    (name) => filter[name] === undefined || pipeline[name] === filter[name],
  )

function decoded(list: readonly unknown[], { target }: Reader): Pipeline[] {
  // While pages are read, new pipelines push others onto the next page: one may come twice.
  const pipelines = new Map<number, Pipeline>()
  for (const entry of list) {
    const pipeline = decodePipelineView(entry, target)
    if (!pipeline) throw new ApiError('the list of pipelines was not understood', 200)
    pipelines.set(pipeline.id, pipeline)
  }
  return [...pipelines.values()].sort((a, b) => b.id - a.id)
}

/**
 * The newest pipelines of a project that fit. Old servers ignore filters that they do not know, and API v3 has none
 * (docs/gitlab.md#4.6): what is listed is compared here too. Throws as `Reader.list`, and an ApiError with status 400
 * if a source was given and GitLab does not report the sources.
 */
export async function listPipelines(
  reader: Reader,
  { ref, ...rest }: PipelineFilter,
  most: number,
): Promise<PipelineList> {
  const filter = { ...rest, ...(ref !== undefined && { ref: shortRef(ref) }) }
  const query = new URLSearchParams({ order_by: 'id', sort: 'desc' })
  for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, value)
  const fitting = (list: readonly unknown[]): Pipeline[] =>
    decoded(list, reader).filter((each) => fits(each, filter))
  const entries = await reader.list(`/pipelines?${query.toString()}`, (list) => {
    refuseUntold(decoded(list, reader), filter)
    const count = fitting(list).length
    return count > most || list.length - count >= mostLookedAt
  })
  const found = fitting(entries)
  const isCut = found.length <= most && entries.length - found.length >= mostLookedAt
  return {
    pipelines: found.slice(0, most),
    isMore: found.length > most,
    lookedAt: isCut ? entries.length : null,
  }
}

function refuseUntold(pipelines: readonly Pipeline[], { source }: PipelineFilter): void {
  if (source === undefined || pipelines.every((each) => each.source !== null)) return
  throw new ApiError('this GitLab does not list the source of pipelines', 400)
}
