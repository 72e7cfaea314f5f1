import { membersOf } from './answer.ts'
import { textOr } from './decode.ts'
import { ReadError, type Reader } from './read.ts'

/** The names of a pipeline's variables, without the one that GitLab adds itself; undefined where they may not be read (facts 4.1). */
export async function readVariableNames(reader: Reader, id: number): Promise<string[] | undefined> {
  try {
    const list = await reader.get(`/pipelines/${id}/variables`)
    if (!Array.isArray(list)) return undefined
    return list
      .map((each) => textOr(membersOf(each)['key']))
      .filter((key) => key !== null && key !== 'TRIGGER_PAYLOAD') as string[]
  } catch (error) {
    if (error instanceof ReadError && !error.isPassing) return undefined
    throw error
  }
}
