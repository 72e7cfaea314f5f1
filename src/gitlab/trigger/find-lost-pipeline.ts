import type { Build } from '../../core/build.ts'
import { pollUntil } from '../../core/poll-until.ts'
import type { PollPolicy } from '../../http/retry/grace.ts'
import { objectMembers } from '../api/answer.ts'
import { decodePipeline, positiveId } from '../api/decode.ts'
import { ApiError, isApiFailure, type Reader } from '../api/reader.ts'
import type { KnownPipelines } from './known-pipelines.ts'
import { ownership, type SentTrigger } from './ownership.ts'
import { newestPipelines, pipelinesSince, type TriggerSource } from './pipeline-lists.ts'

/** What is known of the pipeline that a trigger has made, or has not. */
export interface PipelineCriteria extends SentTrigger {
  ref: string
  source: TriggerSource
  /** The newest pipeline of that ref and source before the trigger; null where that is not known. */
  baseline: number | null
}

/** What was found of a trigger whose answer was lost; `seen` says it in words. */
export type SearchResult =
  { kind: 'one'; build: Build } | { kind: 'none' | 'unproven' | 'several' | 'unreadable'; seen: string }

/** Longer than GitLab lets a request run (60 s), in ms: until then the pipeline may still appear (docs/guarantees.md#6). */
export const longestRequestMs = 75_000
const pauses = { firstMs: 1000, factor: 1.5, mostMs: 5000 }

/** At most this many of the newest pipelines are compared where it is not known which there were before. */
const mostPipelines = 100

/** The newest pipeline of that ref and source now; 0 where there is none. Throws a ReadError where it may not be read. */
export async function readNewest(
  reader: Reader,
  sought: Pick<PipelineCriteria, 'ref' | 'source'>,
): Promise<number> {
  const [first] = await newestPipelines(reader, sought.ref, sought.source, 1)
  return positiveId(objectMembers(first)['id']) ?? 0
}

/** A pipeline that may be that of the trigger; `why` is what stands in the way of proof. */
interface Candidate {
  build: Build
  why: string
}

const equalVariables = 'nothing proves it: this GitLab keeps no TRIGGER_PAYLOAD'

/** What pipelines are read with, and what is known of them. */
export interface Search {
  reader: Reader
  known: KnownPipelines
  signal: AbortSignal
}

/** What one pipeline is to the trigger. Throws as `readVariables`, unless GitLab refuses them for good. */
async function judge(
  { reader, known, signal }: Search,
  build: Build,
  sought: SentTrigger,
): Promise<'ours' | 'not ours' | Candidate> {
  try {
    const verdict = ownership(await known.variables(reader, build.id, signal), sought)
    return verdict === 'unproven' ? { build, why: equalVariables } : verdict
  } catch (error) {
    if (!(error instanceof ApiError && error.isRefusal)) throw error
    return { build, why: `its variables may not be read: ${error.message}` }
  }
}

/** The same where what cannot be read now is read again later. */
async function judgeForNow(...given: Parameters<typeof judge>): ReturnType<typeof judge> {
  try {
    return await judge(...given)
  } catch (error) {
    if (!isApiFailure(error)) throw error
    return { build: given[1], why: `its variables could not be read: ${error.message}` }
  }
}

/**
 * The newest pipeline of that ref and source, made at `since` (ms since 1970) or later, that is proven to be
 * of this trigger, whichever run sent it; undefined where there is none. Throws as `Reader.get`, and an
 * ApiError where one may be of it and nothing proves it: then it cannot be told.
 */
export async function findEarlier(
  by: Search,
  sought: PipelineCriteria,
  since: number,
): Promise<Build | undefined> {
  let doubtful: Candidate | undefined
  for (const each of await newestPipelines(by.reader, sought.ref, sought.source, mostPipelines)) {
    const build = decodePipeline(each, sought.ref)
    if (!build || by.known.taken.has(build.id)) continue
    if (Date.parse(String(objectMembers(each)['created_at'])) < since) break
    const verdict = await judge(by, build, sought)
    if (verdict === 'ours') return build
    if (verdict !== 'not ours') doubtful ??= verdict
  }
  if (doubtful) throw new ApiError(`pipeline ${doubtful.build.id} may be it, and ${doubtful.why}`, 403)
  return undefined
}

const idsOf = (builds: readonly Build[]): string => builds.map(({ id }) => String(id)).join(', ')

function inWords(ours: readonly Build[], candidates: readonly Candidate[]): SearchResult {
  const [first, ...others] = candidates
  if (ours.length > 1) return { kind: 'several', seen: `pipelines ${idsOf(ours)} are all of this trigger` }
  if (!first) return { kind: 'none', seen: 'no pipeline that fits' }
  const builds = candidates.map(({ build }) => build)
  const which = others.length === 0 ? `pipeline ${first.build.id}` : `pipelines ${idsOf(builds)}`
  return { kind: 'unproven', seen: `${which} may be it, and ${first.why}` }
}

/**
 * Searches for the pipeline of a trigger whose answer was lost, until `until` (ms since 1970). Only one
 * that is proven to be of this trigger is found; without a baseline, those that may be it are too many to be
 * named. Sends no POST. Throws an abort's reason.
 */
export async function findLostPipeline(
  by: Search,
  sought: PipelineCriteria,
  poll: PollPolicy,
  until: number,
): Promise<SearchResult> {
  const { clock } = poll
  const polled = by.reader.with({ poll: { ...poll, graceMs: Math.max(0, until - clock.now()) } })
  // One pipeline whose variables cannot be read must not keep the others from being compared.
  const once = { ...by, reader: by.reader.with({ attempts: 1 }) }
  const { ref, source, baseline } = sought
  const list = (): Promise<unknown[]> =>
    baseline === null
      ? newestPipelines(polled, ref, source, mostPipelines)
      : pipelinesSince(polled, ref, source, baseline)
  let seen: SearchResult | undefined
  const search = async (): Promise<SearchResult | undefined> => {
    const ours: Build[] = []
    const candidates: Candidate[] = []
    for (const each of await list()) {
      const build = decodePipeline(each, ref)
      if (!build || by.known.taken.has(build.id)) continue
      const verdict = await judgeForNow(once, build, sought)
      if (verdict === 'ours') ours.push(build)
      else if (verdict !== 'not ours' && baseline !== null) candidates.push(verdict)
    }
    const [only, ...others] = ours
    if (only && others.length === 0) return { kind: 'one', build: only }
    seen = inWords(ours, candidates)
    return undefined
  }
  try {
    return (await pollUntil(search, pauses, clock, until)) ?? seen ?? inWords([], [])
  } catch (error) {
    if (!isApiFailure(error)) throw error
    const isRefused = error instanceof ApiError && error.isRefusal
    // What was seen before is less than what could be seen now, unless it names pipelines.
    if (seen && !(isRefused && seen.kind === 'none')) return seen
    const may = isRefused ? 'may' : 'could'
    return { kind: 'unreadable', seen: `the pipelines ${may} not be read (${error.message})` }
  }
}
