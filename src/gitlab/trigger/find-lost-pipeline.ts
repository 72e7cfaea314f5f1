import { markerKey } from '../../core/marker.ts'
import type { Build } from '../../core/build.ts'
import { objectMembers } from '../api/answer.ts'
import { decodePipeline, positiveId } from '../api/decode.ts'
import type { PollPolicy } from '../../http/retry/grace.ts'
import { pollUntil } from '../../core/poll-until.ts'
import { ApiError, isApiFailure, type Reader } from '../api/reader.ts'
import { readVariables } from '../pipelines/variables.ts'

/** What a pipeline must match to be the one that a trigger made. */
export interface PipelineCriteria {
  ref: string
  /** A job's token makes pipelines of source `pipeline` (docs/gitlab.md#2.5). */
  source: 'trigger' | 'pipeline'
  variables: readonly { key: string; value: string }[]
  /** The newest pipeline of that ref and source before the trigger. */
  baseline: number
}

/** What was found of a trigger whose answer was lost. */
export type SearchResult =
  { kind: 'one'; build: Build } | { kind: 'none' | 'several' | 'unreadable'; seen: string }

/** Longer than GitLab lets a request run (60 s), in ms: until then the pipeline may still appear (docs/guarantees.md#6). */
export const longestRequestMs = 75_000
const pauses = { firstMs: 1000, factor: 1.5, mostMs: 5000 }

async function newerThan(
  reader: Reader,
  sought: Pick<PipelineCriteria, 'ref' | 'source'>,
  baseline: number,
  most: number,
): Promise<unknown[]> {
  const ref = encodeURIComponent(sought.ref.replace(/^refs\/(heads|tags)\//, ''))
  const list = await reader.get(
    `/pipelines?ref=${ref}&source=${sought.source}&order_by=id&sort=desc&per_page=${most}`,
  )
  if (!Array.isArray(list)) throw new ApiError('the list of pipelines was not understood', 200)
  return (list as unknown[]).filter((each) => (positiveId(objectMembers(each)['id']) ?? 0) > baseline)
}

/** The newest pipeline of that ref and source now; 0 where there is none. Throws a ReadError where it may not be read. */
export async function readNewest(
  reader: Reader,
  sought: Pick<PipelineCriteria, 'ref' | 'source'>,
): Promise<number> {
  const [newest] = await newerThan(reader, sought, 0, 1)
  return positiveId(objectMembers(newest)['id']) ?? 0
}

/** Whether a pipeline carries exactly the variables that were sent; undefined where they may not be read. */
async function carries(
  reader: Reader,
  id: number,
  { variables }: PipelineCriteria,
): Promise<boolean | undefined> {
  const theirs = await readVariables(reader, id)
  if (!theirs) return undefined
  return theirs.size === variables.length && variables.every(({ key, value }) => theirs.get(key) === value)
}

/** So many of the newest pipelines are looked at for a marker. */
const mostMarked = 100

/**
 * The newest pipeline of that ref and source, made at `since` (ms since 1970) or later, that carries a marker; undefined where there is none. Throws a ReadError, also where the variables of
 * one may not be read: then it cannot be told.
 */
export async function findMarked(
  reader: Reader,
  sought: Pick<PipelineCriteria, 'ref' | 'source'>,
  marker: string,
  since: number,
): Promise<Build | undefined> {
  for (const each of await newerThan(reader, sought, 0, mostMarked)) {
    const build = decodePipeline(each, sought.ref)
    if (!build) continue
    if (Date.parse(String(objectMembers(each)['created_at'])) < since) return undefined
    const variables = await readVariables(reader, build.id)
    if (!variables) throw new ApiError(`the variables of pipeline ${build.id} may not be read`, 403)
    if (variables.get(markerKey) === marker) return build
  }
  return undefined
}

interface Look {
  possible: Build[]
  /** The one that is possible is certain: it carries our marker. */
  isCertain: boolean
}

async function look(reader: Reader, sought: PipelineCriteria): Promise<Look> {
  const possible: Build[] = []
  let readable = true
  for (const each of await newerThan(reader, sought, sought.baseline, 50)) {
    const build = decodePipeline(each, sought.ref)
    if (!build) continue
    const isOurs = await carries(reader, build.id, sought)
    readable &&= isOurs !== undefined
    if (isOurs !== false) possible.push(build)
  }
  const isMarked = sought.variables.some(({ key }) => key === markerKey)
  return { possible, isCertain: isMarked && readable }
}

const none: SearchResult = { kind: 'none', seen: 'no pipeline that fits' }

function ids(builds: readonly Build[]): string {
  return builds.map(({ id }) => String(id)).join(', ')
}

/**
 * Looks for the pipeline that a trigger made whose answer was lost, until `until` (ms since 1970). It is adopted if it alone fits, twice in a
 * row where it carries no marker: somebody else may have triggered the same. Sends no POST. Throws an abort's reason.
 */
export async function findLostPipeline(
  reader: Reader,
  sought: PipelineCriteria,
  poll: PollPolicy,
  until: number,
): Promise<SearchResult> {
  const { clock } = poll
  const polled = reader.with({ poll: { ...poll, graceMs: Math.max(0, until - clock.now()) } })
  let before: number | undefined
  let seen: SearchResult | undefined
  const search = async (): Promise<SearchResult | undefined> => {
    const { possible, isCertain } = await look(polled, sought)
    const [only, ...others] = possible
    if (only && others.length === 0) {
      if (isCertain || before === only.id) return { kind: 'one', build: only }
      before = only.id
      seen = { kind: 'none', seen: `pipeline ${only.id} fits, seen once` }
      return undefined
    }
    before = undefined
    seen = only
      ? { kind: 'several', seen: `pipelines ${ids(possible)} all fit` }
      : none
    return undefined
  }
  try {
    return (await pollUntil(search, pauses, clock, until)) ?? seen ?? none
  } catch (error) {
    if (!isApiFailure(error)) throw error
    const isRefusal = error instanceof ApiError && error.isRefusal
    if (isRefusal) return { kind: 'unreadable', seen: `the pipelines may not be read (${error.message})` }
    // Nothing was ever read whole, which does not mean that nothing fits.
    return seen ?? { kind: 'unreadable', seen: `the pipelines could not be read (${error.message})` }
  }
}
