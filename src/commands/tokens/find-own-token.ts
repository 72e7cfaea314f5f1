import type { Settings } from '../../config/settings.ts'
import type { Context } from '../../core/context.ts'
import { DeadlineError } from '../../core/errors.ts'
import type { Dialect } from '../../gitlab/api/dialect.ts'
import { movedProjectId } from '../../gitlab/api/moved-project.ts'
import { ApiError, readerFor } from '../../gitlab/api/reader.ts'
import { isWhole, listTokens, shortToken, type TriggerToken } from '../../gitlab/resources/trigger-tokens.ts'
import type { RequestSender } from '../../http/http-session.ts'
import { registerTokens } from './token-format.ts'

/** What the project's list says of the token. */
export interface OwnToken {
  token?: TriggerToken
  /** It is shown whole there. */
  isSure?: boolean
  /** The new id of a project that has moved. */
  movedTo?: string
}

/** Looks a trigger token up in the list of the project's, as far as an API token may read that, and in time. Throws an Interrupted. */
export async function findOwnToken(
  { server, project, apiToken }: Settings,
  text: string,
  dialect: Dialect,
  context: Context,
  link: RequestSender,
): Promise<OwnToken> {
  if (!apiToken) return {}
  const target = { base: server.value.base, project: project.value }
  const credential = { header: 'PRIVATE-TOKEN', token: apiToken.value } as const
  try {
    const tokens = await listTokens(readerFor(target, dialect, credential, link))
    registerTokens(tokens, false, context)
    const same = tokens.find((each) => isWhole(each) && each.token === text)
    if (same) return { token: same, isSure: true }
    const [alike, ...others] = tokens.filter((each) => !isWhole(each) && each.token === shortToken(text))
    return alike && others.length === 0 ? { token: alike, isSure: false } : {}
  } catch (error) {
    // Whose it is, is an offer; whether it is good has been proven.
    if (error instanceof DeadlineError) return {}
    if (!(error instanceof ApiError)) throw error
    const id = movedProjectId(error, target.base)
    return id === undefined ? {} : { movedTo: id }
  }
}
