import { tokenPurpose } from '../../core/token-kind.ts'
import { objectMembers } from '../api/answer.ts'
import { positiveId } from '../api/decode.ts'
import { ApiError, type Reader } from '../api/reader.ts'

/** The source of the pipelines that a token starts; `either` if the form of the token does not tell (docs/gitlab.md#2.5). */
export type TriggerSource = 'trigger' | 'pipeline' | 'either'

/** The source that GitLab gives to pipelines of a token. */
export function sourceOfToken(token: string, isJobToken: boolean): TriggerSource {
  if (isJobToken) return 'pipeline'
  return tokenPurpose(token) === 'trigger' ? 'trigger' : 'either'
}

/** The values of GitLab's filter `source` that have to be asked for. */
export function sourceFilters(source: TriggerSource): readonly ('trigger' | 'pipeline')[] {
  return source === 'either' ? ['pipeline', 'trigger'] : [source]
}

const idOf = (pipeline: unknown): number => positiveId(objectMembers(pipeline)['id']) ?? 0

/** Reads a list of the pipelines of a ref for each source, newest first, and joins them: GitLab filters by one source at a time. */
async function fromEach(
  ref: string,
  source: TriggerSource,
  read: (path: string) => Promise<unknown[]>,
): Promise<unknown[]> {
  // GitLab lists pipelines by the short name of their ref.
  const name = encodeURIComponent(ref.replace(/^refs\/(heads|tags)\//, ''))
  const lists: unknown[][] = []
  for (const each of sourceFilters(source))
    lists.push(await read(`/pipelines?ref=${name}&source=${each}&order_by=id&sort=desc`))
  return lists.length === 1 ? (lists[0] ?? []) : lists.flat().sort((a, b) => idOf(b) - idOf(a))
}

/**
 * The newest pipelines of a ref and source, newest first, at most `most` of each source. Throws as `Reader.get`.
 */
export function newestPipelines(
  reader: Reader,
  ref: string,
  source: TriggerSource,
  most: number,
): Promise<unknown[]> {
  return fromEach(ref, source, async (path) => {
    const list = await reader.get(`${path}&per_page=${most}`)
    if (!Array.isArray(list)) throw new ApiError('the list of pipelines was not understood', 200)
    return list as unknown[]
  })
}

/** Longer lists are not read to their end. */
const mostSince = 2000

/** The pipelines of a ref and source that are newer than this one, newest first. Throws as `Reader.list`. */
export async function pipelinesSince(
  reader: Reader,
  ref: string,
  source: TriggerSource,
  id: number,
): Promise<unknown[]> {
  const isEnough = (entries: readonly unknown[]): boolean =>
    entries.length >= mostSince || idOf(entries.at(-1)) <= id
  const all = await fromEach(ref, source, (path) => reader.list(path, isEnough))
  return all.filter((each) => idOf(each) > id)
}
