import { usageError } from '../../core/errors.ts'
import { tokenKind, tokenPurpose } from '../../core/token-kind.ts'
import { misplacedText } from './misplaced-text.ts'

/** What a token is given for: to start pipelines, or to use the API otherwise. */
export type TokenUse = 'token' | 'apiToken'

/** Longest accepted token, in characters. GitLab's job tokens (JWT) have some 2,000. */
const maxLength = 4096

/** What to do about a job token that is given as an API token (docs/gitlab.md#2.5). */
export const jobTokenAsApiToken =
  'GitLab ignores it there. Leave it out: in a CI job CI_JOB_TOKEN is used for reading by itself; what it may not read needs an access token with read_api.'

/**
 * Tokens in the usual forms of GitLab, for which the checks below find nothing: a program that starts a trigger
 * need not wait for these. A run of x at the end stands for what was masked.
 */
const usual = /^(gl[a-z]{2,5}-[\w-]{20,200}|[0-9a-f]{30})(?<!x{4})$/i

/** Why a text is no token; '' if it may be one. */
function mistake(token: string): string {
  if (token === '') return 'the token is empty'
  if (token.length > maxLength) return `the token is longer than ${maxLength} characters`
  if (/^[\x21-\x7e]+\r$/.test(token))
    return 'the token ends in a carriage return (CR), as lines of Windows do'
  if (/[^\x21-\x7e]/.test(token))
    return 'the token holds a blank, a line end or another character that no token has'
  return ''
}

/** Throws a usage error for a text that cannot be a token. */
function refuseMistakes(token: string, where: string): void {
  const misplaced = misplacedText(token)
  if (misplaced)
    throw usageError(`${where}: that is not a token; it looks like ${misplaced.looksLike}`, misplaced.hint)
  const problem = mistake(token)
  if (problem !== '') throw usageError(`${where}: ${problem}`, 'Store the token alone, on one line.')
}

/**
 * Extracts the token from the content of a file, stream or variable: drops a byte order mark and one final
 * line end. Throws a usage error that names `where`, without showing the text, for anything that cannot be a
 * token, and says what it looks like; for a CI job's token that is given as an API token (docs/guarantees.md#T41, #T43).
 */
export function parseToken(text: string, where: string, use: TokenUse): string {
  const token = text.replace(/^\uFEFF/, '').replace(/\r?\n$/, '')
  if (!usual.test(token)) refuseMistakes(token, where)
  // Any other kind is left to GitLab, and its 404 explained: a prefix is no proof (docs/gitlab.md#9.23).
  if (use === 'apiToken' && tokenPurpose(token) === 'job')
    throw usageError(`${where}: that is ${tokenKind(token) ?? ''}, not an API token`, jobTokenAsApiToken)
  return token
}
