import type { Build } from '../core/build.ts'
import type { Settings } from '../config/settings.ts'
import type { RunFlags } from '../config/flags.ts'
import type { Context } from '../core/context.ts'
import { TriggerError, usageError } from '../core/errors.ts'
import { apiTokenSources } from '../core/hints.ts'
import { pipelineName } from '../follow/verdict.ts'
import { dialects } from '../gitlab/api/dialect.ts'
import { sourceFor } from '../gitlab/pipelines/pipeline-source.ts'
import type { Reporter } from '../events.ts'
import { cancelAndConfirm } from '../pipelines/cancel-pipeline.ts'
import { suggestedCommand } from '../pipelines/suggested-command.ts'

/** Refuses --expect-sha where it could not be kept: without an API token another commit's pipeline could not be canceled. */
export function checkExpectedSha({ expectSha }: RunFlags, settings: Settings): void {
  if (expectSha === undefined) return
  if (!/^[0-9a-f]{7,64}$/i.test(expectSha)) {
    throw usageError('--expect-sha: not a commit SHA', 'Give 7 to 64 hex digits.')
  }
  if (settings.api.value === 'v3') {
    throw usageError('--expect-sha: API v3 does not tell the commit of a build', 'Leave it out.')
  }
  if (!settings.apiToken) {
    throw usageError(
      "--expect-sha: no API token given, so another commit's pipeline could not be canceled",
      `Set ${apiTokenSources}.`,
    )
  }
}

/** Cancels a pipeline that was created for another commit than the expected one, and throws then (exit 3). */
export async function refuseOtherCommit(
  build: Build,
  flags: RunFlags,
  settings: Settings,
  context: Context,
  report: Reporter,
): Promise<void> {
  const { expectSha } = flags
  if (expectSha === undefined || build.sha?.startsWith(expectSha.toLowerCase())) return
  const project = build.projectId === null ? settings.project.value : String(build.projectId)
  const what = `the pipeline is for commit ${build.sha ?? '(not told)'}, not ${expectSha}`
  const canceled =
    build.kind === 'pipeline'
      ? await cancelAndConfirm(
          {
            target: { base: settings.server.value.base, project },
            dialect: dialects.v4,
            access: settings,
            name: pipelineName(build),
            sourceFrom: (client) => sourceFor(client, build.id),
          },
          undefined,
          context,
          report,
        )
      : { sentence: 'It goes on.', isOver: false }
  const cancel = suggestedCommand('cancel', build.id, project, settings, flags)
  throw new TriggerError({
    exit: 'buildFailed',
    message: `--expect-sha: ${what}. ${canceled.sentence.replace(/\.$/, '')}`,
    hint:
      canceled.isOver || build.kind !== 'pipeline'
        ? `The ref ${build.ref} has moved; test its new commit, then trigger again.`
        : `To see how it is, or to try again: ${cancel}`,
    build: { kind: 'triggered', build },
  })
}
