import { TriggerError } from '../../core/errors.ts'
import { apiTokenSources, safeToRepeat } from '../../core/hints.ts'
import type { BuildState } from '../../core/build.ts'
import type { ExitName } from '../../core/exit-codes.ts'
import { serverRetryDelay } from '../../http/retry/delays.ts'
import { explainConnectionFailure } from '../../http/explain-failure.ts'
import { movedProjectId } from '../api/moved-project.ts'
import type { ApiError } from '../api/reader.ts'
import { maybePageOfProject } from '../../core/text/page-of-project.ts'
import { tokenKind } from '../../core/token-kind.ts'
import { redirectAdvice } from './redirect-advice.ts'
import { answeredBefore, namedBefore, type AnsweredBefore } from './answered-before.ts'

/** The request that failed, as far as an explanation needs it. */
export interface RefusalContext {
  /** The failure, such as `pipeline 12 of project 9 cannot be read`. */
  failed: string
  /** The server's base URL. */
  base: string
  project: string
  /** The origin and text of the token; undefined if none was sent. */
  token: { origin: string; text: string; isJobToken: boolean } | undefined
  /** What the request requires, such as `a token with read_api`. */
  needs: string
  /** The project role that GitLab requires, if any. */
  role?: string
  /** What a 403 means, without a full stop, where the usual role and scope may be there. */
  forbidden?: string
  /** What this refusal means, and what to do, in place of all that is said here. */
  own?: string | undefined
  /** A sentence that says which versions of GitLab lack the feature. */
  tooOld?: string
  build?: BuildState
}

function exitFor({ status, isRefusal }: ApiError): ExitName {
  if (status === 429) return 'rateLimited'
  if (!isRefusal) return 'notReached'
  return status === 401 || status === 403 || status === 404 ? 'notAccepted' : 'refused'
}

function looksLike(token: RefusalContext['token']): string {
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

/** What GitLab's words at 403 ask for, where the role or scope that is usually needed is not what is missing; the first match is used. */
const forbiddenTable: readonly (readonly [words: RegExp, hint: Hint])[] = [
  [
    /insufficient_granular_scope|token permission is required/,
    ({ token }) =>
      `The token${from(token)} lacks the permission that GitLab names: add it, or use a token that is not fine-grained.`,
  ],
  [
    /insufficient_scope|higher privileges/,
    ({ token, needs }) =>
      `The token from ${token?.origin ?? 'nobody'} has too narrow a scope: it needs ${needs}.`,
  ],
  [
    /CI\/CD job token not allowed|job token/i,
    ({ project, token }) =>
      `Project ${project} does not let this job in${token ? ` (the token is from ${token.origin})` : ''}: add the job's project to its allowlist (Settings > CI/CD > Job token permissions), or set ${apiTokenSources}.`,
  ],
]

/** A job's token that was given as API token: GitLab ignores it in PRIVATE-TOKEN (docs/gitlab.md#2.5). */
function isJobToken(token: RefusalContext['token']): boolean {
  return token?.text.includes('glcbt-') === true && !token.isJobToken
}

function noApiToken({ token, needs }: RefusalContext): string {
  return `The token${from(token)} is that of a CI job, which GitLab does not accept as an API token: ${needs} is needed (a personal, project or group access token).`
}

function from(token: RefusalContext['token']): string {
  return token ? ` from ${token.origin}` : ''
}

function forbidden(asked: RefusalContext, error: ApiError): string {
  const known = forbiddenTable.find(([words]) => words.test(error.message))
  if (known) return known[1](asked, error)
  const { token, needs, role, forbidden: own } = asked
  const origin = token ? ` (the token is from ${token.origin})` : ''
  if (own !== undefined) return `${own}${origin}.`
  const what = role === undefined ? needs : `the role of ${role} in the project`
  return `It needs ${what}${token ? origin : `: ${how}`}.`
}

/** The explanation and advice for each status. */
const hints: Readonly<Record<number, Hint>> = {
  401: ({ token, needs }) =>
    token
      ? `GitLab does not accept the token from ${token.origin}: mistyped, revoked or expired.${looksLike(token)}`
      : `It needs ${needs}: ${how}.`,
  403: forbidden,
  404: ({ token, project }) =>
    token
      ? `It does not exist, or the token from ${token.origin} cannot see project ${project}; GitLab does not say which.`
      : `It does not exist, or the project is private: ${how}.`,
  405: () => 'The project may have moved: use its new path, or its number.',
  412: () => 'Someone else changed it at the same time: check its state.',
  429: (_, error) => `The server limits requests; try again ${later(error)}.`,
}

function hintFor(error: ApiError, asked: RefusalContext, before: AnsweredBefore | undefined): string {
  if (before && !error.isNoApi) return before.hint
  if (asked.own !== undefined) return asked.own
  const id = movedProjectId(error, asked.base)
  if (id !== undefined) return `The project has moved; its id is ${id}: use --project ${id}.`
  if (error.isNoApi) {
    const tooOld = asked.tooOld === undefined ? '' : ` ${asked.tooOld}`
    return `There seems to be no GitLab API at ${asked.base}: check the address and its path prefix.${tooOld}${maybePageOfProject(asked.base)}`
  }
  if (isJobToken(asked.token) && [401, 403, 404].includes(error.status ?? 0)) return noApiToken(asked)
  const hint = hints[error.status ?? 0]
  if (hint) return hint(asked, error)
  const { hint: repair } = explainConnectionFailure(error.cause)
  if (error.cause !== undefined && repair !== '') return repair
  if (error.status !== null && error.status >= 300 && error.status < 400)
    return redirectAdvice(asked.base, error.headers)
  return error.isRefusal ? '' : safeToRepeat
}

/**
 * The error for a request other than a trigger that was rejected or got no answer. It has GitLab's message,
 * and names the token or role concerned.
 */
export function explainRefusal(error: ApiError, asked: RefusalContext): TriggerError {
  const where = error.isUnsent ? `${asked.base} was not reached: ` : ''
  const before = error.answer && answeredBefore(error.answer, asked.base)
  const why = before ? `${namedBefore(before)}: ${error.message}` : error.message
  return new TriggerError({
    exit: exitFor(error),
    message: `${asked.failed}: ${where}${why}`,
    hint: hintFor(error, asked, before),
    ...(asked.build && { build: asked.build }),
    cause: error,
  })
}
