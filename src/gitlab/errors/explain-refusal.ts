import { TriggerError } from '../../core/errors.ts'
import { apiTokenSources, safeToRepeat } from '../../core/hints.ts'
import type { BuildState } from '../../core/build.ts'
import type { ExitName } from '../../core/exit-codes.ts'
import { serverRetryDelay } from '../../http/retry/delays.ts'
import { explainConnectionFailure } from '../../http/explain-failure.ts'
import { movedProjectId } from '../api/moved-project.ts'
import type { ApiError } from '../api/reader.ts'
import { tokenKind } from '../../core/token-kind.ts'

/** The request that failed, as far as an explanation needs it. */
export interface RefusalContext {
  /** The failure, such as `pipeline 12 of project 9 cannot be read`. */
  failed: string
  /** The server's base URL. */
  base: string
  project: string
  /** The origin and text of the token; undefined if none was sent. */
  token: { origin: string; text: string } | undefined
  /** What the request requires, such as `a token with read_api`. */
  needs: string
  /** The project role that GitLab requires, if any. */
  role?: string
  /** A sentence that says which versions of GitLab lack the feature. */
  tooOld?: string
  build?: BuildState
}

function exitFor({ status, isRefusal }: ApiError): ExitName {
  if (status === 429) return 'rateLimited'
  if (!isRefusal) return 'notReached'
  return status === 401 || status === 403 || status === 404 ? 'notAccepted' : 'refused'
}

function looks(token: RefusalContext['token']): string {
  const kind = token && tokenKind(token.text)
  return kind === undefined || kind.includes('access token') ? '' : ` It looks like ${kind}.`
}

/** When to try again, by Retry-After. Dates are relative to the server's clock, not to the local one. */
function later(error: ApiError): string {
  const ms = serverRetryDelay(error, NaN)
  return ms ? `in ${Math.ceil(ms / 1000)} s` : 'later'
}

type Hint = (asked: RefusalContext, error: ApiError) => string

const how = `set ${apiTokenSources}`

/** The explanation and advice for each status. */
const hints: Readonly<Record<number, Hint>> = {
  401: ({ token, needs }) =>
    token
      ? `GitLab does not accept the token from ${token.origin}: mistyped, revoked or expired.${looks(token)}`
      : `It needs ${needs}: ${how}.`,
  403: ({ token, needs, role }, { message }) => {
    if (/insufficient_scope|higher privileges/.test(message))
      return `The token from ${token?.origin ?? 'nobody'} has too narrow a scope: it needs ${needs}.`
    const what = role === undefined ? needs : `the role of ${role} in the project`
    return `It needs ${what}${token ? ` (the token is from ${token.origin})` : `: ${how}`}.`
  },
  404: ({ token, project }) =>
    token
      ? `GitLab does not say which: it is not there, or the token from ${token.origin} may not see project ${project}.`
      : `It is not there, or the project is private: ${how}.`,
  405: () => 'The project may have moved: use its new path, or its number.',
  412: () => 'It has been changed meanwhile: look at it again.',
  429: (_, error) => `The server limits requests; try again ${later(error)}.`,
}

function hintFor(error: ApiError, asked: RefusalContext): string {
  const id = movedProjectId(error, asked.base)
  if (id !== undefined) return `The project has moved; its id is ${id}: use --project ${id}.`
  if (error.isNoApi) {
    const tooOld = asked.tooOld === undefined ? '' : ` ${asked.tooOld}`
    return `There seems to be no GitLab API at ${asked.base}: check the address and its path prefix.${tooOld}`
  }
  const hint = hints[error.status ?? 0]
  if (hint) return hint(asked, error)
  const { hint: repair } = explainConnectionFailure(error.cause)
  if (error.cause !== undefined && repair !== '') return repair
  return error.isRefusal ? '' : safeToRepeat
}

/**
 * The error for a request other than a trigger that was rejected or got no answer. It has GitLab's message,
 * and names the token or role concerned.
 */
export function explainRefusal(error: ApiError, asked: RefusalContext): TriggerError {
  const where = error.isUnsent ? `${asked.base} was not reached: ` : ''
  return new TriggerError({
    exit: exitFor(error),
    message: `${asked.failed}: ${where}${error.message}`,
    hint: hintFor(error, asked),
    ...(asked.build && { build: asked.build }),
    cause: error,
  })
}
