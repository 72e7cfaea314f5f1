/**
 * What a trigger created, as GitLab reported it. On API v4 it is a pipeline. On v3 the id is that of a
 * *trigger request*, which no other call accepts (docs/gitlab.md#1.2). Members that the server did not send are null.
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

/**
 * What is known at the end of a run: no pipeline was created, one was, or it is uncertain (docs/guarantees.md#G8). With `isLaterRun` an earlier run of
 * the same plan may have created some. `ids` are those of several.
 */
export type BuildState =
  | { kind: 'none'; isLaterRun?: true }
  | { kind: 'triggered'; build: Build | null; ids?: readonly number[] }
  | { kind: 'unknown' }

/** At most this many ids are named. */
const mostNamed = 20

function named(ids: readonly number[]): string {
  const more = ids.length - mostNamed
  return more > 0
    ? `${ids.slice(0, mostNamed).join(', ')} and ${more} more`
    : ids.join(', ').replace(/, (\d+)$/, ' and $1')
}

/** The sentence that tells the user whether a pipeline exists. */
export function buildSentence(state: BuildState): string {
  switch (state.kind) {
    case 'none':
      return state.isLaterRun ? 'No pipeline was created by this run.' : 'No pipeline was created.'
    case 'unknown':
      return 'A pipeline may have been created.'
    case 'triggered': {
      const { build, ids = [] } = state
      if (ids.length > 1) return `Pipelines ${named(ids)} were created.`
      if (build === null) return 'A pipeline was created; GitLab did not give its id.'
      if (build.kind === 'pipeline') return `Pipeline ${build.id} was created.`
      return `A build was created (trigger request ${build.id}).`
    }
  }
}
