import { objectMembers } from '../api/answer.ts'
import { nonEmptyText } from '../api/decode.ts'
import type { Reader } from '../api/reader.ts'

/** A branch or tag of a project. */
export interface Ref {
  /** What to give as ref of a trigger: the name, or the full name where a branch and a tag share it (docs/gitlab.md#9.15). */
  ref: string
  name: string
  kind: 'branch' | 'tag'
  isDefault: boolean
  isProtected: boolean
}

function decodeRef(json: unknown, kind: Ref['kind']): Ref[] {
  const members = objectMembers(json)
  const name = nonEmptyText(members['name'])
  if (name === null) return []
  const [isDefault, isProtected] = [members['default'] === true, members['protected'] === true]
  return [{ ref: name, name, kind, isDefault, isProtected }]
}

/** Names that are both a branch and a tag are ambiguous for a trigger: those get their full name. */
function withFullNames(branches: readonly Ref[], tags: readonly Ref[]): Ref[] {
  const names = new Set(branches.map(({ name }) => name))
  const both = new Set(tags.map(({ name }) => name).filter((name) => names.has(name)))
  return [...branches, ...tags].map((ref) =>
    both.has(ref.name) ? { ...ref, ref: `refs/${ref.kind === 'tag' ? 'tags' : 'heads'}/${ref.name}` } : ref,
  )
}

/**
 * The branches, then the tags of a project whose names hold `search`, as far as the server knows how to search: older ones answer with all
 * (docs/gitlab.md#1.3). Of each at most `most`. Throws as `Reader.list`.
 */
export async function listRefs(reader: Reader, search: string, most = Infinity): Promise<Ref[]> {
  const query = search === '' ? '' : `?search=${encodeURIComponent(search)}`
  const isEnough = ({ length }: readonly unknown[]): boolean => length >= most
  const [branches, tags] = await Promise.all([
    reader.list(`/repository/branches${query}`, isEnough),
    reader.list(`/repository/tags${query}`, isEnough),
  ])
  return withFullNames(
    branches.flatMap((json) => decodeRef(json, 'branch')),
    tags.flatMap((json) => decodeRef(json, 'tag')),
  )
}
