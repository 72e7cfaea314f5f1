import type { ServerSettings } from '../config/access.ts'
import type { FollowPlan } from '../config/follow-plan.ts'
import { shellQuote } from '../core/shell-quote.ts'
import type { RunFlags } from '../options/run.ts'

/** A command about a pipeline. */
export interface CommandAbout {
  verb: 'wait' | 'cancel'
  id: number
  project: string
  access: Pick<ServerSettings, 'server'>
  /** For `wait`: it is to end as this run would have. */
  policy?: FollowPlan
}

/** The flags that a suggested command repeats. */
export type RepeatedFlags = Pick<RunFlags, (typeof kept)[number][0] | 'insecure' | 'allowHttp'>

/**
 * The flags that say how the server is reached and with which credentials, which a second command needs as
 * the first did.
 */
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
 * Words a command about a pipeline, ready to be pasted: `gitlab-trigger wait --server work --project 9 4711`.
 * It repeats the flags that reach the server.
 */
export function suggestedCommand(about: CommandAbout, flags: RepeatedFlags): string {
  const { verb, id, project, policy } = about
  const { server } = about.access
  const typed = kept.flatMap(([key, name]) => {
    const value = flags[key]
    return typeof value === 'string' ? [name, value] : []
  })
  const switches = [
    ...(flags.config === false ? ['--no-config'] : []),
    ...(flags.insecure ? ['--insecure'] : []),
    ...(flags.allowHttp ? ['--allow-http'] : []),
  ]
  const words = [
    verb,
    '--server',
    server.name ?? server.value.base,
    '--project',
    project,
    ...typed,
    ...switches,
    ...(policy ? policyWords(policy) : []),
    String(id),
  ]
  return `gitlab-trigger ${words.map(shellQuote).join(' ')}`
}
