import type { World } from '../world/model.ts'
import type { CiFile, GitRef, Project } from '../world/projects.ts'
import { has } from '../version/differences.ts'
import { scriptKey } from '../world/world.ts'

/** A ref, and what a pipeline on it does. */
export interface RefPlay {
  name: string
  kind: GitRef['kind']
  plays: string
}

const ofFile: Record<CiFile, string> = {
  good: 'three stages, succeeds',
  failing: 'build_package fails',
  broken: 'fails at once: the CI file is invalid',
  empty: 'refused: the CI file gives no jobs',
}

function playOf(world: World, project: Project, ref: GitRef): string {
  const isTwice = project.refs.filter(({ name }) => name === ref.name).length > 1
  if (isTwice && has(world.gitlab, 'currentMessages')) return 'refused: a branch and a tag have this name'
  if (ref.protected && has(world.gitlab, 'protectedRefs')) return 'refused: the branch is protected'
  if (ref.ci !== 'good') return ofFile[ref.ci]
  const script = world.scripts.get(scriptKey(project.id, ref.name))
  return script === undefined ? ofFile.good : (script.plays ?? 'a life of its own')
}

/** Every ref of a project with what a pipeline on it does. */
export function playsOf(world: World, project: Project): RefPlay[] {
  return project.refs.map((ref) => ({ name: ref.name, kind: ref.kind, plays: playOf(world, project, ref) }))
}
