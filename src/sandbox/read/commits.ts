import { Halt, json, message } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { booleanParam, dateParam, textParam } from '../http/call.ts'
import type { GitRef, Project } from '../world/projects.ts'
import { resolveRef } from '../trigger/refs.ts'
import type { Reading } from '../auth/reading.ts'
import { has } from '../version/differences.ts'
import { byName, wantsKeyset } from './keyset.ts'
import { paged } from './paging.ts'

const author = { name: 'Seed User', email: 'seed@example.com' }
const committedAt = '2015-09-01T08:30:00.000Z'

/** A commit as GitLab shows it. */
export function commitShape(call: Call, project: Project, sha: string): Record<string, unknown> {
  return {
    id: sha,
    short_id: sha.slice(0, 8),
    created_at: committedAt,
    parent_ids: [],
    title: 'Package the thing',
    message: 'Package the thing\n',
    author_name: author.name,
    author_email: author.email,
    authored_date: committedAt,
    committer_name: author.name,
    committer_email: author.email,
    committed_date: committedAt,
    web_url: `${call.url}/${project.path}/-/commit/${sha}`,
  }
}

function branchShape({ call, project }: Reading, ref: GitRef): Record<string, unknown> {
  return {
    name: ref.name,
    commit: commitShape(call, project, ref.sha),
    merged: false,
    protected: ref.protected,
    default: ref.name === project.defaultBranch,
  }
}

function tagShape({ call, project }: Reading, ref: GitRef): Record<string, unknown> {
  return {
    name: ref.name,
    message: '',
    target: ref.sha,
    commit: commitShape(call, project, ref.sha),
    release: null,
  }
}

function refsOf(reading: Reading, kind: GitRef['kind']): GitRef[] {
  return reading.project.refs.filter((ref) => ref.kind === kind)
}

/**
 * The refs whose names hold the parameter `search`, or begin with it (`^`) or end with it (`$`); 8.x and 10.3
 * do not know it.
 */
function searched({ call }: Reading, refs: GitRef[]): GitRef[] {
  const wanted = textParam(call, 'search')?.toLowerCase()
  if (wanted === undefined || !has(call.gitlab, 'refSearch')) return refs
  const word = wanted.replace(/^\^|\$$/g, '')
  return refs.filter(({ name }) => {
    const lower = name.toLowerCase()
    if (wanted.startsWith('^')) return lower.startsWith(word)
    return wanted.endsWith('$') ? lower.endsWith(word) : lower.includes(word)
  })
}

function refOf(reading: Reading, kind: GitRef['kind'], word: string): GitRef {
  const found = refsOf(reading, kind).find((ref) => ref.name === reading.call.path['name'])
  if (found === undefined) throw new Halt(message(404, `404 ${word} Not Found`))
  return found
}

function listed(
  reading: Reading,
  kind: GitRef['kind'],
  shape: (reading: Reading, ref: GitRef) => Record<string, unknown>,
): Answer {
  const { call } = reading
  const refs = searched(reading, refsOf(reading, kind))
  const page = wantsKeyset(call) ? byName<GitRef> : paged<GitRef>
  return page(call, refs, (ref) => shape(reading, ref))
}

/** `GET /repository/branches`. */
export const branches = (reading: Reading): Answer => listed(reading, 'branch', branchShape)

/** `GET /repository/branches/:name`. */
export function branch(reading: Reading): Answer {
  return json(200, branchShape(reading, refOf(reading, 'branch', 'Branch')))
}

/** `GET /repository/tags`. */
export const tags = (reading: Reading): Answer => listed(reading, 'tag', tagShape)

/** `GET /repository/tags/:name`. */
export function tag(reading: Reading): Answer {
  return json(200, tagShape(reading, refOf(reading, 'tag', 'Tag')))
}

/** The full SHA of a ref, or of a SHA of at least seven digits; undefined if there is none. */
export function shaOf(project: Project, word: string): string | undefined {
  const sha = /^[0-9a-f]{7,40}$/.test(word) && project.refs.find((ref) => ref.sha.startsWith(word))?.sha
  if (typeof sha === 'string') return sha
  const ref = resolveRef(project, word, '18.9')
  return typeof ref === 'string' ? project.refs.find(({ name }) => name === word)?.sha : ref.sha
}

/** `GET /repository/commits/:sha`, which takes a branch or a tag as well. */
export function commit({ call, project }: Reading): Answer {
  const sha = shaOf(project, call.path['sha'] ?? '')
  if (sha === undefined) throw new Halt(message(404, '404 Commit Not Found'))
  return json(200, commitShape(call, project, sha))
}

/** `GET /repository/commits`: a ref has one commit here. Never counted. */
export function list({ call, project }: Reading): Answer {
  const all = booleanParam(call, 'all') === true
  const sha = shaOf(project, textParam(call, 'ref_name') ?? project.defaultBranch)
  const shas = all
    ? [...new Set(project.refs.map((ref) => ref.sha))]
    : [sha].filter((one) => one !== undefined)
  const at = Date.parse(committedAt)
  const isWithin = at >= (dateParam(call, 'since') ?? at) && at <= (dateParam(call, 'until') ?? at)
  return paged(call, isWithin ? shas : [], (one) => commitShape(call, project, one), true)
}
