import type { ServerSettings } from '../config/access.ts'
import type { FollowPlan } from '../config/follow-plan.ts'
import { shellQuote } from '../core/text/shell-quote.ts'
import type { RunFlags } from '../options/run.ts'

interface Place {
  project: string
  access: Pick<ServerSettings, 'server'>
}

/** A command about a pipeline; `logs` is about those of its failed jobs. */
interface AboutOne extends Place {
  verb: 'wait' | 'cancel' | 'status' | 'logs' | 'retry'
  id: number
  /** For `wait`: it is to end as this run would have. */
  policy?: FollowPlan
}

/** The command that lists the pipelines of a ref and, where GitLab tells that, of a source. */
interface AboutSeveral extends Place {
  verb: 'pipelines'
  ref: string
  source: string | undefined
}

/** The check of what a trigger of a project needs. */
interface AboutProject extends Place {
  verb: 'doctor'
}

/** The list of the branches and tags of a project. */
interface AboutRefs extends Place {
  verb: 'refs'
}

/** A command about a pipeline, about several, or about a project. */
export type CommandAbout = AboutOne | AboutSeveral | AboutProject | AboutRefs

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

function subjectWords(about: CommandAbout): string[] {
  if (about.verb === 'doctor' || about.verb === 'refs') return []
  if (about.verb !== 'pipelines')
    return [
      ...(about.verb === 'logs' ? ['--failed'] : []),
      ...(about.policy ? policyWords(about.policy) : []),
      String(about.id),
    ]
  return ['--ref', about.ref, ...(about.source === undefined ? [] : ['--source', about.source])]
}

/**
 * Words a command about a pipeline, ready to be pasted: `gitlab-trigger wait --server work --project 9 4711`.
 * It repeats the flags that reach the server.
 */
export function suggestedCommand(about: CommandAbout, flags: RepeatedFlags): string {
  const { verb, project } = about
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
    ...subjectWords(about),
  ]
  return `gitlab-trigger ${words.map(shellQuote).join(' ')}`
}
