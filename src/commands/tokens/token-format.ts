import type { Context } from '../../core/context.ts'
import { TriggerError, usageError } from '../../core/errors.ts'
import { quotedWord } from '../../core/text/shown-word.ts'
import type { Reader } from '../../gitlab/api/reader.ts'
import { isWhole, shortToken, type TriggerToken } from '../../gitlab/resources/trigger-tokens.ts'
import { fromNow } from '../../output/format/relative-time.ts'

/** A token by its key, in words: by its id, on v3 by what is shown of it. */
export function tokenName({ id, token }: TriggerToken): string {
  return id === null ? `token ${shortToken(token)}...` : `token ${id}`
}

/** What a user wants to know of a token before it is gone for good. */
export function describeToken(token: TriggerToken, now: number): string {
  const { description, owner, lastUsed } = token
  const parts = [
    tokenName(token) + (description === null ? '' : `: ${description}`),
    owner === null ? '' : `of ${owner}`,
    lastUsed === null ? 'never used' : `last used ${fromNow(lastUsed, now)}`,
  ]
  return parts.filter(Boolean).join(', ')
}

/** Keeps whole tokens out of everything that is printed; with --show-token the user wants to see them. */
export function registerTokens(
  tokens: readonly TriggerToken[],
  isShown: boolean | undefined,
  { secrets }: Pick<Context, 'secrets'>,
): void {
  for (const each of tokens.filter(isWhole)) {
    if (isShown) secrets.disclose(each.token)
    else secrets.keep(each.token)
  }
}

/** A token for --json. */
export function tokenObject(token: TriggerToken, isShown: boolean | undefined): Record<string, unknown> {
  return {
    id: token.id,
    token: isShown ? token.token : shortToken(token.token),
    description: token.description,
    owner: token.owner,
    created_at: token.createdAt,
    updated_at: token.updatedAt,
    last_used: token.lastUsed,
    expires_at: token.expiresAt,
  }
}

const hint = 'gitlab-trigger tokens list shows them.'

/**
 * Checks the words that name tokens before anything is sent: ids, or where there is v3 the beginnings of tokens, four characters or more. Each is
 * kept as a secret, since it may be a token. Throws a usage error that shows none.
 */
export function checkTokenKeys(words: readonly string[], { secrets }: Pick<Context, 'secrets'>): void {
  for (const word of words) {
    if (!/^#?\d{1,15}$/.test(word)) secrets.keep(word)
    if (!/^#?(?=.*[a-z\d])[\w.-]{1,300}$/i.test(word))
      throw usageError(`${quotedWord(word).trim() || 'that'} is not the id of a token`, hint)
  }
  const twice = words.find((word, at) => words.indexOf(word) < at)
  if (twice === undefined) return
  throw usageError(`${/^#?\d{1,15}$/.test(twice) ? `token ${twice}` : 'the same token'} is named twice`)
}

/** The token that a word names among all those of a project. Throws a TriggerError (exit 4) where there is none, a usage error for an unclear word. */
export function tokenNamed(
  word: string,
  tokens: readonly TriggerToken[],
  { dialect, target }: Pick<Reader, 'dialect' | 'target'>,
): TriggerToken {
  const [found, ...others] = dialect.name === 'v3' ? beginningWith(word, tokens) : numbered(word, tokens)
  if (others.length > 0) {
    throw usageError(
      'several tokens begin with these characters',
      'Give more of them: gitlab-trigger tokens list --show-token',
    )
  }
  if (found) return found
  const name =
    dialect.name === 'v3' ? 'token that begins with these characters' : `token ${word.replace('#', '')}`
  throw new TriggerError({
    exit: 'notAccepted',
    message: `project ${target.project} has no ${name}`,
    hint: 'gitlab-trigger tokens list shows them. An expired one is not listed and cannot be revoked, but works until GitLab deletes it, 30 days later.',
  })
}

function numbered(word: string, tokens: readonly TriggerToken[]): TriggerToken[] {
  if (!/^#?\d+$/.test(word)) throw usageError('a token is named by its id, which is a number', hint)
  return tokens.filter(({ id }) => id === Number(word.replace('#', '')))
}

function beginningWith(word: string, tokens: readonly TriggerToken[]): TriggerToken[] {
  if (word.length >= 4) return tokens.filter(({ token }) => token.startsWith(word))
  throw usageError('on API v3 a token is named by its first four characters, or more of them', hint)
}

/** When a token expires, in words. */
export function describeExpiry({ expiresAt }: TriggerToken): string {
  return expiresAt === null ? 'never expires' : `expires at ${expiresAt}`
}
