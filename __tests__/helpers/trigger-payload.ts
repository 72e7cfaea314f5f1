import type { Sandbox } from '../../src/sandbox/server.ts'
import { posts } from './gitlab.ts'

type AddedPipeline = NonNullable<Parameters<Sandbox['addPipeline']>[0]>

/** What the pipeline of the last POST is like: for an own one that appears late, or twice. */
export function pipelineOfLastPost(gitlab: Sandbox): AddedPipeline {
  const fields = new Map((posts(gitlab).at(-1)?.fields ?? []).map(([name, value]) => [name, String(value)]))
  fields.delete('token')
  const variables: Record<string, string> = {}
  for (const [name, value] of fields) {
    const key = /^variables\[(.*)\]$/s.exec(name)?.[1]
    if (key === undefined) continue
    variables[key] = value
    fields.delete(name)
  }
  const ref = fields.get('ref') ?? ''
  return { source: 'trigger', ref, variables, payload: { ...Object.fromEntries(fields), variables } }
}
