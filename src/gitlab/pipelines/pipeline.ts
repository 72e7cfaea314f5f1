import { waitingReason } from '../../core/status.ts'
import { objectMembers } from '../api/answer.ts'
import { positiveId, nonEmptyText } from '../api/decode.ts'
import { ApiError, type Reader } from '../api/reader.ts'
import type { ProjectAddress } from '../api/requests.ts'

/** A pipeline as one look saw it, with its jobs and what they started. What a server did not tell is null. */
export interface Pipeline {
  /** v3 before 8.13 links no builds to a pipeline: then it is the trigger request that they came of. */
  kind: 'pipeline' | 'trigger_request'
  id: number
  iid: number | null
  /** The project's number, or as it was asked for where the server does not say. */
  project: string
  ref: string | null
  sha: string | null
  /** GitLab's word; an unknown one counts as unfinished. */
  status: string
  source: string | null
  /** Only where it leads to the server itself (docs/guarantees.md#T84). */
  webUrl: string | null
  /** The user name of whom it runs for. */
  user: string | null
  yamlErrors: string | null
  /** GitLab calls it passed with warnings: a job that may fail did. */
  hasWarnings: boolean
  /** Milliseconds since 1970. */
  createdAt: number | null
  startedAt: number | null
  finishedAt: number | null
  /** When its status changed the last time. */
  updatedAt?: number | null
  /** In the order of their stages, the trigger jobs (bridges) among them, without those that a retry has replaced. */
  jobs: Job[]
  /** Why its jobs could not be read; '' where they were. */
  hidden: string
  /** The first of `hidden` and `bridgesHidden` as an error. */
  hiddenBy?: ApiError | undefined
  /** Why it could not be read which pipelines it has started; '' or undefined where it was. */
  bridgesHidden?: string
  /** The status was made of its jobs', since the server has none: jobs of later stages may not be there yet. */
  isGuessed: boolean
}

/** A job (v3: a build) or a bridge, as one look saw it. */
export interface Job {
  id: number
  name: string | null
  stage: string | null
  status: string | null
  allowFailure: boolean
  /** GitLab's reason for a job that failed, as `script_failure`. */
  failureReason: string | null
  /** Why it has not started, in words; '' where it has or nothing can be said. */
  waits: string
  webUrl: string | null
  /** The tags that a runner must have to take it. */
  tags: string[]
  createdAt: number | null
  startedAt: number | null
  finishedAt: number | null
  /** When a user erased its log and artifacts. */
  erasedAt: number | null
  /** How long it was queued before it started, or is by now, in ms; null where GitLab does not tell. */
  queuedMs?: number | null
  hasArtifacts: boolean
  /** When its artifacts expire, or did; null where they never do, or it never had any. */
  artifactsExpireAt?: number | null
  /** It starts another pipeline; it has no log. */
  isBridge: boolean
  /** What a bridge has started. */
  downstream: Downstream | null
}

/** A pipeline that a bridge has started: seen as well as its own project lets us. */
export interface Downstream {
  id: number
  project: string
  status: string
  /** When its status changed the last time, in ms since 1970. */
  updatedAt?: number | null
  webUrl: string | null
  /** Null where it may not be read; `hidden` says why. */
  pipeline: Pipeline | null
  hidden: string
  hiddenBy?: ApiError | undefined
}

function timeOf(value: unknown): number | null {
  const ms = typeof value === 'string' ? Date.parse(value) : NaN
  return Number.isNaN(ms) ? null : ms
}

/** Seconds in an answer as ms. */
function millisecondsOf(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && value < 1e9 ? Math.round(value * 1000) : null
}

/** A link, if it leads to the server itself. */
function linkIn(value: unknown, base: string): string | null {
  const link = nonEmptyText(value)
  if (link === null || !URL.canParse(link) || !URL.canParse(base)) return null
  const { protocol, origin } = new URL(link)
  return /^https?:$/.test(protocol) && origin === new URL(base).origin ? link : null
}

/** The pipeline in an answer, without its jobs; null where there is no usable id or status. */
export function decodePipelineView(json: unknown, { base, project }: ProjectAddress): Pipeline | null {
  const members = objectMembers(json)
  const id = positiveId(members['id'])
  const status = nonEmptyText(members['status'])
  if (id === null || status === null) return null
  const detailed = objectMembers(members['detailed_status'])
  const number = positiveId(members['project_id'])
  return {
    kind: 'pipeline',
    id,
    iid: positiveId(members['iid']),
    project: number === null ? project : String(number),
    ref: nonEmptyText(members['ref']),
    sha: nonEmptyText(members['sha']),
    status,
    source: nonEmptyText(members['source']),
    webUrl: linkIn(members['web_url'], base),
    user: nonEmptyText(objectMembers(members['user'])['username']),
    yamlErrors: nonEmptyText(members['yaml_errors']),
    hasWarnings: `${nonEmptyText(detailed['group']) ?? ''} ${nonEmptyText(detailed['label']) ?? ''}`.includes(
      'warning',
    ),
    createdAt: timeOf(members['created_at']),
    startedAt: timeOf(members['started_at']),
    finishedAt: timeOf(members['finished_at']),
    updatedAt: timeOf(members['updated_at']),
    jobs: [],
    hidden: '',
    isGuessed: false,
  }
}

function downstreamOf(json: unknown, target: ProjectAddress): Downstream | null {
  const below = decodePipelineView(json, target)
  if (!below) return null
  const { id, project, status, webUrl, updatedAt = null } = below
  return { id, project, status, updatedAt, webUrl, pipeline: null, hidden: '' }
}

/** Whether a job has an archive of artifacts: besides it a list may hold logs and reports, and older GitLabs have no list. */
function hasArchive({ artifacts_file: file, artifacts: list }: ReturnType<typeof objectMembers>): boolean {
  const isListed = Array.isArray(list) && list.some((each) => objectMembers(each)['file_type'] === 'archive')
  return isListed || nonEmptyText(objectMembers(file)['filename']) !== null
}

/** The job or bridge in an entry of a list; null where there is no usable id. */
export function decodeJob(json: unknown, target: ProjectAddress): Job | null {
  const members = objectMembers(json)
  const id = positiveId(members['id'])
  if (id === null) return null
  const list = members['tag_list']
  const isBridge = 'downstream_pipeline' in members
  const tags = Array.isArray(list) ? list.filter((tag) => typeof tag === 'string') : []
  const status = nonEmptyText(members['status'])
  const name = nonEmptyText(members['name'])
  return {
    id,
    name,
    stage: nonEmptyText(members['stage']),
    status,
    allowFailure: members['allow_failure'] === true,
    failureReason: nonEmptyText(members['failure_reason']),
    waits: waitingReason({ name, status, tags, isBridge }),
    webUrl: linkIn(members['web_url'], target.base),
    tags,
    createdAt: timeOf(members['created_at']),
    startedAt: timeOf(members['started_at']),
    finishedAt: timeOf(members['finished_at']),
    erasedAt: timeOf(members['erased_at']),
    queuedMs: millisecondsOf(members['queued_duration']),
    hasArtifacts: hasArchive(members),
    artifactsExpireAt: timeOf(members['artifacts_expire_at']),
    isBridge,
    downstream: downstreamOf(members['downstream_pipeline'], target),
  }
}

/** A pipeline without its jobs (v3: GitLab 8.11 and later). Throws as `Reader.get`. */
export async function readPipeline(reader: Reader, id: number): Promise<Pipeline> {
  const decode = (json: unknown): Pipeline | null => decodePipelineView(json, reader.target)
  const pipeline = decode(await reader.get(`/pipelines/${id}`, (json) => decode(json) !== null))
  if (!pipeline) throw new ApiError('the answer was not understood', 200)
  return pipeline
}
