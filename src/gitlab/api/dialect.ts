import type { Build } from '../../core/build.ts'
import { decodePipeline, decodeTriggerRequest } from './decode.ts'

/** What differs between the two APIs when a build is triggered. */
export interface Dialect {
  name: 'v3' | 'v4'
  /** The last segment of the trigger's path. */
  endpoint: string
  decode(json: unknown, ref: string): Build | null
}

/** The dialects, side by side: design.md section 3, facts 1.2 and 2.2. */
export const dialects = {
  v4: { name: 'v4', endpoint: 'trigger/pipeline', decode: decodePipeline },
  v3: { name: 'v3', endpoint: 'trigger/builds', decode: decodeTriggerRequest },
} as const satisfies Record<string, Dialect>
