import { objectMembers } from '../api/answer.ts'
import { nonEmptyText } from '../api/decode.ts'
import { ApiError, type Reader } from '../api/reader.ts'

/** The variables of a pipeline, as GitLab shows them to maintainers and to developers who started it. */
export interface PipelineVariables {
  /** Values by name, without TRIGGER_PAYLOAD. */
  values: ReadonlyMap<string, unknown>
  /**
   * The fields of the trigger that made it, which GitLab keeps in TRIGGER_PAYLOAD (docs/gitlab.md#7);
   * undefined where there is no such variable, as on older servers.
   */
  payload: Record<string, unknown> | undefined
}

const payloadKey = 'TRIGGER_PAYLOAD'

function fieldsIn(payload: unknown): Record<string, unknown> | undefined {
  if (typeof payload !== 'string') return undefined
  try {
    return objectMembers(JSON.parse(payload))
  } catch {
    return undefined
  }
}

/** Reads the variables of a pipeline. Throws as `Reader.get`, also where the answer is no list. */
export async function readVariables(reader: Reader, id: number): Promise<PipelineVariables> {
  const list = await reader.get(`/pipelines/${id}/variables`, Array.isArray)
  if (!Array.isArray(list)) throw new ApiError('the variables were not understood', 200)
  const values = new Map(
    (list as unknown[])
      .map(objectMembers)
      .map((each) => [nonEmptyText(each['key']) ?? '', each['value']] as const),
  )
  const payload = fieldsIn(values.get(payloadKey))
  values.delete(payloadKey)
  return { values, payload }
}
