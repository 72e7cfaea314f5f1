/** The releases whose answers were observed, oldest first (observed-answers, "What was run"). */
export const gitlabVersions = ['8.5', '8.17', '10.3', '18.9'] as const

/** One observed release of GitLab. */
export type GitlabVersion = (typeof gitlabVersions)[number]

/** The two REST dialects: v3 until 10.x, v4 from 9.0 (facts, landmarks). */
export type ApiVersion = 'v3' | 'v4'

/** Whether `version` is `since` or newer. */
export function atLeast(version: GitlabVersion, since: GitlabVersion): boolean {
  return gitlabVersions.indexOf(version) >= gitlabVersions.indexOf(since)
}

/** The full number that `GET /version` reports for each observed release. */
export const fullVersions: Record<GitlabVersion, string> = {
  '8.5': '8.5.13',
  '8.17': '8.17.8',
  '10.3': '10.3.2',
  '18.9': '18.9.0-pre',
}
