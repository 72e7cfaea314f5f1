import type { Build } from '../build.ts'
import type { Settings } from '../config/complete.ts'
import type { FollowPlan } from '../config/follow-plan.ts'
import type { RunFlags } from '../config/flags.ts'
import type { Context } from '../context.ts'
import { newPace } from '../follow/pace.ts'
import { clientFor } from '../gitlab/client.ts'
import type { JobReader } from '../gitlab/jobs.ts'
import { triggerSourceV3 } from '../gitlab/look-v3.ts'
import { sourceOf } from '../gitlab/pipeline-at.ts'
import { openSession } from '../http/session.ts'
import type { Reporter } from '../output/events.ts'
import { follow, type Followup } from './follow.ts'
import { logsFor } from './logs-for.ts'
import { listenerFor, pacing, wayOf } from './server-access.ts'

/** Follows a build that this run has triggered, with the credential that was tried before. Resolves as `follow`. */
export async function followBuild(
  build: Build,
  { reader, credential, baseline }: JobReader,
  settings: Settings,
  flags: RunFlags,
  plan: FollowPlan,
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
  const source =
    baseline === null ? sourceOf(client, build.id) : triggerSourceV3(client, build.id, build.ref, baseline)
  try {
    const followed = {
      client,
      source,
      build,
      id: build.id,
      access: settings,
      flags,
      plan,
      pace,
      totalMs: undefined,
    }
    return await follow(followed, logsFor(followed, context, report), context, report, context.stderr.isTTY)
  } finally {
    session.close()
  }
}
