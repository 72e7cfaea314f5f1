import { usageError } from '../../core/errors.ts'

/** What stands on stdout in the place of the id of a pipeline that was not created. */
const noId = '-'

/**
 * The words of a command that name pipelines: those that `gitlab-trigger` has printed for targets without one are passed over. Throws a usage error if no
 * other is left.
 */
export function pipelineWords(words: readonly string[]): readonly string[] {
  const named = words.filter((word) => word !== noId)
  if (named.length > 0 || words.length === 0) return named
  throw usageError(
    'there is no pipeline: "-" stands for a target that was not triggered',
    'Give the id of a pipeline (4711), or the URL of its page.',
  )
}
