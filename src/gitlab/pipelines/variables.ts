import { objectMembers } from '../api/answer.ts'
import { nonEmptyText } from '../api/decode.ts'
import { ApiError, type Reader } from '../api/reader.ts'

/**
 * A pipeline's variables by name, without the one that GitLab adds itself (facts section 7); undefined where they may not be read. Throws an ApiError
 * where they cannot be asked for.
 */
export async function readVariables(reader: Reader, id: number): Promise<Map<string, unknown> | undefined> {
  try {
    const list = await reader.get(`/pipelines/${id}/variables`)
    const entries = (Array.isArray(list) ? (list as unknown[]) : []).map(objectMembers)
    return new Map(
      entries
        .map((each) => [nonEmptyText(each['key']) ?? '', each['value']] as const)
        .filter(([key]) => key !== 'TRIGGER_PAYLOAD'),
    )
  } catch (error) {
    if (error instanceof ApiError && error.isRefusal) return undefined
    throw error
  }
}
