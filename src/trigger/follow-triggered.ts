import type { Settings } from '../config/settings.ts'
import type { Build } from '../core/build.ts'
import { pollInterval } from '../follow/poll-interval.ts'
import { clientFor, type Client } from '../gitlab/api/client.ts'
import { sourceFor } from '../gitlab/pipelines/pipeline-source.ts'
import { triggerSourceV3 } from '../gitlab/pipelines/pipeline-tree-v3.ts'
import type { PipelineSource } from '../gitlab/pipelines/pipeline-tree.ts'
import type { JobReader } from '../gitlab/pipelines/wait-for-jobs.ts'
import { openHttpSession } from '../http/http-session.ts'
import { follow } from '../pipelines/follow.ts'
import type { FollowContext, FollowResult } from '../pipelines/followed.ts'
import { logStream } from '../pipelines/log-stream.ts'
import { listenerFor, pacing, transportOptions } from '../session/server-client.ts'

/** Follows a pipeline that this run has triggered, with the credential that was tried before the trigger. Resolves as `follow`. */
export async function followTriggered(
  build: Build,
  { reader, credential, baseline }: JobReader,
  settings: Settings,
  following: FollowContext,
): Promise<FollowResult> {
  const { plan, context, report } = following
  const { base } = settings.server.value
  // The number stays valid when a project is renamed (facts 9.8).
  const project = build.projectId === null ? settings.project.value : String(build.projectId)
  const transport = transportOptions(settings, context)
  const session = openHttpSession(base, transport, context.interrupted, (ms, expired) =>
    context.alarm(ms, expired),
  )
  const interval = pollInterval(plan.pollIntervalMs, () => context.random())
  const listen = pacing(interval, listenerFor(report), context)
  const client = clientFor({ base, project }, reader.dialect, credential, session, listen)
  const sourceFrom = (each: Client): PipelineSource =>
    baseline === null ? sourceFor(each, build.id) : triggerSourceV3(each, build.id, build.ref, baseline)
  try {
    const followed = {
      client,
      source: sourceFrom(client),
      sourceFrom,
      build,
      id: build.id,
      access: settings,
      interval,
      since: context.now(),
    }
    return await follow(followed, await logStream(followed, following), following)
  } finally {
    session.close()
  }
}
