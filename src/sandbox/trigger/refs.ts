import type { CiFile, GitRef, Project } from '../world/projects.ts'
import type { GitlabVersion } from '../version/version.ts'
import { has } from '../version/differences.ts'

/** What a ref stands for. */
export interface Resolved {
  name: string
  sha: string
  tag: boolean
  protected: boolean
  ci: CiFile
}

function resolved(ref: GitRef): Resolved {
  return { name: ref.name, sha: ref.sha, tag: ref.kind === 'tag', protected: ref.protected, ci: ref.ci }
}

function named(project: Project, name: string, kind?: GitRef['kind']): GitRef[] {
  return project.refs.filter((ref) => ref.name === name && (kind === undefined || ref.kind === kind))
}

/**
 * A full name is exact on 18.9; older versions took it for a short one (docs/gitlab.md#10.2, "ref = refs/heads/master").
 */
function byFullName(project: Project, ref: string): GitRef | undefined {
  const [, kind, name] = /^refs\/(heads|tags)\/(.+)$/.exec(ref) ?? []
  return named(project, name ?? '', kind === 'tags' ? 'tag' : 'branch')[0]
}

/** Whether a branch or a tag is protected so that no user may run pipelines on it. */
export function isProtected(project: Project, name: string): boolean {
  return project.refs.some((ref) => ref.name === name && ref.protected)
}

/** The full name of a short one; undefined where it is unknown, or both a branch and a tag. */
export function fullRef(project: Project, ref: string): string | undefined {
  if (/^refs\/(heads|tags)\/\S+/.test(ref)) return ref
  const found = named(project, ref)
  const kind = found[0]?.kind === 'tag' ? 'tags' : 'heads'
  return found.length === 1 ? `refs/${kind}/${ref}` : undefined
}

/** Finds the ref of a trigger call, or says why not, in the words that 10.3 and 18.9 use. */
export function resolveRef(project: Project, ref: string, gitlab: GitlabVersion): Resolved | string {
  const found = named(project, ref)
  const isSha = /^[0-9a-f]{40}$/.test(ref)
  if (found.length > 1 && has(gitlab, 'ambiguousRefs')) return 'Ref is ambiguous'
  if (found[0] !== undefined) return resolved(found[0])
  const full = byFullName(project, ref)
  if (full !== undefined && has(gitlab, 'fullRefs')) return resolved(full)
  if (full !== undefined) return 'Commit not found'
  // A commit is a ref in 8.x only, although the documentation still promised it (docs/gitlab.md#9.15).
  const commit = isSha && has(gitlab, 'commitAsRef') ? project.refs.find(({ sha }) => sha === ref) : undefined
  return commit === undefined ? 'Reference not found' : { ...resolved(commit), name: ref, tag: false }
}
