/** Kinds of tokens by prefix. They prove nothing, since an instance may use other prefixes (facts 9.23). */
const kinds: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^glptt-/, 'a trigger token'],
  [/^[0-9a-f]{30}$/, 'a trigger token of an older GitLab (30 hex digits)'],
  [/^glpat-/, 'a personal, project or group access token (glpat-)'],
  [/^glcbt-/, "a CI job's token (glcbt-)"],
  [/^gldt-/, 'a deploy token (gldt-)'],
  [/^glrt-/, 'a runner token (glrt-)'],
  [/^glsoat-/, 'a service account token (glsoat-)'],
  [/^gloas-/, "an application's secret (gloas-)"],
]

/** The kind of token that a text looks like, as text for the user; undefined if it has no known form. */
export function tokenKind(token: string): string | undefined {
  return kinds.find(([pattern]) => pattern.test(token))?.[1]
}
