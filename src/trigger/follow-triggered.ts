import type { Build } from '../core/build.ts'
import type { Settings } from '../config/settings.ts'
import type { FollowPlan } from '../config/follow-plan.ts'
import type { RunFlags } from '../config/flags.ts'
import type { Context } from '../core/context.ts'
import type { PollInterval } from '../follow/poll-interval.ts'
import type { Client } from '../gitlab/api/client.ts'
import type { JobReader } from '../gitlab/pipelines/wait-for-jobs.ts'
import type { PipelineSource } from '../gitlab/pipelines/pipeline-tree.ts'
import { triggerSourceV3 } from '../gitlab/pipelines/pipeline-tree-v3.ts'
import { sourceFor } from '../gitlab/pipelines/pipeline-source.ts'
import type { Reporter } from '../events.ts'
import { follow } from '../pipelines/follow.ts'
import type { EndReports, FollowResult } from '../pipelines/followed.ts'
import { logStream } from '../pipelines/log-stream.ts'

/** Follows a build that this run has triggered, with the client that was found for it before. Resolves as `follow`. */
export async function followBuild(
  build: Build,
  { reader, baseline }: JobReader<Client>,
  pace: PollInterval,
  settings: Settings,
  flags: RunFlags,
  plan: FollowPlan,
  reports: EndReports,
  context: Context,
  report: Reporter,
): Promise<FollowResult> {
  // A number outlives a renamed project (facts 9.8).
  const client = build.projectId === null ? reader : reader.forProject(String(build.projectId))
  const sourceFrom = (each: Client): PipelineSource =>
    baseline === null ? sourceFor(each, build.id) : triggerSourceV3(each, build.id, build.ref, baseline)
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
  return follow(followed, logs, reports, context, report)
}
