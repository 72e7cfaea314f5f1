import type { Build } from '../core/build.ts'
import type { Settings } from '../config/settings.ts'
import type { FollowPlan } from '../config/follow-plan.ts'
import type { RunFlags } from '../config/flags.ts'
import type { Context } from '../core/context.ts'
import { pollInterval } from '../follow/poll-interval.ts'
import { clientFor, type Client } from '../gitlab/api/client.ts'
import type { JobReader } from '../gitlab/pipelines/wait-for-jobs.ts'
import type { PipelineSource } from '../gitlab/pipelines/pipeline-tree.ts'
import { triggerSourceV3 } from '../gitlab/pipelines/pipeline-tree-v3.ts'
import { sourceFor } from '../gitlab/pipelines/pipeline-source.ts'
import { openHttpSession } from '../http/http-session.ts'
import type { Reporter } from '../events.ts'
import { follow } from '../pipelines/follow.ts'
import { type EndReports } from '../pipelines/followed.ts'
import { type FollowResult } from '../pipelines/followed.ts'
import { logStream } from '../pipelines/log-stream.ts'
import { listenerFor, pacing, transportOptions } from '../session/server-client.ts'

/** Follows a build that this run has triggered, with the credential that was tried before. Resolves as `follow`. */
export async function followBuild(
  build: Build,
  { reader, credential, baseline }: JobReader,
  settings: Settings,
  flags: RunFlags,
  plan: FollowPlan,
  reports: EndReports,
  context: Context,
  report: Reporter,
): Promise<FollowResult> {
  const { base } = settings.server.value
  // A number outlives a renamed project (facts 9.8).
  const project = build.projectId === null ? settings.project.value : String(build.projectId)
  const way = transportOptions(settings, context)
  const session = openHttpSession(base, way, context.interrupted, (ms, expired) => context.alarm(ms, expired))
  const pace = pollInterval(plan.pollIntervalMs, () => context.random())
  const listen = pacing(pace, listenerFor(report), context)
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
      flags,
      plan,
      pace,
      totalMs: undefined,
      since: context.now(),
    }
    const logs = await logStream(followed, context, report)
    return await follow(followed, logs, reports, context, report)
  } finally {
    session.close()
  }
}
