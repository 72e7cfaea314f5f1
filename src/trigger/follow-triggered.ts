import type { Build } from '../core/build.ts'
import type { Settings } from '../config/settings.ts'
import type { FollowPlan } from '../config/follow-plan.ts'
import type { RunFlags } from '../config/flags.ts'
import type { Context } from '../core/context.ts'
import { newPace } from '../follow/poll-interval.ts'
import { clientFor, type Client } from '../gitlab/api/client.ts'
import type { JobReader } from '../gitlab/pipelines/wait-for-jobs.ts'
import type { Source } from '../gitlab/pipelines/pipeline-tree.ts'
import { triggerSourceV3 } from '../gitlab/pipelines/pipeline-tree-v3.ts'
import { sourceOf } from '../gitlab/pipelines/pipeline-source.ts'
import { openSession } from '../http/http-session.ts'
import type { Reporter } from '../events.ts'
import { follow } from '../pipelines/follow.ts'
import { type EndReports } from '../pipelines/followed.ts'
import { type Followup } from '../pipelines/followed.ts'
import { logsFor } from '../pipelines/log-stream.ts'
import { listenerFor, pacing, wayOf } from '../session/server-client.ts'

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
): Promise<Followup> {
  const { base } = settings.server.value
  // A number outlives a renamed project (facts 9.8).
  const project = build.projectId === null ? settings.project.value : String(build.projectId)
  const way = wayOf(settings, context)
  const session = openSession(base, way, context.interrupted, (ms, expired) => context.alarm(ms, expired))
  const pace = newPace(plan.pollIntervalMs, () => context.random())
  const listen = pacing(pace, listenerFor(report), context)
  const client = clientFor({ base, project }, reader.dialect, credential, session, listen)
  const sourceFrom = (each: Client): Source =>
    baseline === null ? sourceOf(each, build.id) : triggerSourceV3(each, build.id, build.ref, baseline)
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
    const logs = await logsFor(followed, context, report)
    return await follow(followed, logs, reports, context, report)
  } finally {
    session.close()
  }
}
