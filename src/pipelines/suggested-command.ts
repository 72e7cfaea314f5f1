import type { RunFlags } from '../config/flags.ts'
import type { ServerSettings } from '../config/access.ts'
import type { FollowPlan } from '../config/follow-plan.ts'
import { shellQuote } from '../core/shell-quote.ts'

/** The flags that say how the server is reached and as whom, which a second command needs as the first did. */
const kept = [
  ['config', '--config'],
  ['apiTokenFile', '--api-token-file'],
  ['api', '--api'],
  ['proxy', '--proxy'],
  ['cacert', '--cacert'],
  ['cert', '--cert'],
  ['key', '--key'],
] as const

/** What decides how a pipeline that is followed ends; a limit that was reached is not set again. */
function policyWords({ onManual, play, allowSkipped, failOnWarnings }: FollowPlan): string[] {
  return [
    ...(onManual === (play.length > 0 ? 'play' : 'fail') ? [] : ['--on-manual', onManual]),
    ...play.flatMap((name) => ['--play', name]),
    ...(allowSkipped ? ['--allow-skipped'] : []),
    ...(failOnWarnings ? ['--fail-on-warnings'] : []),
  ]
}

/**
 * The command that does something with a pipeline, ready to be pasted: `gitlab-trigger wait --server work --project 9 4711`. With the policy of
 * `plan` it ends as this run would have.
 */
export function suggestedCommand(
  verb: string,
  id: number,
  project: string,
  { server }: Pick<ServerSettings, 'server'>,
  flags: RunFlags,
  plan?: FollowPlan,
): string {
  const typed = kept.flatMap(([key, name]) => {
    const value = flags[key]
    return typeof value === 'string' ? [name, value] : []
  })
  const switches = [
    ...(flags.config === false ? ['--no-config'] : []),
    ...(flags.insecure ? ['--insecure'] : []),
    ...(flags.allowHttp ? ['--allow-http'] : []),
  ]
  const where = server.name ?? server.value.base
  const policy = plan ? policyWords(plan) : []
  const words = [verb, '--server', where, '--project', project, ...typed, ...switches, ...policy, String(id)]
  return `gitlab-trigger ${words.map(shellQuote).join(' ')}`
}
