import type { Build } from '../../core/build.ts'
import { objectMembers } from './answer.ts'

/** A number that is safe to print and use as an id: a whole number above 0 (docs/guarantees.md#4.6). */
export function positiveId(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null
}

/** A text that is there and not empty, else null. */
export function nonEmptyText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** The pipeline in v4's answer to a trigger; null where its id is not usable. Older GitLabs lack some members (docs/gitlab.md#2.2). */
export function decodePipeline(json: unknown, ref: string): Build | null {
  const members = objectMembers(json)
  const id = positiveId(members['id'])
  if (id === null) return null
  return {
    kind: 'pipeline',
    id,
    iid: positiveId(members['iid']),
    projectId: positiveId(members['project_id']),
    ref: nonEmptyText(members['ref']) ?? ref,
    sha: nonEmptyText(members['sha']),
    status: nonEmptyText(members['status']),
    source: nonEmptyText(members['source']),
    webUrl: nonEmptyText(members['web_url']),
    yamlErrors: nonEmptyText(members['yaml_errors']),
  }
}

/** The trigger request in v3's answer; null where its id is not usable. v3 tells nothing else of the build (docs/gitlab.md#1.2). */
export function decodeTriggerRequest(json: unknown, ref: string): Build | null {
  const id = positiveId(objectMembers(json)['id'])
  if (id === null) return null
  return {
    kind: 'trigger_request',
    id,
    iid: null,
    projectId: null,
    ref,
    sha: null,
    status: null,
    source: null,
    webUrl: null,
    yamlErrors: null,
  }
}
