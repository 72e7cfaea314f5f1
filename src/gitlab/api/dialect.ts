import type { Build } from '../../core/build.ts'
import { decodePipeline, decodeTriggerRequest } from './decode.ts'

/** What differs between the two versions of GitLab's API. */
export interface Dialect {
  name: 'v3' | 'v4'
  /** The end of the path of a trigger. */
  endpoint: string
  /** The segment below which a project's jobs are: v3 calls them builds. */
  jobs: 'jobs' | 'builds'
  decode(json: unknown, ref: string): Build | null
}

/** The dialects, side by side: docs/gitlab.md#1.2, #2.2. */
export const dialects = {
  v4: { name: 'v4', endpoint: 'trigger/pipeline', jobs: 'jobs', decode: decodePipeline },
  v3: { name: 'v3', endpoint: 'trigger/builds', jobs: 'builds', decode: decodeTriggerRequest },
} as const satisfies Record<string, Dialect>
