/**
 * What a trigger created, as GitLab reported it. On API v4 it is a pipeline. On v3 the id is that of a
 * *trigger request*, which no other call accepts (facts 1.2). Members that the server did not send are null.
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
  /** GitLab's error messages for an invalid CI configuration, if the pipeline failed for that reason. */
  yamlErrors: string | null
}

/** What is known at the end of a run: no pipeline was created, one was, or it is uncertain (guarantee G8). */
export type BuildState = { kind: 'none' } | { kind: 'triggered'; build: Build | null } | { kind: 'unknown' }

/** The sentence that tells the user whether a pipeline exists. */
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
