import type { Settings } from '../config/settings.ts'
import type { Build } from '../core/build.ts'
import type { Client } from '../gitlab/api/client.ts'
import { sourceFor } from '../gitlab/pipelines/pipeline-source.ts'
import { triggerSourceV3 } from '../gitlab/pipelines/pipeline-tree-v3.ts'
import type { PipelineSource } from '../gitlab/pipelines/pipeline-tree.ts'
import type { JobReader } from '../gitlab/pipelines/wait-for-jobs.ts'
import { follow } from '../pipelines/follow.ts'
import { followedPipeline, type FollowContext, type FollowResult } from '../pipelines/followed.ts'
import { logStream } from '../pipelines/logs/log-stream.ts'
import type { ProjectReads } from './project-reads.ts'

/**
 * Follows a pipeline that this run has triggered, with the client that was found for it before the trigger.
 * Resolves as `follow`.
 */
export async function followTriggered(
  build: Build,
  { reader, baseline }: JobReader<Client>,
  { interval, serverNow }: Pick<ProjectReads, 'interval' | 'serverNow'>,
  settings: Settings,
  following: FollowContext,
): Promise<FollowResult> {
  // The number stays valid when a project is renamed (docs/gitlab.md#9.8).
  const client = build.projectId === null ? reader : reader.forProject(String(build.projectId))
  const sourceFrom = (each: Client): PipelineSource =>
    baseline === null ? sourceFor(each, build.id) : triggerSourceV3(each, build.id, build.ref, baseline)
  const { context } = following
  const followed = followedPipeline(
    { client, sourceFrom, build, id: build.id, access: settings, interval, serverNow, since: context.now() },
    context,
  )
  return follow(followed, await logStream(followed, following), following)
}
