import type { Settings } from '../config/settings.ts'
import type { Build } from '../core/build.ts'
import { missingError, TriggerError, usageError } from '../core/errors.ts'
import { apiTokenSources } from '../core/hints.ts'
import { pipelineName } from '../follow/verdict.ts'
import { dialects } from '../gitlab/api/dialect.ts'
import { sourceFor } from '../gitlab/pipelines/pipeline-source.ts'
import { cancelAndConfirm, type CancelResult } from '../pipelines/cancel-pipeline.ts'
import { exitUnlessStopped } from '../pipelines/stop-following.ts'
import type { RunContext } from './run-context.ts'
import { wrongValue } from '../core/text/wrong-value.ts'

/**
 * Refuses --expect-sha where it could not be kept: without an API token the pipeline of another commit could
 * not be canceled. Throws a usage error.
 */
export function checkExpectedSha(
  expectSha: string,
  { api, apiToken }: Pick<Settings, 'api' | 'apiToken'>,
): void {
  if (!/^[0-9a-f]{7,64}$/i.test(expectSha)) {
    throw wrongValue('--expect-sha', expectSha, 'not a commit SHA', 'Give 7 to 64 hex digits.')
  }
  if (api.value === 'v3') {
    throw usageError('--expect-sha: API v3 does not report the commit of a build', 'Leave it out.')
  }
  if (!apiToken) {
    throw missingError(
      "--expect-sha: no API token given, so another commit's pipeline could not be canceled",
      `Set ${apiTokenSources}.`,
    )
  }
}

/** Cancels a pipeline that was created for another commit than the expected one, and throws then (exit 3). */
export async function refuseOtherCommit(
  expectSha: string,
  build: Build,
  settings: Settings,
  { options, context, report }: RunContext,
): Promise<void> {
  const { following } = options
  if (build.sha?.startsWith(expectSha.toLowerCase())) return
  const { base } = settings.server.value
  const project = build.projectId === null ? settings.project.value : String(build.projectId)
  const isPipeline = build.kind === 'pipeline'
  const canceled: Pick<CancelResult, 'sentence' | 'isOver'> = isPipeline
    ? await cancelAndConfirm(
        {
          target: { base, project },
          dialect: dialects.v4,
          access: settings,
          name: pipelineName(build),
          sourceFrom: (client) => sourceFor(client, build.id),
        },
        undefined,
        context,
        report,
      )
    : { sentence: 'It is still running.', isOver: false }
  const why = `the pipeline is for commit ${build.sha ?? '(not reported)'}, not ${expectSha}`
  const cancel = following.suggest({ verb: 'cancel', id: build.id, project, access: settings })
  throw new TriggerError({
    exit: exitUnlessStopped('buildFailed', context),
    message: `--expect-sha: ${why}. ${canceled.sentence.replace(/\.$/, '')}`,
    hint:
      canceled.isOver || !isPipeline
        ? `The ref ${build.ref} has moved; test its new commit, then trigger again.`
        : `To see how it is, or to try again: ${cancel}`,
    build: { kind: 'triggered', build },
  })
}
