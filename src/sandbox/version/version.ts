/**
 * The releases that a sandbox can play, oldest first. The first four were observed; 19 is what is known of
 * 19.x.
 */
export const gitlabVersions = ['8.5', '8.17', '10.3', '18.9', '19'] as const

/** One release of GitLab that a sandbox can play. */
export type GitlabVersion = (typeof gitlabVersions)[number]

/** The release that is played unless another is asked for. */
export const usualVersion: GitlabVersion = '18.9'

/** The two REST dialects: v3 until 10.x, v4 from 9.0 (facts, landmarks). */
export type ApiVersion = 'v3' | 'v4'

/** Whether `version` is `since` or newer. */
export function atLeast(version: GitlabVersion, since: GitlabVersion): boolean {
  return gitlabVersions.indexOf(version) >= gitlabVersions.indexOf(since)
}

/** The full number that `GET /version` reports for each release. */
export const fullVersions: Record<GitlabVersion, string> = {
  '8.5': '8.5.13',
  '8.17': '8.17.8',
  '10.3': '10.3.2',
  '18.9': '18.9.0-pre',
  '19': '19.1.0-pre',
}
