import type { BuildState } from '../../core/build.ts'
import type { Pipeline } from './pipeline.ts'

/** What is true about a pipeline that was seen: it exists. */
export function buildStateOf(pipeline: Pipeline): BuildState {
  const { kind, id, iid, ref, sha, status, source, webUrl, yamlErrors, project } = pipeline
  const projectId = /^\d+$/.test(project) ? Number(project) : null
  return {
    kind: 'triggered',
    build: { kind, id, iid, projectId, ref: ref ?? '', sha, status, source, webUrl, yamlErrors },
  }
}
