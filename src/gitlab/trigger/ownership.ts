import { markerKey, nonceField } from '../../core/marker.ts'
import type { PipelineVariables } from '../pipelines/variables.ts'

/** What a trigger has sent by which its pipeline is distinguished from those of others. */
export interface SentTrigger {
  variables: readonly { key: string; value: string }[]
  /** The form field that comes back in TRIGGER_PAYLOAD; undefined where none was sent. */
  nonce: string | undefined
  /** The value of the variable that --marker or --resume has sent; null where none was. */
  marker: string | null
}

/**
 * Whether a pipeline is that of a trigger, by its variables. Only what no other client sends proves it: equal
 * variables do not, since others may trigger the same (docs/decisions/0040-only-proof-makes-a-pipeline-ours.md).
 */
export function ownership(
  { values, payload }: PipelineVariables,
  { variables, nonce, marker }: SentTrigger,
): 'ours' | 'not ours' | 'unproven' {
  if (marker !== null && values.get(markerKey) === marker) return 'ours'
  if (nonce !== undefined && payload) return payload[nonceField] === nonce ? 'ours' : 'not ours'
  if (marker !== null) return 'not ours'
  const isEqual =
    values.size === variables.length && variables.every(({ key, value }) => values.get(key) === value)
  return isEqual ? 'unproven' : 'not ours'
}
