/**
 * A build as GitLab answered it. On v4 it is a pipeline; on v3 the number is that of a *trigger request*, which no other
 * call accepts (facts 1.2). What a server did not tell is null.
 */
export interface Build {
  kind: 'pipeline' | 'trigger_request'
  id: number
  iid: number | null
  projectId: number | null
  ref: string
  sha: string | null
  status: string | null
  source: string | null
  webUrl: string | null
  /** Why GitLab could not use the CI file, for a pipeline that failed at once. */
  yamlErrors: string | null
}

/** What is true about the build at the end of a run. Every exit says one of these (guarantee G8). */
export type BuildState = { kind: 'none' } | { kind: 'triggered'; build: Build | null } | { kind: 'unknown' }

/** The sentence for people that states what is true about the build. */
export function buildSentence(state: BuildState): string {
  switch (state.kind) {
    case 'none':
      return 'No build was triggered.'
    case 'unknown':
      return 'A build may have been triggered.'
    case 'triggered': {
      const { build } = state
      if (build === null) return 'A build was triggered; GitLab did not give its id.'
      if (build.kind === 'pipeline') return `Build ${build.id} was triggered.`
      return `A build was triggered (trigger request ${build.id}).`
    }
  }
}
