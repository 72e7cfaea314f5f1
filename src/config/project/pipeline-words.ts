import { usageError } from '../../core/errors.ts'
import { noId } from './pipeline-reference.ts'

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

/** How many words stand for targets without a pipeline, as a sentence; undefined where there are none. */
export function passedOver(words: readonly string[]): string | undefined {
  const count = words.filter((word) => word === noId).length
  if (count === 0) return undefined
  return count === 1
    ? 'Passed over one "-": it stands for a target that was not triggered.'
    : `Passed over ${count} times "-": each stands for a target that was not triggered.`
}
