import type { Build } from '../../core/build.ts'
import type { JobLine } from '../../events.ts'

/** The members that every object has which is about a new pipeline. They only ever grow. */
export interface BuildObject {
  id: number | null
  kind: Build['kind'] | null
  iid: number | null
  project_id: number | null
  ref: string | null
  sha: string | null
  status: string | null
  source: string | null
  web_url: string | null
}

/** A pipeline that was triggered, or a trigger request of API v3, in GitLab's words; null for what is not known. */
export function buildObject(build: Build | null): BuildObject {
  return {
    id: build?.id ?? null,
    kind: build?.kind ?? null,
    iid: build?.iid ?? null,
    project_id: build?.projectId ?? null,
    ref: build?.ref ?? null,
    sha: build?.sha ?? null,
    status: build?.status ?? null,
    source: build?.source ?? null,
    web_url: build?.webUrl ?? null,
  }
}

/** A job that a trigger led to, in GitLab's words. Its members only ever grow. */
export function jobHead({ id, name, stage, status }: JobLine): JobLine {
  return { id, name, stage, status }
}
