import { usageError } from '../../core/errors.ts'
import { tokenKind, tokenPurpose } from '../../core/token-kind.ts'
import { misplacedText } from './misplaced-text.ts'

/** What a token is given for: to start pipelines, or to use the API otherwise. */
export type TokenUse = 'token' | 'apiToken'

/** Longest accepted token, in characters. GitLab's job tokens (JWT) have some 2,000. */
const maxLength = 4096

const triggerTokens =
  'Give a trigger token of the project (Settings > CI/CD > Pipeline trigger tokens, or gitlab-trigger tokens create). A token that may read the API is GITLAB_TRIGGER_API_TOKEN or --api-token-file.'

/** What to do about a job token that is given as an API token (docs/gitlab.md#2.5). */
export const jobTokenAsApiToken =
  'GitLab ignores it there. Leave it out: in a CI job CI_JOB_TOKEN is used for reading by itself; what it may not read needs an access token with read_api.'

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

/**
 * Extracts the token from the content of a file, stream or variable: drops a byte order mark and one final
 * line end. Throws a usage error that names `where`, without showing the text, for anything that cannot be a
 * token or not one for that use, and says what it looks like (docs/guarantees.md#T41, #T43).
 */
export function parseToken(text: string, where: string, use: TokenUse): string {
  const token = text.replace(/^\uFEFF/, '').replace(/\r?\n$/, '')
  const misplaced = misplacedText(token)
  if (misplaced)
    throw usageError(`${where}: that is not a token; it looks like ${misplaced.looksLike}`, misplaced.hint)
  const problem = mistake(token)
  if (problem !== '') throw usageError(`${where}: ${problem}`, 'Store the token alone, on one line.')
  const purpose = tokenPurpose(token)
  const looksLike = `${where}: that looks like ${tokenKind(token) ?? ''}`
  if (use === 'token' && purpose === 'other')
    throw usageError(`${looksLike}, which starts no pipelines`, triggerTokens)
  if (use === 'apiToken' && purpose === 'job')
    throw usageError(`${looksLike}, not like an API token`, jobTokenAsApiToken)
  return token
}
