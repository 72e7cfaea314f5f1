/** What a kind of token is good for: starting pipelines, a running CI job, or something that starts none. */
export type TokenPurpose = 'trigger' | 'job' | 'other'

type Kind = readonly [pattern: RegExp, purpose: TokenPurpose, name: string]

/** A kind with this prefix of GitLab's, behind one of up to 20 characters that an instance may put there (docs/gitlab.md#9.23). */
function prefixed(prefix: string, purpose: TokenPurpose, name: string): Kind {
  return [new RegExp(`^[\\w+=/@:.-]{0,21}?${prefix}-`), purpose, `${name} (${prefix}-)`]
}

/** Kinds of tokens by their form; the first match counts. */
const kinds: readonly Kind[] = [
  [/^[\w+=/@:.-]{0,21}?glptt-/, 'trigger', 'a trigger token'],
  [/^[0-9a-f]{30}$/, 'trigger', 'a trigger token of an older GitLab (30 hex digits)'],
  prefixed('glcbt', 'job', "a CI job's token"),
  // Before GitLab 16.8 its prefix was the number of a partition.
  [/^6[4-9]_[\w-]{20}$/, 'job', "a CI job's token of an older GitLab (64_)"],
  prefixed('glpat', 'other', 'a personal, project or group access token'),
  prefixed('gldt', 'other', 'a deploy token'),
  prefixed('glrt', 'other', 'a runner token'),
  prefixed('glrtr', 'other', "a runner's registration token"),
  prefixed('glsoat', 'other', 'a service account token'),
  prefixed('gloas', 'other', "an application's secret"),
  prefixed('glft', 'other', 'a feed token'),
  prefixed('glimt', 'other', 'an incoming mail token'),
  prefixed('glagent', 'other', 'an agent token'),
  prefixed('glffct', 'other', 'a feature flags client token'),
  prefixed('glwt', 'other', 'a workspace token'),
]

const kindOf = (token: string): Kind | undefined => kinds.find(([pattern]) => pattern.test(token))

/** The kind of token that a text looks like, as text for the user; undefined if it has no known form. */
export function tokenKind(token: string): string | undefined {
  return kindOf(token)?.[2]
}

/** What a token with that form is good for; undefined if the form does not tell, as with tokens of older servers. */
export function tokenPurpose(token: string): TokenPurpose | undefined {
  return kindOf(token)?.[1]
}

/**
 * Whether a token is that of a CI job: by its form or because it is the value of CI_JOB_TOKEN, wherever it
 * came from (docs/gitlab.md#2.5).
 */
export function isJobToken(token: string, env: Readonly<Record<string, string | undefined>>): boolean {
  return tokenPurpose(token) === 'job' || (token !== '' && token === env['CI_JOB_TOKEN'])
}

/** Texts that look like tokens, such as in a response of a wrong server (docs/guarantees.md#7.2). */
export const tokenLike = /\bgl(?:[a-z]{2,6}-[\w-]{16,}|(?:ptt|pat|cbt)-[\w-]{6,})|\b[0-9a-f]{30}\b/gi

/** All parts of a text that look like tokens. */
export const tokensIn = (text: string): string[] => text.match(tokenLike) ?? []
