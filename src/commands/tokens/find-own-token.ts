import type { Settings } from '../../config/settings.ts'
import { DeadlineError } from '../../core/errors.ts'
import type { Dialect } from '../../gitlab/api/dialect.ts'
import { movedProjectId } from '../../gitlab/api/moved-project.ts'
import { ApiError, readerFor } from '../../gitlab/api/reader.ts'
import { isWhole, listTokens, shortToken, type TriggerToken } from '../../gitlab/resources/trigger-tokens.ts'
import type { RequestSender } from '../../http/http-session.ts'
import { optionalAnswer, type OptionalReading } from '../../session/optional-read.ts'
import { registerTokens } from './token-format.ts'

/** What the project's list says of the token. */
export interface OwnToken {
  token?: TriggerToken
  /** It is shown whole there. */
  isSure?: boolean
  /** The new id of a project that has moved. */
  movedTo?: string
}

const theList = 'the list of trigger tokens, which shows the owner of this one,'

/** Attempts for optional reads. */
const attempts = 3

/**
 * Looks a trigger token up in the list of the project's, as far as an API token may read that, and in time; says where the list
 * could not be read. Throws an Interrupted.
 */
export async function findOwnToken(
  { server, project, apiToken }: Settings,
  text: string,
  dialect: Dialect,
  reading: OptionalReading,
  link: RequestSender,
): Promise<OwnToken> {
  if (!apiToken) return {}
  const target = { base: server.value.base, project: project.value }
  const credential = { header: 'PRIVATE-TOKEN', token: apiToken.value } as const
  try {
    const tokens = await optionalAnswer(theList, [], reading, (limits) =>
      listTokens(readerFor(target, dialect, credential, link.within(limits), { attempts })),
    )
    registerTokens(tokens, false, reading.context)
    const same = tokens.find((each) => isWhole(each) && each.token === text)
    if (same) return { token: same, isSure: true }
    const [alike, ...others] = tokens.filter((each) => !isWhole(each) && each.token === shortToken(text))
    return alike && others.length === 0 ? { token: alike, isSure: false } : {}
  } catch (error) {
    // Whose it is, is an offer; whether it is good has been proven.
    if (!(error instanceof ApiError || error instanceof DeadlineError)) throw error
    const id = error instanceof ApiError ? movedProjectId(error, target.base) : undefined
    if (id !== undefined) return { movedTo: id }
    if (error instanceof ApiError && error.isRefusal) return {}
    const failed = `${theList} could not be read: ${error.message}; continuing without it.`
    await reading.report({ type: 'warned', text: failed, isGrave: true })
    return {}
  }
}
